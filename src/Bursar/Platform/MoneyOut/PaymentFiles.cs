using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>A file for a bank, as it was made once; <see cref="Total"/> in minor units.</summary>
public sealed record PaymentFileRow
{
    public Guid FileId { get; init; }
    public required string Rail { get; init; }
    public int Payments { get; init; }
    public long Total { get; init; }
    public required string MadeBy { get; init; }
    public DateTimeOffset MadeAt { get; init; }
}

/// <summary>
/// Puts what waits at a file rail into one file. A disbursement is in one file ever: its state is read and its file is set under the lock
/// of its book, so nobody can end it by hand in between, and the bytes are kept with it before anybody can download them.
/// </summary>
public sealed class PaymentFiles(Database database, PayoutRouting routing, TimeProvider time)
{
    public async Task<Result<PaymentFileRow>> Make(string rail, string by)
    {
        if (!(await routing.Rails()).ByName.TryGetValue(rail, out var known) || known.Adapter is not IFileRail adapter)
            return Errors.Missing();
        if (known.SuspendedAt is not null) return new Error(Errors.StateConflict, "This rail is suspended. Nothing new leaves by it.");
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var books = await LockBooks(connection, rail);
        var orders = await Waiting(connection, known, books, adapter.OrdersMax);
        if (orders.Count == 0) return new Error(Errors.StateConflict, "Nothing waits for a file.");
        var now = time.NowMicros();
        var file = new PaymentFileRow
        {
            FileId = Guid.CreateVersion7(now),
            Rail = rail,
            Payments = orders.Count,
            Total = orders.Sum(o => o.Amount),
            MadeBy = by,
            MadeAt = now,
        };
        await connection.ExecuteAsync("""
            insert into payment_files (file_id, rail, payments, total, content, made_by, made_at)
            values (@FileId, @Rail, @Payments, @Total, @content, @MadeBy, @MadeAt);
            update rail_orders set file_id = @FileId where disbursement_id = any(@ids)
            """, new
        {
            file.FileId,
            file.Rail,
            file.Payments,
            file.Total,
            file.MadeBy,
            file.MadeAt,
            content = adapter.Write(known.RailSettings, file.FileId.ToString("N"), now, orders),
            ids = orders.Select(o => Guid.ParseExact(o.Reference, "N")).ToArray(),
        });
        await transaction.CommitAsync();
        return file;
    }

    /// <summary>The bytes that were made, the same at every call; null when there is no such file.</summary>
    public async Task<byte[]?> Content(Guid file)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<byte[]?>("select content from payment_files where file_id = @file", new { file });
    }

    /// <summary>The newest first, at most a hundred.</summary>
    public async Task<IReadOnlyList<PaymentFileRow>> List()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<PaymentFileRow>(
            "select file_id, rail, payments, total, made_by, made_at from payment_files order by made_at desc limit 100")).AsList();
    }

    /// <summary>Alone and in their order, as whoever decides anything does; what is read afterwards stands still.</summary>
    private static async Task<HashSet<BookKey>> LockBooks(NpgsqlConnection connection, string rail) =>
    [
        .. (await connection.QueryAsync<(Guid Workspace, short Mode)>("""
        select b.workspace_id, b.mode from books b
        where (b.workspace_id, b.mode) in
            (select o.workspace_id, o.mode from rail_orders o where o.rail = @rail and o.done_at is null and o.file_id is null)
        order by b.workspace_id, b.mode for update of b
        """, new { rail })).Select(b => new BookKey(new(b.Workspace), (Mode)b.Mode)),
    ];

    /// <summary>The oldest first, as many as one file takes, by number and by sum; what came meanwhile to other books waits.</summary>
    private static async Task<List<PayoutOrder>> Waiting(
        NpgsqlConnection connection, KnownRail rail, HashSet<BookKey> books, int most)
    {
        var rows = await connection.QueryAsync<Row>("""
            select o.workspace_id, o.mode, d.disbursement_id, d.kind, d.amount, d.currency, d.bank_code, d.account_number, d.remark,
                d.destination_type, d.recipient_name, d.created_at
            from rail_orders o
            join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
            where o.rail = @Name and o.done_at is null and o.file_id is null and d.state = 'executing'
            order by o.handed_at, d.disbursement_id limit @most
            """, new { rail.Name, most });
        var orders = new List<PayoutOrder>();
        var sum = 0L;
        foreach (var order in rows.Select(r => r.Order()).Where(o => books.Contains(o.Book)))
        {
            if ((sum += order.Amount) > Money.Max) break;
            orders.Add(order);
        }
        return orders;
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public Guid DisbursementId { get; init; }
        public required string Kind { get; init; }
        public long Amount { get; init; }
        public required string Currency { get; init; }
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }
        public string? Remark { get; init; }
        public string? DestinationType { get; init; }
        public string? RecipientName { get; init; }
        public DateTimeOffset CreatedAt { get; init; }

        public PayoutOrder Order() => new(new BookKey(new(WorkspaceId), (Mode)Mode), DisbursementId.ToString("N"), Amount, Currency,
            BankCode, AccountNumber, Remark, CreatedAt)
        { Kind = Json.Parse<DisbursementKind>(Kind), DestinationType = DestinationType, RecipientName = RecipientName };
    }
}

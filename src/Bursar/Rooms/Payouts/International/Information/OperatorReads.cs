using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>An order abroad as the operator sees it: all that whoever pays it by hand must know.</summary>
public sealed record OrderRow
{
    public Guid WorkspaceId { get; init; }
    public required string Workspace { get; init; }
    public short InMode { get; init; }
    public Guid DisbursementId { get; init; }
    public DisbursementState Of => Json.Parse<DisbursementState>(State);
    public required string State { get; init; }
    public long Amount { get; init; }
    public required string AccountNumber { get; init; }
    public required string RecipientName { get; init; }
    public string? Remark { get; init; }
    public required string Rail { get; init; }
    public required string Detail { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public long Open { get; init; }
    public long Answered { get; init; }

    public OrderKey Key => new(new BookKey(new(WorkspaceId), (Mode)InMode), new(DisbursementId));
    public InternationalDetail Said => Json.Read<InternationalDetail>(Detail);
    public Money Received => new(Said.AmountReceived, Currency.Get(Said.Currency));
}

/// <summary>Orders abroad of all books at the operator's desk, and what is asked about them.</summary>
public sealed class OperatorReads(Database database)
{
    public const int ListMax = 200;

    private const string Orders = """
        select d.workspace_id, w.name as workspace, d.mode as in_mode, d.disbursement_id, d.state, d.amount, d.account_number, d.recipient_name,
            d.remark, d.rail, d.detail, d.changed_at, q.open, q.answered
        from disbursements d join workspaces w on w.workspace_id = d.workspace_id
        cross join lateral (
            select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'answered') as answered
            from information_requests i where i.workspace_id = d.workspace_id and i.mode = d.mode and i.transfer_id = d.disbursement_id) q
        where d.kind = 'international_transfer' and d.mode = @mode
        """;

    /// <summary>On their way, the one that waits longest first; at most so many.</summary>
    public async Task<IReadOnlyList<OrderRow>> OnTheirWay(Mode mode)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<OrderRow>(
            $"{Orders} and d.state in ('executing', 'unknown') order by d.changed_at, d.disbursement_id limit @ListMax",
            new { mode = (short)mode, ListMax })).AsList();
    }

    public async Task<OrderRow?> Find(OrderKey order)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<OrderRow>(
            $"{Orders} and d.workspace_id = @workspace and d.disbursement_id = @id", Scope(order));
    }

    public async Task<IReadOnlyList<InformationRequest>> Questions(OrderKey order)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        await using var wrapped = await connection.ExecuteReaderAsync($"""
            select {InformationTable.Columns} from information_requests i
            where i.workspace_id = @workspace and i.mode = @mode and i.transfer_id = @id order by i.asked_at, i.request_id
            """, Scope(order));
        var reader = (NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader;
        var rows = new List<InformationRequest>();
        while (await reader.ReadAsync()) rows.Add(InformationTable.ReadRow(reader));
        return rows;
    }

    /// <summary>The order's own file and those of its answers.</summary>
    public async Task<IReadOnlyList<FileName>> Files(OrderKey order)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<FileName>(
            $"select attachment_id, name, used_by, octet_length(content) as size {OfOrder} order by attachment_id", Scope(order))).AsList();
    }

    public async Task<StoredFile?> File(OrderKey order, AttachmentId file)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<StoredFile>($"select name, content {OfOrder} and attachment_id = @file",
            new { workspace = order.Book.Workspace.Value, mode = (short)order.Book.Mode, id = order.Transfer.Value, file = file.Value });
    }

    private const string OfOrder = """
        from attachments where workspace_id = @workspace and mode = @mode and (used_by = @id or used_by in (
            select request_id from information_requests where workspace_id = @workspace and mode = @mode and transfer_id = @id))
        """;

    private static object Scope(OrderKey order) =>
        new { workspace = order.Book.Workspace.Value, mode = (short)order.Book.Mode, id = order.Transfer.Value };
}

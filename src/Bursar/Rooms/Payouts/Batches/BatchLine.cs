using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Transfers;
using Npgsql;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>A row of a batch as it is kept: what was written, whose account it is, and what became of it.</summary>
public sealed record BatchLine(int Line, CreateTransfer.Request Request, string? Holder, Guid? Disbursement, string? Refusal)
{
    /// <summary>Why no transfer was made of it, in English.</summary>
    public string? RefusalDetail { get; init; }
}

/// <summary>The rows of batches as commands read them; only what became of them is ever written.</summary>
public sealed class BatchLineTable : BookTable<(Guid Batch, int Line), BatchLine>
{
    public static readonly BatchLineTable Instance = new();

    public const string Columns = """
        r.workspace_id, r.mode, r.batch_id, r.line, r.amount, r.bank_code, r.account_number, r.remark, r.reference, r.recipient_emails,
        r.holder, r.disbursement_id, r.refusal
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (Guid Batch, int Line) Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[]) u(w, m, b, l)
        join batch_rows r on r.workspace_id = u.w and r.mode = u.m and r.batch_id = u.b and r.line = u.l
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Batch),
        Sql.Array(wanted, w => w.Key.Line));

    public override (BookKey, (Guid, int), BatchLine) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetGuid(2), reader.GetInt32(3)), ReadRow(reader));

    public static BatchLine ReadRow(NpgsqlDataReader r)
    {
        var row = new BatchRow(
            r.GetInt32(3), "", r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9));
        return new BatchLine(row.Line, RowCheck.RequestOf(r.GetInt64(4), row), r.Text(10), r.GuidOrNull(11), r.Text(12));
    }

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, (Guid Batch, int Line) Key, BatchLine Row)> rows) =>
        Sql.Command("""
        update batch_rows r set disbursement_id = u.d, refusal = u.f, refusal_detail = u.t
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::text[]) u(w, m, b, l, d, f, t)
        where r.workspace_id = u.w and r.mode = u.m and r.batch_id = u.b and r.line = u.l
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Batch),
        Sql.Array(rows, r => r.Key.Line), Sql.Array(rows, r => r.Row.Disbursement), Sql.Array(rows, r => r.Row.Refusal),
        Sql.Array(rows, r => r.Row.RefusalDetail));
}

/// <summary>
/// That a transfer's batch goes as a whole and is not whole yet, by the transfer. Read when one is claimed for its rail: a row that needs
/// nobody's approval waits there until all the others are asked for.
/// </summary>
public sealed record Gathering(Guid Batch);

public sealed class GatheringTable : BookTable<Guid, Gathering>
{
    public static readonly GatheringTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command("""
        select r.workspace_id, r.mode, r.disbursement_id, r.batch_id
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join transfer_batches b on b.workspace_id = u.w and b.mode = u.m and b.way = 'atomic' and b.state in ('submitting', 'failing')
        join batch_rows r on r.workspace_id = u.w and r.mode = u.m and r.disbursement_id = u.i and r.batch_id = b.batch_id
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Gathering) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetGuid(2), new Gathering(reader.GetGuid(3)));

    /// <summary>A shape whose disbursements wait for their batch.</summary>
    public static DisbursementShape Guards(DisbursementShape shape) => shape with
    {
        ClaimReads = (reads, command, due) => reads.Of(Instance).Want(command.Book, due.Id),
        HeldBack = (book, d) => book.Find(Instance, d.Id) is null ? null
            : new(Core.Results.Errors.AccountSuspended, "Its batch goes as a whole, and is not whole yet."),
    };
}

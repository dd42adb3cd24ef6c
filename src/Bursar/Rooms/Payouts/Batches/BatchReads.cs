using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Which rows of a batch: in these states, with this flag, behind this line.</summary>
public sealed record BatchRowQuery
{
    public IReadOnlyList<string> States { get; init; } = [];
    public string? Flag { get; init; }
    public int After { get; init; }
    public int Limit { get; init; } = 50;

    public static readonly IReadOnlyList<string> AllStates =
    [
        "waiting", "invalid", "refused", "pending_approval", "approved", "executing", "unknown", "succeeded", "failed", "rejected",
        "expired", "cancelled", "reversed",
    ];

    public static readonly QueryParameter[] Parameters =
    [
        new("state", typeof(string), "Only rows in these states.", Repeats: true),
        new("flag", typeof(string), "Only rows with this flag."), QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static BatchRowQuery Parse(IQueryCollection query)
    {
        var read = new QueryReader(query, TimeZoneInfo.Utc);
        return new BatchRowQuery
        {
            States = read.Known("state", AllStates),
            Flag = read.Text("flag"),
            After = int.TryParse(read.Text("cursor"), NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : 0,
            Limit = read.Limit,
        };
    }
}

/// <summary>A row with its faults as they are kept.</summary>
public sealed record FaultyRow
{
    public int Line { get; init; }
    public required string Faults { get; init; }
}

/// <summary>Batches as lists and pages show them. What became of rows is read from their transfers.</summary>
public sealed class BatchReads(Database database, AuditTrail audit, TimeProvider time)
{
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    /// <summary>The state of a row that is no transfer, and why.</summary>
    private const string WithoutTransfer =
        "case when r.refusal is not null then 'refused' when r.faults is not null then 'invalid' else 'waiting' end";

    private const string OfBatch = "r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id";

    /// <summary>
    /// The transfers of a batch. Their ids are gathered first and looked for at once: a join keeps the plan of the day when both tables
    /// were small, and then reads one of them anew for every row of the other.
    /// </summary>
    public const string TransfersOfBatch = $"""
        disbursements d where d.workspace_id = @workspace and d.mode = @mode and d.disbursement_id = any(array(
            select r.disbursement_id from batch_rows r where {OfBatch} and r.disbursement_id is not null))
        """;

    public static object Of(BookKey book, Guid id) => new { workspace = book.Workspace.Value, mode = (short)book.Mode, id };

    public async Task<Result<Page<TransferBatch>>> List(Actor actor, string? cursor, int limit)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var from = Cursor.Parse(cursor);
        var rows = await database.Read(actor.Book, $"""
            select {BatchTable.Columns} from transfer_batches b
            where b.workspace_id = @workspace and b.mode = @mode and (@since::timestamptz is null or b.created_at >= @since)
                and (@at::timestamptz is null or (b.created_at, b.batch_id) < (@at, @last))
            order by b.created_at desc, b.batch_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            since = actor.May(Permission.ViewAllHistory) ? (DateTimeOffset?)null : time.NowMicros() - LockedHistory,
            at = from?.At,
            last = from?.Id,
            limit = limit + 1,
        }, BatchTable.ReadRow);
        var next = rows.Count > limit ? new Cursor(rows[limit - 1].CreatedAt, rows[limit - 1].Id).ToString() : null;
        return new Page<TransferBatch>([.. rows.Take(limit).Select(b => TransferBatch.Of(b))], next);
    }

    /// <summary>One whole: its errors, what became of its rows, what to look at.</summary>
    public async Task<Result<TransferBatch>> Get(Actor actor, BatchId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (await Find(actor.Book, id) is not { } batch) return Errors.Missing();
        // To name an id is to search for it (PRODUCT W4).
        if (batch.CreatedAt < time.NowMicros() - LockedHistory && !actor.May(Permission.ViewAllHistory)
            && await audit.Record(actor, "history.searched", actor.Principal, new { id }) is { } unkept) return unkept;
        if (batch.State == BatchState.Checking) return TransferBatch.Of(batch);
        return TransferBatch.Of(batch, await Faults(batch), await Tallies(batch), whole: true);
    }

    public async Task<Batch?> Find(BookKey book, BatchId id)
    {
        var rows = await database.Read(book, $"""
            select {BatchTable.Columns} from transfer_batches b
            where b.workspace_id = @workspace and b.mode = @mode and b.batch_id = @id
            """, Of(book, id.Value), BatchTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task<IReadOnlyList<BatchTally>> Tallies(Batch batch) => database.Query<BatchTally>(batch.Maker.Book, $"""
        select d.state as "State", count(*) as "Rows", sum(d.amount)::bigint as "Amount", sum(d.fee)::bigint as "Fees"
        from {TransfersOfBatch} group by 1
        union all
        select {WithoutTransfer}, count(*), coalesce(sum(r.amount), 0)::bigint, coalesce(sum(r.fee), 0)::bigint
        from batch_rows r where {OfBatch} and r.disbursement_id is null group by 1
        order by 2 desc, 1
        """, Of(batch.Maker.Book, batch.Id));

    private Task<IReadOnlyList<RowError>> Faults(Batch batch) =>
        Faults(batch, (sql, args) => database.Query<FaultyRow>(batch.Maker.Book, sql, args));

    /// <summary>All that is wrong with a file, in its order.</summary>
    public static async Task<IReadOnlyList<RowError>> Faults(Batch batch, Func<string, object, Task<IReadOnlyList<FaultyRow>>> read)
    {
        var rows = await read("""
            select line, faults from batch_rows
            where workspace_id = @workspace and mode = @mode and batch_id = @id and faults is not null order by line
            """, Of(batch.Maker.Book, batch.Id));
        return [.. rows.SelectMany(r => Json.Read<List<KeptFault>>(r.Faults), (r, f) => new RowError(r.Line, f.Column, f.Code, f.Detail))];
    }

    public async Task<Result<Page<TransferBatchRow>>> Rows(Actor actor, BatchId id, BatchRowQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (await Find(actor.Book, id) is not { } batch) return Errors.Missing();
        if (batch.CreatedAt < time.NowMicros() - LockedHistory && actor.Require(Permission.ViewAllHistory) is { } old) return old;
        var rows = await database.Read(actor.Book, RowsSql, RowsOf(batch, query with { Limit = query.Limit + 1 }), ReadRow);
        var next = rows.Count > query.Limit ? rows[query.Limit - 1].Line.ToString(CultureInfo.InvariantCulture) : null;
        return new Page<TransferBatchRow>([.. rows.Take(query.Limit)], next);
    }

    /// <summary>Every row that the query matches, in the file's order, read from one moment a page at a time.</summary>
    public static async IAsyncEnumerable<TransferBatchRow> All(Snapshot snapshot, Batch batch, BatchRowQuery query)
    {
        const int pageSize = 500;
        var after = 0;
        for (var found = pageSize; found == pageSize;)
        {
            var rows = await snapshot.Read(RowsSql, RowsOf(batch, query with { After = after, Limit = pageSize }), ReadRow);
            foreach (var row in rows) yield return row;
            found = rows.Count;
            if (found > 0) after = rows[^1].Line;
        }
    }

    private const string RowsSql = $"""
        select r.line, coalesce(d.state, {WithoutTransfer}), coalesce(d.amount, r.amount), coalesce(d.fee, r.fee), r.bank_code,
            r.account_number, coalesce(d.recipient_name, r.holder), r.remark, r.reference, r.flags, r.disbursement_id, r.refusal, r.refusal_detail,
            d.failure_reason, r.faults
        from (
            select r.* from batch_rows r where {OfBatch} and r.line > @after and (@flag::text is null or @flag = any(r.flags))
                and (@states::text[] is null or (r.disbursement_id is null and {WithoutTransfer} = any(@states))
                    or r.disbursement_id = any(array(select d.disbursement_id from {TransfersOfBatch} and d.state = any(@states))))
            order by r.line limit @limit) r
        left join disbursements d on d.workspace_id = r.workspace_id and d.mode = r.mode and d.disbursement_id = r.disbursement_id
        order by r.line
        """;

    private static object RowsOf(Batch batch, BatchRowQuery query) => new
    {
        workspace = batch.Maker.Book.Workspace.Value,
        mode = (short)batch.Maker.Book.Mode,
        id = batch.Id,
        states = query.States.Count == 0 ? null : query.States.ToArray(),
        flag = query.Flag,
        after = query.After,
        limit = query.Limit,
    };

    private static TransferBatchRow ReadRow(Npgsql.NpgsqlDataReader r)
    {
        var fault = r.Text(14) is { } faults ? Json.Read<List<KeptFault>>(faults)[0] : null;
        return new(r.GetInt32(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetInt64(2), r.GetInt64(3), r.GetString(4), r.GetString(5),
            r.Text(6), Given(r.GetString(7)), Given(r.GetString(8)), r.GetFieldValue<string[]>(9),
            r.GuidOrNull(10) is { } transfer ? new TransferId(transfer) : null,
            r.Text(11) ?? r.Text(13) ?? fault?.Code, r.Text(12) ?? fault?.Detail);
    }

    private static string? Given(string text) => text.Length > 0 ? text : null;
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

public sealed record TopUpPageOf(IReadOnlyList<TopUp> Rows, string? Next, string? Previous);

public sealed class TopUpReads(Database database, AuditTrail audit, TimeProvider time)
{
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    public async Task<Result<Page<TopUp>>> List(Actor actor, IReadOnlyList<CollectionState> states, string? cursor, int limit) =>
        (await Browse(actor, new TopUpQuery { States = states, Cursor = cursor, Limit = limit })).Map(page
            => new Page<TopUp>(page.Rows, page.Next));

    /// <summary>A page, newest first, with the cursors of both neighbours.</summary>
    public async Task<Result<TopUpPageOf>> Browse(Actor actor, TopUpQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var after = Cursor.Parse(query.Cursor);
        var before = after is null ? Cursor.Parse(query.Before) : null;
        var (side, order) = before is null ? ("<", "desc") : (">", "asc");
        var from = after ?? before;
        var rows = await database.Read(actor.Book, $"""
            select {CollectionTable.Columns} from collections c
            where {Filter} and (@at::timestamptz is null or (c.created_at, c.collection_id) {side} (@at, @id))
            order by c.created_at {order}, c.collection_id {order} limit @limit
            """, Args(actor, query, from), CollectionTable.ReadRow);
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(query.Limit);
        // Back past the newest row is the first page, whole.
        if (before is not null && !more) return await Browse(actor, query with { Before = null });
        if (before is not null) rows.Reverse();
        string? At(bool exists, int row) => exists && rows.Count > 0 ? new Cursor(rows[row].CreatedAt, rows[row].Id).ToString() : null;
        return new TopUpPageOf([.. rows.Select(TopUp.Of)], At(more || before is not null, rows.Count - 1),
            At(after is not null || before is not null, 0));
    }

    public async Task<Result<TopUp>> Get(Actor actor, TopUpId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var rows = await database.Read(actor.Book, $"""
            select {CollectionTable.Columns} from collections c
            where c.workspace_id = @workspace and c.mode = @mode and c.kind = 'top_up' and c.collection_id = @id
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = id.Value }, CollectionTable.ReadRow);
        if (rows.Count == 0) return Errors.Missing();
        // Customer Service reaches older rows by naming them, and the journal knows which (PRODUCT W4).
        var isOld = rows[0].CreatedAt < time.NowMicros() - LockedHistory;
        if (isOld && !actor.May(Permission.ViewAllHistory)
            && await audit.Record(actor, "history.searched", actor.Principal, new { id }) is { } unkept) return unkept;
        return TopUp.Of(rows[0]);
    }

    private const string Filter = """
        c.workspace_id = @workspace and c.mode = @mode and c.kind = 'top_up' and (@states::text[] is null or c.state = any(@states))
            and (@createdFrom::timestamptz is null or c.created_at >= @createdFrom)
                and (@createdTo::timestamptz is null or c.created_at < @createdTo)
            and (@all or c.created_at >= @recent)
        """;

    private object Args(Actor actor, TopUpQuery q, Cursor? from) => new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        states = q.States.Count == 0 ? null : q.States.Select(s => Json.Name(s)).ToArray(),
        createdFrom = q.CreatedFrom,
        createdTo = q.CreatedTo,
        all = actor.May(Permission.ViewAllHistory),
        recent = time.NowMicros() - LockedHistory,
        at = from?.At,
        id = from?.Id,
        limit = q.Limit + 1,
    };
}

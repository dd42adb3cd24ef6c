using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Spending.Receipts;

public sealed record AnomalyPage(IReadOnlyList<AnomalyResource> Rows, string? Next, string? Previous);

/// <summary>Anomalies as lists show them, newest first; resolved ones stay listed.</summary>
public sealed class AnomalyReads(Database database)
{
    private const int CountMax = 10_000;

    public async Task<Result<Page<AnomalyResource>>> List(Actor actor, AnomalyQuery query) =>
        (await Browse(actor, query)).Map(page => new Page<AnomalyResource>(page.Rows, page.Next));

    /// <summary>A page with the cursors of both directions.</summary>
    public async Task<Result<AnomalyPage>> Browse(Actor actor, AnomalyQuery query)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var (where, args) = Where(actor, query);
        var after = Cursor.Parse(query.Cursor);
        var before = after is null ? Cursor.Parse(query.Before) : null;
        if ((after ?? before) is { } cursor)
        {
            where += $" and (a.opened_at, a.anomaly_id) {(before is null ? "<" : ">")} (@cursorAt, @cursorId)";
            args.Add("cursorAt", cursor.At);
            args.Add("cursorId", cursor.Id);
        }
        args.Add("limit", query.Limit + 1);
        var order = before is null ? "desc" : "asc";
        var rows = await database.Read(actor.Book, $"""
            select {AnomalyTable.Columns} from anomalies a where {where}
            order by a.opened_at {order}, a.anomaly_id {order} limit @limit
            """, args, AnomalyTable.ReadRow);
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(query.Limit);
        // Back past the newest row is the first page, whole.
        if (before is not null && !more) return await Browse(actor, query with { Before = null });
        if (before is not null) rows.Reverse();
        string? CursorOf(bool exists, int row) =>
            exists && rows.Count > 0 ? new Cursor(rows[row].OpenedAt, rows[row].Id.Value).ToString() : null;
        return new AnomalyPage([.. rows.Select(AnomalyResource.Of)],
            CursorOf(more || before is not null, rows.Count - 1), CursorOf(after is not null || before is not null, 0));
    }

    public async Task<Result<AnomalyResource>> Get(Actor actor, AnomalyId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        return await Find(actor.Book, id) is { } anomaly ? AnomalyResource.Of(anomaly) : Errors.Missing();
    }

    public async Task<Anomaly?> Find(BookKey book, AnomalyId id)
    {
        var args = Scope(book);
        args.Add("id", id.Value);
        var rows = await database.Read(book, $"""
            select {AnomalyTable.Columns} from anomalies a where a.workspace_id = @workspace and a.mode = @mode and a.anomaly_id = @id
            """, args, AnomalyTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>How many the query matches; 10,001 means more than 10,000.</summary>
    public async Task<long> Count(Actor actor, AnomalyQuery query)
    {
        var (where, args) = Where(actor, query);
        args.Add("most", CountMax + 1);
        return await database.One<long>(actor.Book, $"select count(*) from (select from anomalies a where {where} limit @most) x", args);
    }

    private static (string Where, DynamicParameters Args) Where(Actor actor, AnomalyQuery q)
    {
        var args = Scope(actor.Book);
        var where = new List<string> { "a.workspace_id = @workspace", "a.mode = @mode" };
        void Add(bool when, string sql, string name, object? value)
        {
            if (!when) return;
            where.Add(sql);
            args.Add(name, value);
        }
        Add(q.Kinds.Count > 0, "a.kind = any(@kinds)", "kinds", q.Kinds.ToArray());
        Add(q.States.Count > 0, "a.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        Add(q.AgentId is not null, "a.agent_id = @agent", "agent", q.AgentId);
        Add(q.SpendRequest is not null, "a.disbursement_id = @spend", "spend", q.SpendRequest);
        Add(q.From is not null, "a.opened_at >= @from", "from", q.From);
        Add(q.To is not null, "a.opened_at < @to", "to", q.To);
        return (string.Join(" and ", where), args);
    }

    private static DynamicParameters Scope(BookKey book)
    {
        var args = new DynamicParameters();
        args.Add("workspace", book.Workspace.Value);
        args.Add("mode", (short)book.Mode);
        return args;
    }
}

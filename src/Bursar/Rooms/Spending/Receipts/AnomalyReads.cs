using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>Anomalies as lists show them, newest first; resolved ones stay listed.</summary>
public sealed class AnomalyReads(Database database)
{
    private const int CountMax = 10_000;

    private static readonly Keyset<Anomaly> Newest = new($"select {AnomalyTable.Columns} from anomalies a",
        "a.opened_at", "a.anomaly_id", AnomalyTable.ReadRow, a => new Cursor(a.OpenedAt, a.Id.Value));

    public async Task<Result<Page<AnomalyResource>>> List(Actor actor, AnomalyQuery query) =>
        (await Browse(actor, query)).Map(page => new Page<AnomalyResource>(page.Rows, page.Next));

    /// <summary>A page with the cursors of both directions.</summary>
    public async Task<Result<KeysetPage<AnomalyResource>>> Browse(Actor actor, AnomalyQuery query)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        return (await Newest.Page(database, actor.Book, Where(actor, query), query.Cursor, query.Before, query.Limit))
            .Map(AnomalyResource.Of);
    }

    public async Task<Result<AnomalyResource>> Get(Actor actor, AnomalyId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        return await Find(actor.Book, id) is { } anomaly ? AnomalyResource.Of(anomaly) : Errors.Missing();
    }

    public async Task<Anomaly?> Find(BookKey book, AnomalyId id)
    {
        var args = Conditions.ArgsOf(book);
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
        var where = new Conditions(actor.Book, "a");
        where.And(q.Kinds.Count > 0, "a.kind = any(@kinds)", "kinds", q.Kinds.ToArray());
        where.And(q.States.Count > 0, "a.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        where.And(q.AgentId is not null, "a.agent_id = @agent", "agent", q.AgentId);
        where.And(q.SpendRequest is not null, "a.disbursement_id = @spend", "spend", q.SpendRequest);
        where.And(q.From is not null, "a.opened_at >= @from", "from", q.From);
        where.And(q.To is not null, "a.opened_at < @to", "to", q.To);
        return where.All;
    }
}

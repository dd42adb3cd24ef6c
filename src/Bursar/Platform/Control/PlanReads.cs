using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;

namespace Bursar.Platform.Control;

/// <summary>How much of a plan's limit is taken; a limit of null is none.</summary>
public sealed record PlanMeter(int? Limit, long Used);

/// <summary>GET /v1/plan: the plan and what live mode uses of it; evaluations are those of today in the workspace's zone.</summary>
public sealed record PlanResource(
    string Name, int UsdPerMonth, PlanMeter Policies, PlanMeter Keys, PlanMeter EvaluationsToday, DateTimeOffset ResetsAt);

public sealed class PlanReads(Database database, WorkspaceReads workspaces, TimeProvider time)
{
    /// <summary>Counted no further: who has no limit needs no exact figure.</summary>
    private const int CountedMax = 10_000;

    public async Task<Result<PlanResource>> Of(Actor actor)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var live = new BookKey(actor.Book.Workspace, Mode.Live);
        var zone = await workspaces.ZoneOf(live);
        var now = time.NowMicros();
        var (today, tomorrow) = (Calendar.DayStart(now, zone), Calendar.NextDay(now, zone));
        var row = (await database.One<Row>(live, """
            select p.name, p.policies_max, p.keys_max, p.evaluations_per_day, p.usd_per_month,
                (select count(*) from policies x where x.workspace_id = w.workspace_id and x.mode = @mode and not x.archived) as policies,
                (select count(*) from api_keys k where k.workspace_id = w.workspace_id and k.mode = @mode and k.state = 'active'
                    and (k.expires_at is null or k.expires_at > @now)) as keys,
                (select evaluations from plan_usage u
                    where u.workspace_id = w.workspace_id and u.mode = @mode and u.day_end > @now) as counted,
                (select count(*) from (select from disbursements d where d.workspace_id = w.workspace_id and d.mode = @mode
                    and d.kind = 'agent_spend' and d.created_at >= @today limit @most) s) as spends
            from workspaces w join plans p on p.name = w.plan where w.workspace_id = @workspace
            """, new { workspace = live.Workspace.Value, mode = (short)live.Mode, now, today, most = CountedMax }))!;
        return new PlanResource(row.Name, row.UsdPerMonth, new(row.PoliciesMax, row.Policies), new(row.KeysMax, row.Keys),
            new(row.EvaluationsPerDay, row.EvaluationsPerDay is null ? row.Spends : row.Counted ?? 0), tomorrow);
    }

    /// <summary>What a workspace may have instead; the cheaper first.</summary>
    public Task<IReadOnlyList<Plan>> InUse(BookKey book) => database.Query<Plan>(book, """
        select name, policies_max, keys_max, evaluations_per_day, usd_per_month from plans where ended_at is null
        order by usd_per_month, name limit 20
        """, new { });

    private sealed record Row
    {
        public required string Name { get; init; }
        public int UsdPerMonth { get; init; }
        public int? PoliciesMax { get; init; }
        public int? KeysMax { get; init; }
        public int? EvaluationsPerDay { get; init; }
        public long Policies { get; init; }
        public long Keys { get; init; }
        public int? Counted { get; init; }
        public long Spends { get; init; }
    }
}

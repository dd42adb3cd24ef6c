using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>The agents of a book with what they spend against caps, by their ids (PRODUCT S9).</summary>
public sealed class AgentReads(Database database, WorkspaceReads workspaces, TimeProvider time)
{
    /// <summary>An agent's day is summed over its newest requests only, so that no agent makes the list slow.</summary>
    private const int TodayMax = 2_000;

    public async Task<Result<Page<AgentResource>>> List(Actor actor, string? after, int limit)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var args = Conditions.ArgsOf(actor.Book);
        args.Add("after", after ?? "");
        args.Add("limit", limit + 1);
        var rows = await Rows(actor.Book, "a.agent_id > @after", "order by a.agent_id limit @limit", args);
        var page = rows.Take(limit).ToList();
        return new Page<AgentResource>(await Resources(actor.Book, page), rows.Count > limit ? page[^1].AgentId : null);
    }

    public async Task<Result<AgentResource>> Get(Actor actor, string agent)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var args = Conditions.ArgsOf(actor.Book);
        args.Add("agent", agent);
        var rows = await Rows(actor.Book, "a.agent_id = @agent and a.agent_id <> ''", "", args);
        return rows.Count == 0 ? Errors.Missing() : (await Resources(actor.Book, rows))[0];
    }

    public async Task<Result<AllAgents>> All(Actor actor)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var rows = await database.Query<Freeze>(actor.Book, """
            select frozen_at, frozen_by from agents where workspace_id = @workspace and mode = @mode and agent_id = ''
            """, Conditions.ArgsOf(actor.Book));
        var freeze = rows.FirstOrDefault() ?? new Freeze();
        return new AllAgents(freeze.FrozenAt is not null, freeze.FrozenAt, freeze.FrozenBy);
    }

    private Task<IReadOnlyList<Row>> Rows(BookKey book, string where, string order, DynamicParameters args) =>
        database.Query<Row>(book, $"""
        select a.agent_id, a.first_seen_at, coalesce(a.frozen_at, e.frozen_at) as frozen_at,
            case when a.frozen_at is null then e.frozen_by else a.frozen_by end as frozen_by,
            (select max(d.created_at) from disbursements d
                where d.workspace_id = a.workspace_id and d.mode = a.mode and d.agent_id = a.agent_id) as last_seen_at,
            (select count(*) from anomalies n where n.workspace_id = a.workspace_id and n.mode = a.mode
                and n.agent_id = a.agent_id and n.state = 'open') as open_anomalies
        from agents a left join agents e on e.workspace_id = a.workspace_id and e.mode = a.mode and e.agent_id = ''
        where a.workspace_id = @workspace and a.mode = @mode and {where} {order}
        """, args);

    private async Task<IReadOnlyList<AgentResource>> Resources(BookKey book, IReadOnlyList<Row> rows)
    {
        if (rows.Count == 0) return [];
        var (now, zone) = (time.NowMicros(), await workspaces.ZoneOf(book));
        var today = await Today(book, rows, Calendar.DayStart(now, zone));
        var caps = await Caps(book, now, zone);
        return
        [
            .. rows.Select(r => new AgentResource
            {
                AgentId = r.AgentId,
                State = r.FrozenAt is null ? AgentState.Active : AgentState.Frozen,
                FirstSeenAt = r.FirstSeenAt,
                LastSeenAt = r.LastSeenAt,
                FrozenAt = r.FrozenAt,
                FrozenBy = r.FrozenBy,
                Today = [.. today[r.AgentId].Select(t => new AgentSpending(t.Currency, t.Amount, t.Requests, t.Seen > TodayMax))],
                Caps = [.. caps.Where(c => MayConcern(c.Policy, r.AgentId)).Select(c => AgentCap.Of(c.Policy, c.Usage))],
                OpenAnomalies = r.OpenAnomalies,
            }),
        ];
    }

    /// <summary>What counts of each agent's day is what its budget holds say, else the amount itself.</summary>
    private async Task<ILookup<string, Day>> Today(BookKey book, IReadOnlyList<Row> rows, DateTimeOffset start)
    {
        var args = Conditions.ArgsOf(book);
        args.Add("agents", rows.Select(r => r.AgentId).ToArray());
        args.Add("start", start);
        args.Add("most", TodayMax + 1);
        var days = await database.Query<Day>(book, """
            select u.agent as agent_id, x.currency, sum(x.amount)::bigint as amount, count(*)::int as requests, max(x.seen)::int as seen
            from unnest(@agents) u(agent)
            cross join lateral (
                select d.currency, d.state, count(*) over () as seen, (
                    select max(case when h.state = 'held' then h.amount when h.state = 'used' then coalesce(h.used, h.amount) else 0 end)
                    from usage_holds h where h.workspace_id = d.workspace_id and h.mode = d.mode and h.disbursement_id = d.disbursement_id
                    ) as amount
                from (select * from disbursements d where d.workspace_id = @workspace and d.mode = @mode and d.agent_id = u.agent
                    and d.created_at >= @start order by d.created_at desc, d.disbursement_id desc limit @most) d) x
            where x.amount > 0
            group by u.agent, x.currency order by u.agent, x.currency
            """, args);
        return days.ToLookup(d => d.AgentId);
    }

    private async Task<IReadOnlyList<(Policy Policy, Usage Usage)>> Caps(BookKey book, DateTimeOffset now, TimeZoneInfo zone)
    {
        var args = Conditions.ArgsOf(book);
        var policies = (await database.Query<string>(book, """
            select document from policies where workspace_id = @workspace and mode = @mode and active and not archived
            order by policy_id limit 200
            """, args)).Select(Json.Read<Policy>).Where(p => p.DailyLimit is not null || p.MonthlyLimit is not null);
        var usage = (await database.Query<UsageRow>(book, """
            select policy_id, day_start, day_end, day_held, day_used, month_start, month_end, month_held, month_used
            from usage where workspace_id = @workspace and mode = @mode
            """, args)).ToDictionary(u => new PolicyId(u.PolicyId));
        return [.. policies.Select(p => (p, usage.TryGetValue(p.Id, out var known)
            ? UsageRules.RollOver(known.Usage, now, zone) : UsageRules.Start(p.Id, now, zone)))];
    }

    /// <summary>Whether a policy may concern this agent; which key and handle it uses is known only when it asks.</summary>
    private static bool MayConcern(Policy policy, string agent) => policy.Scope is not { } scope
        || ((scope.Kinds is null || scope.Kinds.Contains(DisbursementKind.AgentSpend))
            && (scope.Principals is null || scope.Principals.Contains(PrincipalKind.Agent))
            && (scope.AgentIds is null || scope.AgentIds.Contains(agent)));

    private sealed record Row
    {
        public required string AgentId { get; init; }
        public DateTimeOffset FirstSeenAt { get; init; }
        public DateTimeOffset? FrozenAt { get; init; }
        public string? FrozenBy { get; init; }
        public DateTimeOffset? LastSeenAt { get; init; }
        public long OpenAnomalies { get; init; }
    }

    private sealed record Freeze
    {
        public DateTimeOffset? FrozenAt { get; init; }
        public string? FrozenBy { get; init; }
    }

    private sealed record Day
    {
        public required string AgentId { get; init; }
        public required string Currency { get; init; }
        public long Amount { get; init; }
        public int Requests { get; init; }
        public int Seen { get; init; }
    }

    private sealed record UsageRow
    {
        public Guid PolicyId { get; init; }
        public DateTimeOffset DayStart { get; init; }
        public DateTimeOffset DayEnd { get; init; }
        public long DayHeld { get; init; }
        public long DayUsed { get; init; }
        public DateTimeOffset MonthStart { get; init; }
        public DateTimeOffset MonthEnd { get; init; }
        public long MonthHeld { get; init; }
        public long MonthUsed { get; init; }

        public Usage Usage => new(new(PolicyId), new PeriodUsage(DayStart, DayEnd, DayHeld, DayUsed),
            new PeriodUsage(MonthStart, MonthEnd, MonthHeld, MonthUsed), DayStart, 0, DayStart, 0);
    }
}

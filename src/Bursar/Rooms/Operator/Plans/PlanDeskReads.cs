using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Statements;
using Dapper;

namespace Bursar.Rooms.Operator.Plans;

/// <summary>A plan as the operator sees it: how often it was changed, since when nobody new gets it, how many workspaces have it.</summary>
public sealed record KeptPlan(
    string Name, int? PoliciesMax, int? KeysMax, int? EvaluationsPerDay, int UsdPerMonth, int Version, DateTimeOffset? EndedAt,
    long Workspaces)
{
    public Plan Limits => new(Name, PoliciesMax, KeysMax, EvaluationsPerDay, UsdPerMonth);
}

/// <summary>What a plan allowed from a moment on, and who said so.</summary>
public sealed record PlanVersion(
    int Version, int? PoliciesMax, int? KeysMax, int? EvaluationsPerDay, int UsdPerMonth, bool Ended, string ChangedBy,
    DateTimeOffset ChangedAt);

public sealed record PlanWorkspace(Guid WorkspaceId, string Name, bool LiveActive)
{
    public WorkspaceId Id => new(WorkspaceId);
}

/// <summary>The operator's view of plans. The house, which is a workspace for its books alone, has none.</summary>
public sealed class PlanDeskReads(Database database)
{
    public const int WorkspacesMax = 50;
    private const int PlansMax = 200;
    private const int VersionsMax = 100;

    /// <summary>Those in use first, then the cheaper first.</summary>
    public async Task<IReadOnlyList<KeptPlan>> List()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<KeptPlan>("""
            select name, policies_max, keys_max, evaluations_per_day, usd_per_month, version, ended_at,
                (select count(*) from workspaces w where w.plan = p.name and w.workspace_id <> @house) as workspaces
            from plans p order by ended_at is not null, usd_per_month, name limit @PlansMax
            """, new { house = House.Id.Value, PlansMax })).AsList();
    }

    public async Task<KeptPlan?> Find(string name) => (await List()).FirstOrDefault(p => p.Name == name);

    /// <summary>The newest first; each is compared with the one behind it.</summary>
    public async Task<IReadOnlyList<PlanVersion>> Versions(string name)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<PlanVersion>("""
            select version, policies_max, keys_max, evaluations_per_day, usd_per_month, ended, changed_by, changed_at
            from plan_versions where name = @name order by version desc limit @VersionsMax
            """, new { name, VersionsMax })).AsList();
    }

    /// <summary>Who has the plan, by name; <paramref name="words"/> narrows it.</summary>
    public async Task<(IReadOnlyList<PlanWorkspace> Rows, bool More)> Workspaces(string plan, string? words)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<PlanWorkspace>("""
            select workspace_id, name, live_active from workspaces
            where plan = @plan and workspace_id <> @house and (@words::text is null or strpos(lower(name), lower(@words)) > 0)
            order by name, workspace_id limit @most
            """, new { plan, words, house = House.Id.Value, most = WorkspacesMax + 1 })).AsList();
        return (rows.Take(WorkspacesMax).ToList(), rows.Count > WorkspacesMax);
    }
}

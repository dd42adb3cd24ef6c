using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Data;

namespace Bursar.Platform.Control;

/// <summary>Policies and their history as people and keys read them.</summary>
public sealed class PolicyReads(Database database)
{
    private const int VersionsMax = 200;

    /// <summary>All that are in force or switched off, newest first; or those that were put away.</summary>
    public async Task<Result<IReadOnlyList<PolicyResource>>> List(Actor actor, bool archived = false)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var approvers = await Approvers(actor.Book);
        var rows = await database.Query<Row>(
            actor.Book, Select + " and p.archived = @archived order by p.created_at desc, p.policy_id desc limit 200", Of(actor, archived));
        return rows.Select(r => r.Resource(approvers)).ToList();
    }

    public async Task<Result<PolicyResource>> Get(Actor actor, PolicyId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var row = await database.One<Row>(actor.Book, Select + " and p.policy_id = @id", Of(actor, id: id));
        return row is null ? Errors.Missing() : row.Resource(await Approvers(actor.Book));
    }

    /// <summary>The newest 200 versions, each with what it changed.</summary>
    public async Task<Result<IReadOnlyList<PolicyVersion>>> Versions(Actor actor, PolicyId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var rows = await database.Query<Row>(actor.Book, $"""
            select document, version, act, restored_from, changed_by, changed_at from policy_versions
            where workspace_id = @workspace and mode = @mode and policy_id = @id order by version desc limit {VersionsMax + 1}
            """, Of(actor, id: id));
        if (rows.Count == 0) return Errors.Missing();
        return rows.Take(VersionsMax).Select((r, i) => r.Version(i + 1 < rows.Count ? rows[i + 1].Document : null)).ToList();
    }

    /// <summary>The versions that decisions were made with, for their explain cards.</summary>
    public async Task<IReadOnlyList<Policy>> Known(BookKey book, IReadOnlyCollection<PolicyInput> inputs)
    {
        if (inputs.Count == 0) return [];
        var wanted = inputs.Select(i => (i.Policy, i.Version)).Distinct().ToList();
        var documents = await database.Query<string>(book, """
            select v.document from unnest(@ids, @versions) u(i, n) join policy_versions v
                on v.workspace_id = @workspace and v.mode = @mode and v.policy_id = u.i and v.version = u.n
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            ids = wanted.Select(w => w.Policy.Value).ToArray(),
            versions = wanted.Select(w => w.Version).ToArray(),
        });
        return [.. documents.Select(Json.Read<Policy>)];
    }

    private async Task<ApproverCount> Approvers(BookKey book) => (await database.One<ApproverCount>(book, """
        select (select count(distinct m.person_id)::int from members m
            where m.workspace_id = w.workspace_id and m.state = 'active' and m.role = any(@roles)) as people,
            w.separation_of_duties as duties_separated
        from workspaces w where w.workspace_id = @workspace
        """, new { workspace = book.Workspace.Value, roles = ApproverCount.Approvers.Select(r => Json.Name(r)).ToArray() }))!;

    private static object Of(Actor actor, bool archived = false, PolicyId id = default) =>
        new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, archived, id = id.Value };

    private const string Select = """
        select p.document, p.archived, v.version, v.act, v.restored_from, v.changed_by, v.changed_at from policies p
        join policy_versions v
            on v.workspace_id = p.workspace_id and v.mode = p.mode and v.policy_id = p.policy_id and v.version = p.version
        where p.workspace_id = @workspace and p.mode = @mode
        """;

    private sealed record Row
    {
        public required string Document { get; init; }
        public bool Archived { get; init; }
        public string? Act { get; init; }
        public int? RestoredFrom { get; init; }
        public required string ChangedBy { get; init; }
        public DateTimeOffset ChangedAt { get; init; }

        public PolicyResource Resource(ApproverCount approvers) =>
            PolicyResource.Of(Json.Read<Policy>(Document), Archived, (ChangedBy, ChangedAt), approvers);

        public PolicyVersion Version(string? before)
        {
            var policy = Json.Read<Policy>(Document);
            var act = Act ?? (policy.Version == 1 ? "created" : "changed");
            return new(policy.Version, act, RestoredFrom, ChangedBy, ChangedAt, MemberChange.Between(before, Document), policy);
        }
    }
}

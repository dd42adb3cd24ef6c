using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Control;

/// <summary>Writes policies. A change is a new version and holds for the very next decision; what is used already stays used.</summary>
public sealed class Policies(ControlChanges changes)
{
    private const int PoliciesMax = 100;

    public Task<Result<PolicyResource>> Create(Actor actor, PolicyFields fields) => Write(actor, async scope =>
    {
        if (Wrong(fields) is { } wrong) return wrong;
        if (await Full(scope) is { } full) return full;
        var policy = PolicyCheck.Normalised(fields.ToPolicy(PolicyId.New(scope.At), 1));
        await scope.Execute("""
            insert into policies (workspace_id, mode, policy_id, version, name, active, document, created_at, changed_at)
            values (@workspace, @mode, @id, 1, @Name, @Active, @document, @at, @at)
            """, new { id = policy.Id.Value, policy.Name, policy.Active, document = Json.Write(policy) });
        return await Keep(scope, policy, Act.Created);
    });

    /// <summary>
    /// <paramref name="change"/> makes the new fields of those in force, under the lock: of two who change different members at once
    /// neither undoes the other. <paramref name="seen"/>: the version that the writer looked at, where they saw one whole.
    /// </summary>
    public Task<Result<PolicyResource>> Change(
        Actor actor, PolicyId id, Func<PolicyFields, Result<PolicyFields>> change, int? seen = null) => Write(actor, async scope =>
    {
        if (await Find(scope, id) is not { Archived: false } before) return Errors.Missing();
        if (seen is { } version && version != before.Version)
            return new Error(Errors.VersionMismatch, "Somebody changed this policy meanwhile. Look at it again.")
                .With("currentVersion", before.Version);
        var fields = change(PolicyFields.Of(before.Policy));
        if (!fields.Ok) return fields.Error;
        if (Wrong(fields.Value, before.Policy.Currency) is { } wrong) return wrong;
        return await Put(scope, PolicyCheck.Normalised(fields.Value.ToPolicy(id, before.Version + 1)), Act.Changed);
    });

    /// <summary>An earlier version again, as a new one; also of a policy that was put away.</summary>
    public Task<Result<PolicyResource>> Restore(Actor actor, PolicyId id, int version) => Write(actor, async scope =>
    {
        if (await Find(scope, id) is not { } before) return Errors.Missing();
        var document = await scope.Scalar<string>("""
            select document from policy_versions
            where workspace_id = @workspace and mode = @mode and policy_id = @id and version = @version
            """, new { id = id.Value, version });
        if (document is null) return Errors.Missing();
        if (before.Archived && await Full(scope) is { } full) return full;
        var policy = Json.Read<Policy>(document) with { Version = before.Version + 1 };
        return await Put(scope, policy, new Act("policy.changed", "restored", version));
    });

    /// <summary>Deleting archives: history keeps its policies.</summary>
    public Task<Result<PolicyResource>> Archive(Actor actor, PolicyId id) => Write(actor, async scope =>
    {
        if (await Find(scope, id) is not { Archived: false } before) return Errors.Missing();
        return await Put(scope, before.Policy with { Active = false, Version = before.Version + 1 }, Act.Archived);
    });

    private Task<Result<PolicyResource>> Write(Actor actor, Func<ControlScope, Task<Result<PolicyResource>>> change)
    {
        var refused = actor.Require(Permission.WritePolicies) ?? actor.Require(Proof.Password, "change a policy");
        return refused is null
            ? changes.Apply(actor, Permission.WritePolicies, bothModes: false, change) : Task.FromResult<Result<PolicyResource>>(refused);
    }

    /// <summary>What is wrong with the fields. A policy keeps its currency: what it has counted is in it.</summary>
    private static Error? Wrong(PolicyFields fields, string? currency = null)
    {
        if (currency is not null && fields.Currency != currency)
            return Errors.Field("/currency", "fixed", $"This policy counts in {currency}. Make another one for another currency.");
        var wrong = PolicyCheck.Validate(fields.ToPolicy(default, 1));
        return wrong.Count > 0 ? Errors.Invalid([.. wrong]) : null;
    }

    private static async Task<Error?> Full(ControlScope scope)
    {
        var used = await scope.Scalar<long>(
            "select count(*) from policies where workspace_id = @workspace and mode = @mode and not archived");
        return Plan.Full(scope.Book, p => p.PoliciesMax, used, "policies")
            ?? (used >= PoliciesMax ? new Error(Errors.StateConflict, $"A book has up to {PoliciesMax} policies.") : null);
    }

    private static async Task<Kept?> Find(ControlScope scope, PolicyId id) => (await scope.Query<Kept>(
        "select document, archived, version from policies where workspace_id = @workspace and mode = @mode and policy_id = @id",
        new { id = id.Value })).SingleOrDefault();

    private static async Task<Result<PolicyResource>> Put(ControlScope scope, Policy policy, Act act)
    {
        await scope.Execute("""
            update policies set version = @Version, name = @Name, active = @Active, document = @document, archived = @archived,
                changed_at = @at
            where workspace_id = @workspace and mode = @mode and policy_id = @id
            """, new
        {
            id = policy.Id.Value,
            policy.Version,
            policy.Name,
            policy.Active,
            document = Json.Write(policy),
            archived = act == Act.Archived,
        });
        return await Keep(scope, policy, act);
    }

    private static async Task<Result<PolicyResource>> Keep(ControlScope scope, Policy policy, Act act)
    {
        await scope.Execute("""
            insert into policy_versions (workspace_id, mode, policy_id, version, document, changed_by, changed_at, act, restored_from)
            values (@workspace, @mode, @id, @Version, @document, @by, @at, @Name, @Of)
            """, new { id = policy.Id.Value, policy.Version, document = Json.Write(policy), by = scope.Book.Actor.Name, act.Name, act.Of });
        var approvers = ApproverCount.Of(Principals.Instance.Of(scope.Book));
        var resource = PolicyResource.Of(policy, act == Act.Archived, (scope.Book.Actor.Name, scope.At), approvers);
        scope.Book.Publish(act.Event, policy.Id.Value, policy.Version, resource);
        return resource;
    }

    /// <summary>What makes a version: its event, and its name where that says more.</summary>
    private sealed record Act(string Event, string? Name = null, int? Of = null)
    {
        public static readonly Act Created = new("policy.created");
        public static readonly Act Changed = new("policy.changed");
        public static readonly Act Archived = new("policy.archived", "archived");
    }

    private sealed record Kept
    {
        public required string Document { get; init; }
        public bool Archived { get; init; }
        public int Version { get; init; }
        public Policy Policy => Json.Read<Policy>(Document);
    }
}

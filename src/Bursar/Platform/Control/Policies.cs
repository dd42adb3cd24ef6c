using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Control;

/// <summary>The fields of a policy that a writer gives; a change replaces them all, as a new version.</summary>
public sealed record PolicyFields(
    string Name, string Currency = "IDR", long? MaxSingleAmount = null, long? DailyLimit = null, long? MonthlyLimit = null,
    long? RequireApprovalOver = null, int? MaxTransactionsPerMinute = null, int? MaxTransactionsPerHour = null,
    IReadOnlyList<string>? AllowedMerchants = null, IReadOnlyList<string>? BlockedMerchants = null,
    IReadOnlyList<string>? AllowedCategories = null, IReadOnlyList<string>? BlockedCategories = null,
    PolicyScope? Scope = null, bool Active = true)
{
    public Policy ToPolicy(PolicyId id, int version) => new()
    {
        Id = id,
        Version = version,
        Name = Name,
        Currency = Currency,
        MaxSingleAmount = MaxSingleAmount,
        DailyLimit = DailyLimit,
        MonthlyLimit = MonthlyLimit,
        RequireApprovalOver = RequireApprovalOver,
        MaxTransactionsPerMinute = MaxTransactionsPerMinute,
        MaxTransactionsPerHour = MaxTransactionsPerHour,
        AllowedMerchants = AllowedMerchants ?? [],
        BlockedMerchants = BlockedMerchants ?? [],
        AllowedCategories = AllowedCategories ?? [],
        BlockedCategories = BlockedCategories ?? [],
        Scope = Scope,
        Active = Active,
    };

    public static PolicyFields Of(Policy p) => new(
        p.Name, p.Currency, p.MaxSingleAmount, p.DailyLimit, p.MonthlyLimit, p.RequireApprovalOver,
        p.MaxTransactionsPerMinute, p.MaxTransactionsPerHour, p.AllowedMerchants, p.BlockedMerchants, p.AllowedCategories,
        p.BlockedCategories, p.Scope, p.Active);
}

/// <summary>Policies and their versions. A change holds for the very next decision; what is used already stays used.</summary>
public sealed class Policies(Database database, ControlChanges changes)
{
    private const int PoliciesMax = 100;

    public Task<Result<Policy>> Create(Actor actor, PolicyFields fields) => Apply(actor, fields, async scope =>
    {
        const string open = "select count(*) from policies where workspace_id = @workspace and mode = @mode and not archived";
        if (await scope.Scalar<long>(open) >= PoliciesMax)
            return new Error(Errors.StateConflict, $"A book has up to {PoliciesMax} policies.");
        var policy = PolicyCheck.Normalised(fields.ToPolicy(PolicyId.New(scope.At), 1));
        await scope.Execute("""
            insert into policies (workspace_id, mode, policy_id, version, name, active, document, created_at, changed_at)
            values (@workspace, @mode, @id, 1, @Name, @Active, @document, @at, @at)
            """, new { id = policy.Id.Value, policy.Name, policy.Active, document = Json.Write(policy) });
        return await Keep(scope, policy, "policy.created");
    });

    public Task<Result<Policy>> Change(Actor actor, PolicyId id, PolicyFields fields) => Apply(actor, fields, async scope =>
    {
        if (await Find(scope, id) is not { } before) return Errors.Missing();
        var policy = PolicyCheck.Normalised(fields.ToPolicy(id, before.Version + 1));
        await scope.Execute("""
            update policies set version = @Version, name = @Name, active = @Active, document = @document, changed_at = @at
            where workspace_id = @workspace and mode = @mode and policy_id = @id
            """, new { id = id.Value, policy.Version, policy.Name, policy.Active, document = Json.Write(policy) });
        return await Keep(scope, policy, "policy.changed");
    });

    /// <summary>Deleting archives: history keeps its policies.</summary>
    public Task<Result<Policy>> Archive(Actor actor, PolicyId id) => changes.Apply(
        actor, Permission.WritePolicies, bothModes: false, async scope =>
    {
        if (await Find(scope, id) is not { } policy) return Errors.Missing();
        if (actor.Require(Proof.Password, "archive a policy") is { } unproved) return unproved;
        await scope.Execute("""
            update policies set archived = true, active = false, changed_at = @at
            where workspace_id = @workspace and mode = @mode and policy_id = @id
            """, new { id = id.Value });
        scope.Book.Publish("policy.archived", id.Value, policy.Version + 1, policy with { Active = false });
        return (Result<Policy>)(policy with { Active = false });
    });

    public async Task<Result<IReadOnlyList<Policy>>> List(Actor actor)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var rows = await database.Query<string>(actor.Book, """
            select document from policies where workspace_id = @workspace and mode = @mode and not archived
            order by created_at desc, policy_id desc limit 200
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode });
        return rows.Select(Json.Read<Policy>).ToList();
    }

    private Task<Result<Policy>> Apply(Actor actor, PolicyFields fields, Func<ControlScope, Task<Result<Policy>>> change)
    {
        if (actor.Require(Permission.WritePolicies) is { } denied) return Task.FromResult<Result<Policy>>(denied);
        var wrong = PolicyCheck.Validate(fields.ToPolicy(default, 1));
        if (wrong.Count > 0) return Task.FromResult<Result<Policy>>(Errors.Invalid([.. wrong]));
        if (actor.Require(Proof.Password, "change a policy") is { } unproved) return Task.FromResult<Result<Policy>>(unproved);
        return changes.Apply(actor, Permission.WritePolicies, bothModes: false, change);
    }

    private static async Task<Policy?> Find(ControlScope scope, PolicyId id) =>
        await scope.Scalar<string>("""
            select document from policies
            where workspace_id = @workspace and mode = @mode and policy_id = @id and not archived
            """, new { id = id.Value }) is { } document ? Json.Read<Policy>(document) : null;

    private static async Task<Result<Policy>> Keep(ControlScope scope, Policy policy, string type)
    {
        await scope.Execute("""
            insert into policy_versions (workspace_id, mode, policy_id, version, document, changed_by, changed_at)
            values (@workspace, @mode, @id, @Version, @document, @by, @at)
            """, new { id = policy.Id.Value, policy.Version, document = Json.Write(policy), by = scope.Book.Actor.Name });
        scope.Book.Publish(type, policy.Id.Value, policy.Version, policy);
        return policy;
    }
}

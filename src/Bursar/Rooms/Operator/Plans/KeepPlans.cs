using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Operator.Plans;

/// <summary>
/// The operator's plans (PRODUCT S12, docs/decisions/0061). What is changed holds for the very next decision of every workspace that has
/// the plan; each version stays written down with who made it, and a workspace's move stands in its own journal.
/// </summary>
public sealed partial class KeepPlans(Database database, ControlChanges changes, TimeProvider time)
{
    private const int LimitMax = 1_000_000;
    private const int UsdMax = 100_000;

    /// <summary>What an approved application and the command line give; they stay.</summary>
    private static readonly IReadOnlyList<string> Given = ["free", "pro"];

    public static bool IsGiven(string name) => Given.Contains(name);

    public async Task<Result<Plan>> Make(Desk desk, Plan plan)
    {
        if (!Label().IsMatch(plan.Name))
            return Errors.Field("/name", "invalid", "1 to 30 small letters, digits or hyphens, a letter first.");
        if (Problem(plan) is { } problem) return problem;
        return await Write(desk, plan, """
            insert into plans (name, policies_max, keys_max, evaluations_per_day, usd_per_month)
            values (@Name, @PoliciesMax, @KeysMax, @EvaluationsPerDay, @UsdPerMonth) on conflict do nothing
            """, 0, Errors.Field("/name", "taken", "There is, or was, a plan of this name."));
    }

    /// <summary><paramref name="seen"/>: the version that the operator looked at; of two who change it at once one is told.</summary>
    public async Task<Result<Plan>> Change(Desk desk, Plan plan, int seen)
    {
        if (Problem(plan) is { } problem) return problem;
        return await Write(desk, plan, """
            update plans set policies_max = @PoliciesMax, keys_max = @KeysMax, evaluations_per_day = @EvaluationsPerDay,
                usd_per_month = @UsdPerMonth, version = version + 1
            where name = @Name and version = @seen
            """, seen, new Error(Errors.StateConflict, "Somebody changed this plan meanwhile. Look again."));
    }

    /// <summary>No further workspace gets it; whoever has it keeps it until they are moved.</summary>
    public async Task<Result<Plan>> End(Desk desk, Plan plan)
    {
        if (IsGiven(plan.Name)) return new Error(Errors.StateConflict, "New workspaces begin with this plan: it stays.");
        return await Write(desk, plan, "update plans set ended_at = @at, version = version + 1 where name = @Name and ended_at is null",
            0, new Error(Errors.StateConflict, "This plan has ended already."));
    }

    /// <summary>Gives a workspace another plan, from this moment on.</summary>
    public Task<Result<string>> Move(Desk desk, WorkspaceId workspace, string plan) =>
        changes.Apply(desk.In(new BookKey(workspace, Mode.Live)), Permission.None, bothModes: true, async scope =>
        {
            // Shared: a change of the plan waits, and then finds the workspace among those that have it.
            if (await scope.Scalar<string>("select name from plans where name = @plan and ended_at is null for share", new { plan }) is null)
                return new Error(Errors.StateConflict, "This plan has ended, or does not exist.");
            var before = await scope.Scalar<string>("select plan from workspaces where workspace_id = @workspace");
            if (before == plan) return new Error(Errors.StateConflict, "The workspace has this plan already.");
            var name = await scope.Scalar<string>(
                "update workspaces set plan = @plan where workspace_id = @workspace returning name", new { plan });
            scope.Book.Record("workspace.plan_changed", workspace.Value, 2, new { before, plan });
            return (Result<string>)name!;
        });

    private async Task<Result<Plan>> Write(Desk desk, Plan plan, string sql, int seen, Error otherwise)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var at = time.NowMicros();
        var written = await connection.ExecuteAsync(sql,
            new { plan.Name, plan.PoliciesMax, plan.KeysMax, plan.EvaluationsPerDay, plan.UsdPerMonth, seen, at });
        if (written == 0) return otherwise;
        await connection.ExecuteAsync("""
            insert into plan_versions (name, version, policies_max, keys_max, evaluations_per_day, usd_per_month, ended, changed_by,
                changed_at)
            select name, version, policies_max, keys_max, evaluations_per_day, usd_per_month, ended_at is not null, @by, @at
            from plans where name = @Name
            """, new { plan.Name, by = desk.Name, at });
        var having = await connection.QueryAsync<Guid>("select workspace_id from workspaces where plan = @Name", new { plan.Name });
        await ControlChanges.Raise(connection, having.AsList());
        await transaction.CommitAsync();
        return plan;
    }

    private static Error? Problem(Plan plan)
    {
        var wrong = new List<FieldError>();
        Within("/policiesMax", plan.PoliciesMax, LimitMax);
        Within("/keysMax", plan.KeysMax, LimitMax);
        Within("/evaluationsPerDay", plan.EvaluationsPerDay, LimitMax);
        Within("/usdPerMonth", plan.UsdPerMonth, UsdMax);
        return wrong.Count > 0 ? Errors.Invalid([.. wrong]) : null;

        void Within(string field, int? value, int most)
        {
            if (value is < 0 || value > most) wrong.Add(new(field, "out_of_range", $"A whole number from 0 to {most}."));
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,29}\z")]
    private static partial Regex Label();
}

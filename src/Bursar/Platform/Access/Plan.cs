using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>What the workspace's plan allows (PRODUCT S12); null is without limit. Only live mode is counted.</summary>
public sealed record Plan(string Name, int? PoliciesMax, int? KeysMax, int? EvaluationsPerDay, int UsdPerMonth)
{
    /// <summary>Why no further one of <paramref name="what"/> may be made; null while the plan has room, and always in test mode.</summary>
    public static Error? Full(OpenBook book, Func<Plan, int?> limit, long used, string what)
    {
        if (book.Key.Mode != Mode.Live || limit(PlanFacts.Instance.Of(book)) is not { } most || used < most) return null;
        return new Error(Errors.PlanLimitReached, $"This plan has room for {most} {what} in live mode.")
            .With("limit", most).With("used", used);
    }
}

/// <summary>The plan of the book's workspace at its control version.</summary>
public sealed class PlanFacts : Fact<Plan>
{
    public static readonly PlanFacts Instance = new();

    protected override IReadOnlyList<string> Statements =>
    [
        """
        select p.name, p.policies_max, p.keys_max, p.evaluations_per_day, p.usd_per_month
        from workspaces w join plans p on p.name = w.plan where w.workspace_id = $1 and $2::smallint is not null
        """,
    ];

    protected override async Task<Plan> Read(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        int? Limit(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);
        return new Plan(reader.GetString(0), Limit(1), Limit(2), Limit(3), reader.GetInt32(4));
    }
}

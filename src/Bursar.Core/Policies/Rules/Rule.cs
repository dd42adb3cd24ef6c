namespace Bursar.Core.Policies.Rules;

/// <summary>What a rule sees: one policy, the instruction, its normalised merchant and category, and the policy's usage now.</summary>
internal readonly record struct Case(Policy Policy, Instruction Instruction, string? Merchant, string? Category, Usage Usage);

/// <summary>
/// One step of the pipeline. <see cref="Evaluate"/> is true when the policy passes; a policy without the field passes.
/// <see cref="Explain"/> gives limit, used so far and when it resets, for the explain card.
/// </summary>
internal sealed record Rule(string Reason, Verdict Otherwise, Func<Policy, bool> IsSet, Func<Case, bool> Evaluate,
    Func<Case, (long? Limit, long? Used, DateTimeOffset? ResetsAt)> Explain)
{
    /// <summary>The fixed order of the decision table: the first failing step decides, whichever policy it belongs to.</summary>
    public static readonly IReadOnlyList<Rule> Pipeline =
    [
        Lists.BlockedMerchant, Lists.BlockedCategory, Lists.AllowedMerchant, Lists.AllowedCategory,
        Limits.Single, Limits.Daily, Limits.Monthly, Limits.PerMinute, Limits.PerHour, Limits.Approval,
    ];
}

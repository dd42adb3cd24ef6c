namespace Bursar.Core.Policies;

/// <summary>
/// A request of the past: what was decided then, and when its budget was free again, if it ever was. <paramref name="Fixed"/>: decided by
/// something other than policies (a frozen agent, a deposit that did not cover it), so no policy would have decided otherwise.
/// </summary>
public sealed record PastRequest(
    DateTimeOffset At, Instruction Instruction, Verdict Decided, string Reason, DateTimeOffset? FreedAt, bool Fixed);

/// <summary>
/// Past requests decided again with other policies (PRODUCT S10), in their order, on budgets of its own that begin empty. What was refused
/// then and passes now is taken to have been spent; what was let go and came to nothing gives its budget back when it did.
/// </summary>
public sealed class Replay(IReadOnlyList<Policy> policies, TimeZoneInfo zone)
{
    private readonly Dictionary<PolicyId, Usage> budgets = [];
    private readonly PriorityQueue<UsageHold, DateTimeOffset> toFree = new();
    private DateTimeOffset last = DateTimeOffset.MinValue;

    /// <summary>The decision now. Requests must come oldest first.</summary>
    public (Verdict Verdict, string Reason) Decide(PastRequest past)
    {
        Results.Invariant.Hold(past.At >= last);
        last = past.At;
        Free(past.At);
        if (past.Fixed) return (past.Decided, past.Reason);
        var decision = PolicyEngine.Decide(past.Instruction, policies, id => Budget(id, past.At), past.At);
        if (decision.Verdict != Verdict.Deny) Hold(past);
        return (decision.Verdict, decision.Reason);
    }

    private void Hold(PastRequest past)
    {
        foreach (var policy in policies.Where(p => PolicyEngine.Concerns(p, past.Instruction)))
        {
            var (usage, hold) = UsageRules.Hold(Budget(policy.Id, past.At), past.Instruction.Amount);
            budgets[policy.Id] = usage;
            if (past.FreedAt is { } at && past.Decided != Verdict.Deny) toFree.Enqueue(hold, at);
        }
    }

    private void Free(DateTimeOffset now)
    {
        while (toFree.TryPeek(out var hold, out var at) && at <= now)
        {
            toFree.Dequeue();
            budgets[hold.Policy] = UsageRules.Release(budgets[hold.Policy], hold);
        }
    }

    private Usage Budget(PolicyId policy, DateTimeOffset at) => budgets[policy] = budgets.TryGetValue(policy, out var usage)
        ? UsageRules.RollOver(usage, at, zone) : UsageRules.Start(policy, at, zone);
}

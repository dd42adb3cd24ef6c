using Bursar.Core.Currencies;
using Bursar.Core.Policies.Rules;
using Bursar.Core.Results;

namespace Bursar.Core.Policies;

/// <summary>
/// Decides one instruction against every active policy that concerns it. Pure: no clock, no I/O. Every policy must pass; the first
/// failing step of the fixed order decides, so the order in which policies are given does not matter. An error is a DENY.
/// </summary>
public static class PolicyEngine
{
    private static readonly Decision Passed = new(Verdict.Allow, "OK", []);

    /// <summary><paramref name="usage"/> gives the rolled-over usage of a policy at <paramref name="at"/>.</summary>
    public static Decision Decide(Instruction instruction, IReadOnlyList<Policy> policies, Func<PolicyId, Usage> usage, DateTimeOffset at)
    {
        try
        {
            var cases = Cases(instruction, policies, usage, at);
            Invariant.Hold(instruction.Amount is >= 1 and <= Money.Max);
            if (cases.Count == 0)
                return instruction.Kind == DisbursementKind.AgentSpend ? new Decision(Verdict.Deny, "NO_ACTIVE_POLICY", []) : Passed;
            return Evaluate(cases);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Decision(Verdict.Deny, "EVALUATION_ERROR", []);
        }
    }

    /// <summary>Whether an active policy concerns the instruction: its currency and its scope (docs/decisions, policy scopes).</summary>
    public static bool Concerns(Policy policy, Instruction instruction)
    {
        if (!policy.Active || policy.Currency != instruction.Currency) return false;
        if (policy.Scope is not { } scope) return instruction.Kind == DisbursementKind.AgentSpend;
        return Holds(scope.Kinds, instruction.Kind) && Holds(scope.Principals, instruction.Principal)
            && Holds(scope.AgentIds, instruction.AgentId) && Holds(scope.KeyIds, instruction.KeyId)
            && Holds(scope.HandleIds, instruction.HandleId);
    }

    private static bool Holds<T>(IReadOnlyList<T>? list, T? value) => list is null || (value is not null && list.Contains(value));

    private static List<Case> Cases(Instruction instruction, IReadOnlyList<Policy> policies, Func<PolicyId, Usage> usage, DateTimeOffset at)
    {
        var merchant = Key(instruction.Merchant);
        var category = Key(instruction.Category);
        var cases = new List<Case>(policies.Count);
        foreach (var policy in policies)
            if (Concerns(policy, instruction))
                cases.Add(new Case(policy, instruction, merchant, category, Current(usage(policy.Id), policy, at)));
        cases.Sort((a, b) => a.Policy.Id.Value.CompareTo(b.Policy.Id.Value));
        return cases;
    }

    private static string? Key(string? text) => string.IsNullOrWhiteSpace(text) ? null : MerchantKey.Of(text);

    /// <summary>Budget of another policy or of a period that is over must not decide.</summary>
    private static Usage Current(Usage usage, Policy policy, DateTimeOffset at)
    {
        Invariant.Hold(usage.Policy == policy.Id && usage.Day.End > at && usage.Month.End > at);
        Invariant.Hold(usage.MinuteStart.AddMinutes(1) > at && usage.HourStart.AddHours(1) > at);
        return usage;
    }

    private static Decision Evaluate(List<Case> cases)
    {
        var outcomes = new List<RuleOutcome>();
        foreach (var rule in Rule.Pipeline)
        {
            var failed = false;
            foreach (var c in cases)
            {
                if (!rule.IsSet(c.Policy)) continue;
                var passed = rule.Evaluate(c);
                var (limit, used, resetsAt) = rule.Explain(c);
                outcomes.Add(new RuleOutcome(c.Policy.Id, rule.Reason,
                    passed ? "passed" : rule.Otherwise == Verdict.Deny ? "failed" : "needs_approval",
                    limit, used, used is null ? null : Math.Max(0, (limit ?? 0) - used.Value), resetsAt));
                failed |= !passed;
            }
            if (failed) return Made(rule.Otherwise, rule.Reason);
        }
        return Made(Verdict.Allow, "OK");

        Decision Made(Verdict verdict, string reason) => new(verdict, reason, outcomes)
        {
            Inputs = [.. cases.Select(c => PolicyInput.Of(c.Policy, c.Usage))],
            // Also where the policies allow it: people may ask for approval of their own (a Maker's transfer), and the tiers hold for it.
            Quorum = verdict != Verdict.Deny ? cases.Max(c => c.Policy.ApprovalsFor(c.Instruction.Amount)) : 1,
        };
    }
}

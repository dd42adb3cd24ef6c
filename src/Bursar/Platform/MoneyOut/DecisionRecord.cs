using Bursar.Core.Policies;
using Bursar.Core.Results;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// A decision as its row keeps it: the verdict and the compact inputs from which the explain card is rendered when asked.
/// </summary>
public sealed record DecisionRecord(Verdict Verdict, string Reason, DateTimeOffset At, int Quorum, IReadOnlyList<PolicyInput> Inputs)
{
    public static DecisionRecord Of(Decision d, DateTimeOffset at) => new(d.Verdict, d.Reason, at, d.Quorum, d.Inputs);

    /// <summary>
    /// The decision again, rule by rule, from the policy versions that were decided with. What stood before or behind the policies
    /// (a frozen agent, a deposit that did not cover it) keeps its own verdict.
    /// </summary>
    public Decision Again(Instruction instruction, IReadOnlyList<Policy> versions)
    {
        Invariant.Hold(versions.Count == Inputs.Count);
        if (Inputs.Count == 0) return new Decision(Verdict, Reason, []);
        var usage = Inputs.ToDictionary(i => i.Policy, i => i.ToUsage());
        var again = PolicyEngine.Decide(instruction, versions, policy => usage[policy], At);
        return Reason == "INSUFFICIENT_FUNDS" ? again with { Verdict = Verdict, Reason = Reason } : again;
    }
}

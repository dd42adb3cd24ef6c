namespace Bursar.Core.Policies;

/// <summary>Placeholder signature; the rules land next.</summary>
public static class PolicyEngine
{
    /// <summary>
    /// Decides one instruction against every active policy that concerns it. Pure: no clock, no I/O; the order of policies does not matter.
    /// <paramref name="usage"/> gives the rolled-over usage of a policy at <paramref name="at"/>.
    /// </summary>
    public static Decision Decide(Instruction instruction, IReadOnlyList<Policy> policies, Func<PolicyId, Usage> usage, DateTimeOffset at) =>
        new(Verdict.Allow, "OK", []);

    /// <summary>Whether an active policy concerns the instruction (scope and currency).</summary>
    public static bool Concerns(Policy policy, Instruction instruction) => policy.Active;
}

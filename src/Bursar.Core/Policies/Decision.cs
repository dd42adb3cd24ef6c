namespace Bursar.Core.Policies;

public enum Verdict { Allow, Deny, RequireApproval }

/// <summary>
/// The engine's answer. <see cref="Reason"/> is a code of the pipeline (<c>OK</c>, <c>EXCEEDS_DAILY_LIMIT</c>…);
/// <see cref="Rules"/> every rule consulted, in order, for the explain card.
/// </summary>
public sealed record Decision(Verdict Verdict, string Reason, IReadOnlyList<RuleOutcome> Rules)
{
    /// <summary>What each policy that concerned the instruction saw: with these, the same instruction is decided the same again.</summary>
    public IReadOnlyList<PolicyInput> Inputs { get; init; } = [];

    /// <summary>How many different people must approve, where the verdict asks for approval (PRODUCT S7).</summary>
    public int Quorum { get; init; } = 1;
}

/// <summary>One rule of one policy: passed, failed or asks for approval; amounts or counts before this instruction.</summary>
public sealed record RuleOutcome(
    PolicyId PolicyId, string Rule, string Outcome, long? Limit, long? Used, long? Remaining, DateTimeOffset? ResetsAt);

/// <summary>
/// A policy's version and budget as a decision saw them: amounts held and used together, in minor units, before the instruction.
/// </summary>
public sealed record PolicyInput(
    PolicyId Policy, int Version, long Day, DateTimeOffset DayEnd, long Month, DateTimeOffset MonthEnd,
    int PerMinute, DateTimeOffset Minute, int PerHour, DateTimeOffset Hour)
{
    public static PolicyInput Of(Policy policy, Usage u) => new(
        policy.Id, policy.Version, u.Day.Total, u.Day.End, u.Month.Total, u.Month.End,
        u.MinuteCount, u.MinuteStart, u.HourCount, u.HourStart);

    public Usage ToUsage() => new(
        Policy, new PeriodUsage(DayEnd, DayEnd, 0, Day), new PeriodUsage(MonthEnd, MonthEnd, 0, Month), Minute, PerMinute, Hour, PerHour);
}

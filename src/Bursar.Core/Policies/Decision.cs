namespace Bursar.Core.Policies;

public enum Verdict { Allow, Deny, RequireApproval }

/// <summary>
/// The engine's answer. <see cref="Reason"/> is a code of the pipeline (<c>OK</c>, <c>EXCEEDS_DAILY_LIMIT</c>…);
/// <see cref="Rules"/> every rule consulted, in order, for the explain card.
/// </summary>
public sealed record Decision(Verdict Verdict, string Reason, IReadOnlyList<RuleOutcome> Rules);

/// <summary>One rule of one policy: passed, failed or asks for approval; amounts or counts before this instruction.</summary>
public sealed record RuleOutcome(
    PolicyId PolicyId, string Rule, string Outcome, long? Limit, long? Used, long? Remaining, DateTimeOffset? ResetsAt);

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Rooms.Payouts.International.Information;

namespace Bursar.Rooms.Payouts.Evidence;

/// <summary>
/// Everything that is known of one transfer, of one moment: what was asked, who decided it and why, what the rail was told and said, what
/// the ledger and the journal hold. <see cref="ContentHash"/> is what the approvals were bound to. <see cref="Questions"/>: what a bank
/// abroad wanted to know, and what it was told; at home nobody asks.
/// </summary>
public sealed record EvidencePack<T>(
    T Transfer, string ContentHash, EvidenceMaker Maker, EvidenceDecision Decision, IReadOnlyList<EvidenceApproval> Approvals,
    IReadOnlyList<EvidenceAttempt> Attempts, IReadOnlyList<EvidenceLeg> Ledger, IReadOnlyList<EvidenceEntry> Journal,
    IReadOnlyList<EvidenceQuestion> Questions, DateTimeOffset MadeAt);

public sealed record EvidenceQuestion(
    InformationRequestId Id, InformationState State, string Question, DateTimeOffset AskedAt, string? Answer, string? AnsweredBy,
    DateTimeOffset? AnsweredAt, IReadOnlyList<string> Files);

/// <summary>Who asked for it, through which key, if through one.</summary>
public sealed record EvidenceMaker(string Name, PrincipalKind Kind, string Via, ApiKeyId? KeyId);

public sealed record EvidenceDecision(string Verdict, string Reason, DateTimeOffset At, IReadOnlyList<RuleOutcome> Rules);

public sealed record EvidenceApproval(
    ApprovalId Id, ApprovalState State, string Rule, int Quorum, string RequestedBy, string ContentHash, DateTimeOffset RequestedAt,
    IReadOnlyList<EvidenceVoice> ApprovedBy, string? ResolvedBy, DateTimeOffset? ResolvedAt, string? Note);

/// <summary>One person's approval; one that had lapsed when the last came did not count.</summary>
public sealed record EvidenceVoice(string Name, DateTimeOffset At, bool Lapsed);

public sealed record EvidenceAttempt(
    int Number, string Rail, string State, string? Reason, string? ProviderReference, DateTimeOffset StartedAt, DateTimeOffset? AnsweredAt);

public sealed record EvidenceLeg(LedgerTransferId Id, string Kind, string Debit, string Credit, long Amount, DateTimeOffset BookedAt);

/// <summary>An entry of the journal; its hash covers everything before it (docs/api/audit.md).</summary>
public sealed record EvidenceEntry(long Position, string Type, DateTimeOffset At, string By, string Hash);

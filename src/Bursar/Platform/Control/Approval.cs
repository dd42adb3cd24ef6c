namespace Bursar.Platform.Control;

public enum ApprovalState { Pending, Approved, Rejected, Expired, Cancelled }

/// <summary>
/// A request to humans to let a disbursement go, bound to the SHA-256 of what they were shown. <see cref="Rule"/> names what stopped it;
/// <see cref="RequesterPerson"/> is the human who may not approve it while duties are separated.
/// </summary>
public sealed record Approval
{
    public required ApprovalId Id { get; init; }
    public required string Kind { get; init; }
    public required ApprovalState State { get; init; }
    public required int Version { get; init; }
    public required Guid Subject { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public string? Merchant { get; init; }
    public string? Beneficiary { get; init; }
    public string? Reason { get; init; }
    public string? AgentId { get; init; }
    public required string RequestedBy { get; init; }
    public Guid? RequesterPerson { get; init; }
    public required string ContentHash { get; init; }
    public required string Rule { get; init; }
    /// <summary>How many different people must approve, 1 to 5; one is enough to reject.</summary>
    public int Quorum { get; init; } = 1;
    /// <summary>The batch whose row it is about; the queue shows all of them as one.</summary>
    public Guid? BatchId { get; init; }
    public string? Note { get; init; }
    public string? ResolvedBy { get; init; }
    public Guid? ResolverPerson { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// An approval as the API and events show it. <see cref="ApprovedBy"/>: whose approvals count, in the order they came; it goes through
/// when there are <see cref="Quorum"/>.
/// </summary>
public sealed record ApprovalResource(
    ApprovalId Id, string Kind, ApprovalState State, ApprovalSubject Subject, long Amount, string Currency, string? Merchant,
    string? Beneficiary, string? Reason, string? AgentId, string RequestedBy, string ContentHash, string Rule, int Quorum,
    IReadOnlyList<ApprovalVoice> ApprovedBy, string? Note, string? ResolvedBy, DateTimeOffset? ResolvedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt, BatchId? BatchId)
{
    public static ApprovalResource Of(Approval a, IEnumerable<ApprovalVote> votes) => new(
        a.Id, a.Kind, a.State, ApprovalSubject.Of(a.Kind, a.Subject), a.Amount, a.Currency, a.Merchant, a.Beneficiary, a.Reason, a.AgentId,
        a.RequestedBy, a.ContentHash, a.Rule, a.Quorum,
        [.. votes.Where(v => !v.Lapsed).OrderBy(v => v.VotedAt).Select(v => new ApprovalVoice(new(v.Member), v.Name, v.VotedAt))],
        a.Note, a.ResolvedBy, a.ResolvedAt, a.ExpiresAt, a.CreatedAt, a.BatchId is { } batch ? new BatchId(batch) : null);
}

/// <summary>One person's approval.</summary>
public sealed record ApprovalVoice(MemberId MemberId, string Name, DateTimeOffset At);

public sealed record ApprovalSubject(string Kind, string Id)
{
    /// <summary>The subject by its kind's own id.</summary>
    public static ApprovalSubject Of(string kind, Guid id) =>
        new(kind, kind switch
        {
            "agent_spend" => new SpendRequestId(id).ToString(),
            "international_transfer" => new InternationalTransferId(id).ToString(),
            "refund" => new RefundId(id).ToString(),
            _ => new TransferId(id).ToString(),
        });
}

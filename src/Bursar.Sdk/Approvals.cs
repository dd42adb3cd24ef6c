namespace Bursar.Sdk;

/// <summary>
/// A request to people to let money go. States: pending, approved, rejected, expired, cancelled. It is approved when as many different
/// people as <see cref="Quorum"/> did; one rejects.
/// </summary>
public sealed record Approval(
    string Id, string Kind, string State, ApprovalSubject Subject, long Amount, string Currency, string? Merchant,
    string? Beneficiary, string? Reason, string? AgentId, string RequestedBy, string ContentHash, int Quorum,
        IReadOnlyList<ApprovalVoice> ApprovedBy, string? Note,
    string? ResolvedBy, DateTimeOffset? ResolvedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset CreatedAt);

/// <summary>One person whose approval counts.</summary>
public sealed record ApprovalVoice(string MemberId, string Name, DateTimeOffset At);

/// <summary>What the approval is about.</summary>
public sealed record ApprovalSubject(string Kind, string Id);

/// <summary>/v1/approvals.</summary>
public sealed class Approvals
{
    private readonly Transport transport;
    internal Approvals(Transport transport) => this.transport = transport;

    /// <summary>One approval as it is now.</summary>
    public Task<Approval> Get(string id, CancellationToken ct = default) =>
        transport.Get<Approval>($"/v1/approvals/{Uri.EscapeDataString(id)}", ct);

    /// <summary>Every approval of these states, or of any, newest first.</summary>
    public IAsyncEnumerable<Approval> All(IReadOnlyList<string>? states = null, CancellationToken ct = default) =>
        transport.All<Approval>("/v1/approvals", new Query().Add("state", states ?? []).Add("limit", 200L), ct);
}

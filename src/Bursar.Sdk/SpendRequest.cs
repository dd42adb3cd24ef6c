namespace Bursar.Sdk;

/// <summary>
/// What an agent wants to spend. <paramref name="Amount"/> in minor units of <paramref name="Currency"/> (ISO code);
/// <paramref name="Merchant"/> is who is paid, best as a domain; <paramref name="Reason"/> is read by the people who approve.
/// </summary>
public sealed record NewSpend(string AgentId, long Amount, string Currency, string Merchant, string Reason)
{
    /// <summary>What kind of thing it is; policies may name categories.</summary>
    public string? Category { get; init; }
    /// <summary>The payment handle; the workspace's default when absent.</summary>
    public string? HandleId { get; init; }
    /// <summary>Told when people have decided (docs/api/spend-requests.md).</summary>
    public string? CallbackUrl { get; init; }
    /// <summary>Up to 20 short texts that stay with it.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>The words of a decision.</summary>
public static class SpendDecision
{
    /// <summary>May be paid.</summary>
    public const string Allow = "ALLOW";
    /// <summary>Must not be paid.</summary>
    public const string Deny = "DENY";
    /// <summary>A person decides.</summary>
    public const string RequireApproval = "REQUIRE_APPROVAL";
}

/// <summary>
/// One rule of one policy: passed, failed or needs_approval. Limit, used and remaining before this request, in minor units or counts.
/// </summary>
public sealed record RuleOutcome(
    string PolicyId, string Rule, string Outcome, long? Limit, long? Used, long? Remaining, DateTimeOffset? ResetsAt);

/// <summary>Every rule that was consulted, in order.</summary>
public sealed record Explanation(IReadOnlyList<RuleOutcome> Rules);

/// <summary>
/// A spend request and what became of it. <see cref="Decision"/> is the present word, after people had theirs; <see cref="State"/> one of
/// denied, pending_approval, approved, executing, unknown, succeeded, failed, rejected, cancelled, expired, reversed.
/// </summary>
public sealed record SpendRequest
{
    /// <summary>spr_…</summary>
    public required string SpendRequestId { get; init; }
    /// <summary>Where it stands.</summary>
    public required string State { get; init; }
    /// <summary>A word of <see cref="SpendDecision"/>.</summary>
    public required string Decision { get; init; }
    /// <summary>OK, APPROVED, or the rule that said otherwise: EXCEEDS_DAILY_LIMIT, BLOCKED_MERCHANT, AGENT_FROZEN….</summary>
    public required string DecisionReason { get; init; }
    /// <summary>The approval that people are asked for.</summary>
    public string? ApprovalId { get; init; }
    /// <summary>Until when it may be paid.</summary>
    public DateTimeOffset? AuthorizedUntil { get; init; }
    /// <summary>The spend authorization token (JWS), while one may be used; a secret, dead after minutes.</summary>
    public string? Sat { get; init; }
    /// <summary>When that token dies.</summary>
    public DateTimeOffset? SatExpiresAt { get; init; }
    /// <summary>The rules, where the answer tells them.</summary>
    public Explanation? Explain { get; init; }
    /// <summary>What was reported as paid.</summary>
    public SpendReceipt? Receipt { get; init; }
    /// <summary>What does not fit, such as AMOUNT_MISMATCH.</summary>
    public IReadOnlyList<string> Anomalies { get; init; } = [];
    /// <summary>Why it failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Without the token, which belongs in no log.</summary>
    public override string ToString() => $"{SpendRequestId} {Decision} {DecisionReason} ({State})";
}

/// <summary>
/// A payment as the agent made it: over which rail (stripe, evm, custom:…), under which id there, and what was really paid, in minor
/// units.
/// </summary>
public sealed record Payment(string RailId, string ProviderTransactionId, long ActualAmount, string ActualCurrency)
{
    /// <summary>Who was really paid, where that may differ.</summary>
    public string? ActualMerchant { get; init; }
}

/// <summary>The receipt of a spend, with what does not fit the authorization (AMOUNT_MISMATCH, LATE_RECEIPT…); none is good.</summary>
public sealed record SpendReceipt(string ReceiptId)
{
    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Anomalies { get; init; } = [];
}

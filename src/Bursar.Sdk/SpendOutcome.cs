namespace Bursar.Sdk;

/// <summary>What came of asking. One of the records below; a switch over them is the way to use it.</summary>
public abstract record SpendOutcome
{
    private protected SpendOutcome() { }
}

/// <summary>Pay now, exactly this.</summary>
public sealed record SpendAllowed(SpendRequest Request, string Sat) : SpendOutcome
{
    /// <summary>
    /// The same however often one authorization is paid. Give it to the provider as its idempotency key: when this process dies between
    /// paying and reporting, the next try pays the same payment.
    /// </summary>
    public string PaymentKey => Request.SpendRequestId;

    /// <summary>Without the token, which belongs in no log.</summary>
    public override string ToString() => $"{nameof(SpendAllowed)} {{ {Request} }}";
}

/// <summary>Do not pay. <see cref="Reason"/> names the rule, <see cref="Explain"/> what it saw and when it resets.</summary>
public record SpendDenied(SpendRequest Request) : SpendOutcome
{
    /// <summary>EXCEEDS_DAILY_LIMIT, BLOCKED_MERCHANT, REJECTED….</summary>
    public string Reason => Request.DecisionReason;

    /// <summary>The rules that were consulted.</summary>
    public Explanation? Explain => Request.Explain;
}

/// <summary>The agent, or every agent, is frozen: nothing is allowed until a member lifts it.</summary>
public sealed record AgentFrozen(SpendRequest Request) : SpendDenied(Request);

/// <summary>A person decides, or has not yet when the wait was over. Do not pay; ask again with the same idempotency key.</summary>
public sealed record ApprovalRequired(SpendRequest Request) : SpendOutcome
{
    /// <summary>What people see in their queue.</summary>
    public string ApprovalId => Request.ApprovalId!;
}

/// <summary>
/// Allowed, but not for the caller to pay now: Bursar pays it itself, it is under way, its time is over, or the agent was frozen since.
/// <c>Request.State</c> tells which.
/// </summary>
public sealed record NothingToPay(SpendRequest Request) : SpendOutcome;

/// <summary>Paid and reported.</summary>
public sealed record SpendPaid(SpendRequest Request, SpendReceipt Receipt) : SpendOutcome;

/// <summary>The workspace's plan allows no more decisions today; nobody decided anything.</summary>
public sealed record PlanLimitReached(string Detail, DateTimeOffset? ResetsAt) : SpendOutcome;

/// <summary>
/// The payment was made, and Bursar could not be told. Report it later with <see cref="Spends.SubmitReceipt"/>: what is paid and not
/// reported becomes an anomaly.
/// </summary>
public sealed class ReceiptNotSubmittedException : Exception
{
    internal ReceiptNotSubmittedException(SpendAllowed allowed, Payment payment, BursarException inner)
        : base($"{allowed.Request.SpendRequestId} was paid ({payment.ProviderTransactionId}) and not reported: {inner.Message}", inner) =>
        (Allowed, Payment) = (allowed, payment);

    /// <summary>What was allowed.</summary>
    public SpendAllowed Allowed { get; }

    /// <summary>What was paid.</summary>
    public Payment Payment { get; }
}

namespace Bursar.Sdk;

/// <summary>The states of a transfer. More may come: treat one that you do not know as not final.</summary>
public static class TransferState
{
    /// <summary>Waits for an approver.</summary>
    public const string PendingApproval = "pending_approval";
    /// <summary>May go, has not left.</summary>
    public const string Approved = "approved";
    /// <summary>With the bank.</summary>
    public const string Executing = "executing";
    /// <summary>The bank has not answered; it is asked again, never sent again.</summary>
    public const string Unknown = "unknown";
    /// <summary>Paid.</summary>
    public const string Succeeded = "succeeded";
    /// <summary>Provably not paid; amount and fee are free again.</summary>
    public const string Failed = "failed";
    /// <summary>Paid, and came back.</summary>
    public const string Reversed = "reversed";
    /// <summary>An approver said no.</summary>
    public const string Rejected = "rejected";
    /// <summary>Taken back before it left.</summary>
    public const string Cancelled = "cancelled";
    /// <summary>Nobody decided in time.</summary>
    public const string Expired = "expired";
}

/// <summary>
/// What is asked for. <paramref name="Amount"/> in whole rupiah, 10,000 to 10^15;
/// <paramref name="AccountNumber"/> as text, leading zeros count.
/// </summary>
public sealed record NewTransfer(long Amount, string BankCode, string AccountNumber)
{
    /// <summary>1 to 18 visible characters on the recipient's statement.</summary>
    public string? Remark { get; init; }
    /// <summary>Yours, 1 to 80 characters, unique for ever among the book's transfers.</summary>
    public string? Reference { get; init; }
    /// <summary>Up to 20 people who are told.</summary>
    public IReadOnlyList<string>? RecipientEmails { get; init; }
}

/// <summary>A money transfer. Amounts in minor units of <paramref name="Currency"/>; states in <see cref="TransferState"/>.</summary>
public sealed record Transfer(
    string Id, string State, long Amount, string Currency, long Fee, string BankCode, string DestinationType,
    string AccountNumber, string? RecipientName, string? Remark, string? Reference, string MakerName, string CreatedVia,
    DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt, string? FailureReason,
    string? ApprovalId);

/// <summary>What a list is narrowed to; members left alone narrow nothing.</summary>
public sealed record TransferFilter
{
    /// <summary>Transaction id, account number, amount, beneficiary name or remark.</summary>
    public string? Search { get; init; }
    /// <summary>Any of these states.</summary>
    public IReadOnlyList<string> State { get; init; } = [];
    /// <summary>Exactly this reference.</summary>
    public string? Reference { get; init; }
    /// <summary>Created at or after.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }
    /// <summary>Created before.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    internal Query Query => new Query().Add("search", Search).Add("state", State).Add("reference", Reference)
        .Add("createdFrom", CreatedFrom).Add("createdTo", CreatedTo).Add("limit", 200L);
}

/// <summary>/v1/transfers.</summary>
public sealed class Transfers
{
    private readonly Transport transport;
    internal Transfers(Transport transport) => this.transport = transport;

    /// <summary>Sends money, or asks for its approval where a rule says so.</summary>
    /// <param name="transfer">What is asked for.</param>
    /// <param name="idempotencyKey">Names this one effect; the same key and transfer give
    /// the same answer for 30 days. Made anew when absent.</param>
    /// <param name="ct">Stops waiting. What Bursar has taken goes on.</param>
    /// <exception cref="BursarException">policy_denied, insufficient_funds, reference_duplicate, validation_failed and others.</exception>
    public Task<Transfer> Create(NewTransfer transfer, string? idempotencyKey = null, CancellationToken ct = default) =>
        transport.Create<Transfer>("/v1/transfers", transfer, idempotencyKey, ct);

    /// <summary>One transfer as it is now.</summary>
    public Task<Transfer> Get(string id, CancellationToken ct = default) =>
        transport.Get<Transfer>($"/v1/transfers/{Uri.EscapeDataString(id)}", ct);

    /// <summary>Takes a transfer back before it leaves; state_conflict once it is with the bank.</summary>
    public Task<Transfer> Cancel(string id, CancellationToken ct = default) =>
        transport.Post<Transfer>($"/v1/transfers/{Uri.EscapeDataString(id)}/cancellation", null, ct);

    /// <summary>Every transfer that matches, newest first, read page by page.</summary>
    public IAsyncEnumerable<Transfer> All(TransferFilter? filter = null, CancellationToken ct = default) =>
        transport.All<Transfer>("/v1/transfers", (filter ?? new TransferFilter()).Query, ct);
}

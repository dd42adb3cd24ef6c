using Bursar.Core.Access;
using Bursar.Core.Policies;

namespace Bursar.Core.Rails;

public enum RailVerdict
{
    /// <summary>Taken; the outcome comes later, by query or callback.</summary>
    Accepted,
    Succeeded,
    /// <summary>Provably not paid.</summary>
    Refused,
    /// <summary>No answer, or none that can be read: asked again, never sent again.</summary>
    Unknown,
    /// <summary>Paid, and the money came back.</summary>
    Returned,
}

/// <summary>
/// A rail's answer. <see cref="Reason"/>: upper-case failure reason of the seed (INACTIVE_ACCOUNT…) when refused or returned.
/// <see cref="AskAgainAfter"/>: the rail wants a query at that distance even though it answered. <see cref="ProviderReference"/>: what the
/// other side calls the payment. <see cref="Question"/>: what the other side wants to know before it goes on with an accepted order.
/// </summary>
public sealed record RailAnswer(
    RailVerdict Verdict, string? Reason = null, string? RecipientName = null, TimeSpan? AskAgainAfter = null,
        string? ProviderReference = null)
{
    public string? Question { get; init; }
}

/// <summary>
/// One payout as a rail sees it. <see cref="Reference"/> is the rail's idempotency key: the same for every try and query.
/// </summary>
public sealed record PayoutOrder(
    BookKey Book, string Reference, long Amount, string Currency, string BankCode, string AccountNumber, string? Remark,
    DateTimeOffset CreatedAt)
{
    public DisbursementKind Kind { get; init; } = DisbursementKind.MoneyTransfer;
    /// <summary>bank, va or e_wallet.</summary>
    public string? DestinationType { get; init; }
    /// <summary>Whose account it is, as far as the bank has said.</summary>
    public string? RecipientName { get; init; }
    /// <summary>What its kind knows besides, as JSON; null where the members above are all.</summary>
    public string? Detail { get; init; }
    /// <summary>What the operator set the rail up with; empty for a rail that comes with the program.</summary>
    public RailSettings RailSettings { get; init; } = RailSettings.None;
}

/// <summary>A rail that pays out. Called outside any transaction; bounded by the caller's token; an exception counts as Unknown.</summary>
public interface IPayoutRail
{
    /// <summary>How long a rail is waited for that says nothing else.</summary>
    static readonly TimeSpan UsualAnswerMax = TimeSpan.FromSeconds(15);

    /// <summary>One word of lower-case letters: the rails that an operator sets up with it are called <c>word-label</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it can be asked what became of an order. Of one that cannot, the outcome comes by itself: a person or a statement tells.
    /// </summary>
    bool CanBeAsked => true;

    /// <summary>Whether it carries this currency to this kind of destination (bank, va, e_wallet).</summary>
    bool Reaches(string currency, string? destinationType) => true;

    /// <summary>
    /// How long its answer is waited for, to a submission or a query; then the outcome is unknown. Of those that come with the program,
    /// one that may take longer than is usual is called beside the others, a few at a time for each handle.
    /// </summary>
    TimeSpan AnswerMax => UsualAnswerMax;

    Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct);

    /// <summary>What became of the order? <paramref name="number"/> counts queries of this order from 1.</summary>
    Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct);
}

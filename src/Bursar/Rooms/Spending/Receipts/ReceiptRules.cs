using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>What a receipt means for its spend: what differs, what counts as used, and that the money has left (PRODUCT S6).</summary>
public static class ReceiptRules
{
    /// <summary>How long after the last token's end a receipt is missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    /// <summary>Every difference between the authorization and the receipt, each an anomaly.</summary>
    public static void Compare(this OpenBook book, Disbursement d, Receipt r)
    {
        if (!IsAuthorized(d))
            book.Flag(d, AnomalyKinds.NotAuthorized, $"It was paid although the request was {Platform.Data.Json.Name(d.State)}.");
        else if (d.AuthorizedUntil < book.At)
            book.Flag(d, AnomalyKinds.LateReceipt, $"The authorization ended at {d.AuthorizedUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        if (r.Currency != d.Currency)
            book.Flag(d, AnomalyKinds.CurrencyMismatch, $"Authorized was {d.Currency}, paid was {r.Currency}.");
        else if (r.Amount > d.Amount)
            book.Flag(d, AnomalyKinds.AmountMismatch, $"Authorized was {Full(d, d.Amount)}, paid was {Full(d, r.Amount)}.");
        if (r.Merchant is { } merchant && !IsSame(merchant, d.Merchant!))
            book.Flag(d, AnomalyKinds.MerchantMismatch, $"Authorized was {d.Merchant}, paid was {merchant}.");
        book.OnePayment(d, r);
    }

    private static string Full(Disbursement d, long amount) => MoneyText.Full(new Money(amount, Currency.Get(d.Currency)));

    /// <summary>One payment pays for one authorization.</summary>
    private static void OnePayment(this OpenBook book, Disbursement d, Receipt r)
    {
        var payment = (r.RailId, r.ProviderTransactionId);
        if (book.Find(ProviderUseTable.Instance, payment) is { } use)
            book.Flag(d, AnomalyKinds.DuplicateProviderTx, $"{new SpendRequestId(use.Disbursement)} reported the same payment.");
        else book.Insert(ProviderUseTable.Instance, payment, new ProviderUse(d.Id));
    }

    /// <summary>
    /// Budget counts what was paid, in another currency what was authorized. A spend that the agent pays by its own means is done with;
    /// what an executor or a rail pays has an outcome of its own, and a receipt does not make it.
    /// </summary>
    public static Disbursement Paid(this OpenBook book, Disbursement d, Receipt r, DisbursementShapes shapes)
    {
        if (d.Rail == SpendDetail.AgentPays && d.State == DisbursementState.Approved)
            d = book.Become(d, DisbursementState.Executing, shapes);
        if (d.Rail == SpendDetail.AgentPays && d.State == DisbursementState.Executing)
            d = book.Become(d, DisbursementState.Succeeded, shapes);
        book.SettleBudget(d.Id, r.Currency == d.Currency ? r.Amount : d.Amount);
        book.Update(DisbursementTable.Instance, d.Id, d = d with { ReceiptDue = null });
        return d;
    }

    public static void AnswerReads(Reads reads, RecordAnswer command)
    {
        reads.Of(ReceiptTable.Instance).Want(command.Book, command.Id);
        reads.WantAnomalies(command, command.Id);
        if (command.Answer.ProviderReference is { } payment)
            reads.Of(ProviderUseTable.Instance).Want(command.Book, (SpendDetail.Executor, payment));
    }

    /// <summary>What an executor or a rail paid has its receipt by that, unless the agent was faster.</summary>
    public static Disbursement Executed(OpenBook book, Disbursement d, string? payment)
    {
        if (book.Find(ReceiptTable.Instance, d.Id) is not null) return d;
        var receipt = new Receipt(ReceiptId.New(book.At), d.Rail, payment ?? d.Id.ToString("N"), d.Amount, d.Currency, null, true, book.At);
        book.Insert(ReceiptTable.Instance, d.Id, receipt);
        book.OnePayment(d, receipt);
        book.Recorded(d, receipt);
        return d;
    }

    /// <summary>Tells the world of a receipt that was just made.</summary>
    public static IReadOnlyList<string> Recorded(this OpenBook book, Disbursement d, Receipt r)
    {
        var anomalies = book.AnomaliesOf(d.Id);
        book.Publish("spend.receipt_recorded", d.Id, d.Version,
            SpendRequest.Of(d) with { Receipt = ReceiptResource.Of(r), Anomalies = anomalies });
        return anomalies;
    }

    /// <summary>When the receipt of a spend whose token was just issued or used is missed; none is awaited where a rail answers.</summary>
    public static Disbursement AwaitReceipt(Disbursement d, DateTimeOffset at)
    {
        if (d.Rail != SpendDetail.AgentPays) return d;
        var ends = at.AddSeconds(SpendDetail.Of(d).SatSeconds);
        return d with { ReceiptDue = (d.AuthorizedUntil < ends ? d.AuthorizedUntil.Value : ends) + Grace };
    }

    /// <summary>Somebody let it go: the policies or people said yes, and nobody took it back.</summary>
    private static bool IsAuthorized(Disbursement d) => d.AuthorizedUntil is not null
        && d.State is not (DisbursementState.Cancelled or DisbursementState.Failed);

    private static bool IsSame(string paid, string asked) => MerchantKey.TryOf(paid, out var key) && key == MerchantKey.Of(asked);
}

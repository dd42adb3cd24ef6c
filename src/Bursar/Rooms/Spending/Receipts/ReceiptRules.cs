using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.MoneyOut;
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
            book.Flag(d, AnomalyKinds.AmountMismatch, $"Authorized were {d.Currency} {d.Amount}, paid were {r.Amount}.");
        if (r.Merchant is { } merchant && !IsSame(merchant, d.Merchant!))
            book.Flag(d, AnomalyKinds.MerchantMismatch, $"Authorized was {d.Merchant}, paid was {merchant}.");
        book.NoteUse(d, r);
    }

    /// <summary>One payment pays for one authorization.</summary>
    public static void NoteUse(this OpenBook book, Disbursement d, Receipt r)
    {
        if (book.Find(ProviderUseTable.Instance, (r.RailId, r.ProviderTransactionId)) is { } use && use.Disbursement != d.Id)
            book.Flag(d, AnomalyKinds.DuplicateProviderTx, $"{new SpendRequestId(use.Disbursement)} reported the same payment.");
        else book.Insert(ProviderUseTable.Instance, (r.RailId, r.ProviderTransactionId), new ProviderUse(d.Id));
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

using Bursar.Core.Currencies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Spending.Receipts;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>How spend requests read on a page and in a report.</summary>
public static class SpendWords
{
    public static Money Amount(SpendRequest s) => new(s.Amount, Currency.Get(s.Currency));

    public static string Decision(SpendRequest s) => T(StateWord.Of(Thing.Decision, s.Decision).Word);

    public static string Status(SpendRequest s) => T(StateWord.Of(Thing.Disbursement, Json.Name(s.State)).Word);

    public static string Anomaly(string kind) => T(kind switch
    {
        AnomalyKinds.AmountMismatch => "More was paid",
        AnomalyKinds.CurrencyMismatch => "Another currency was paid",
        AnomalyKinds.MerchantMismatch => "Another merchant was paid",
        AnomalyKinds.LateReceipt => "Late receipt",
        AnomalyKinds.MissingReceipt => "Missing receipt",
        AnomalyKinds.DuplicateProviderTx => "One payment for two requests",
        AnomalyKinds.NotAuthorized => "Paid without authorization",
        AnomalyKinds.ReceiptWithoutSat => "Receipt without its token",
        AnomalyKinds.SecondReceipt => "Second receipt",
        _ => kind,
    });
}

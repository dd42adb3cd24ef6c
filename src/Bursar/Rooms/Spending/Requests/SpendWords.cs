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

    /// <summary>What decided, in words; a code that has none yet is shown as it is.</summary>
    public static string Reason(string code) => T(code switch
    {
        "OK" => "Within every policy",
        "APPROVED" => "Approved by people",
        "NO_ACTIVE_POLICY" => "No active policy",
        "BLOCKED_MERCHANT" => "Blocked merchant",
        "BLOCKED_CATEGORY" => "Blocked category",
        "MERCHANT_NOT_ALLOWED" => "Merchant not on the allow list",
        "CATEGORY_NOT_ALLOWED" => "Category not on the allow list",
        "EXCEEDS_SINGLE_LIMIT" => "Above the limit of one transaction",
        "EXCEEDS_DAILY_LIMIT" => "Above the daily cap",
        "EXCEEDS_MONTHLY_LIMIT" => "Above the monthly cap",
        "VELOCITY_LIMIT_MINUTE" => "Too many in a minute",
        "VELOCITY_LIMIT_HOUR" => "Too many in an hour",
        "REQUIRES_APPROVAL" => "Above a policy's approval threshold",
        "AGENT_FROZEN" => "The agent is frozen",
        "INSUFFICIENT_FUNDS" => "The deposit does not cover it",
        "REJECTED" => "Rejected by people",
        "APPROVAL_EXPIRED" => "Nobody decided in time",
        "CANCELLED" => "Taken back",
        "EVALUATION_ERROR" => "It could not be evaluated",
        _ => code,
    });

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

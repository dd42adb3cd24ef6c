using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International;

/// <summary>How transfers abroad read on a page and in a report.</summary>
public static class InternationalWords
{
    /// <summary>The seventeen reasons for which a transfer abroad ends unpaid.</summary>
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["DECLINED"] = "The bank abroad declined it",
        ["CANCELLED"] = "It was cancelled on the way",
        ["REFUSED"] = "The beneficiary or their bank refused it",
        ["INVALID_BENEFICIARY"] = "The beneficiary's account is not valid",
        ["INVALID_BENEFICIARY_DETAILS"] = "The beneficiary's details do not match the account",
        ["LIMITATIONS_ON_TRANSACTION_VALUE"] = "The amount is above what one transfer may have",
        ["SLS_SENDER"] = "The sender is on a sanctions list",
        ["SLS_BENEFICIARY"] = "The beneficiary is on a sanctions list",
        ["BARRED_BENEFICIARY"] = "The beneficiary may not receive transfers",
        ["BARRED_SENDER"] = "The sender may not send transfers",
        ["COMPLIANCE_REASON"] = "Compliance checks stopped it",
        ["UNSUPPORTED_BENEFICIARY"] = "The beneficiary's bank cannot be reached",
        ["DUPLICATED_TRANSACTION"] = "The same transfer was made already",
        ["LIMITATIONS_ON_SENDER_QUANTITY"] = "The sender has sent as often as is allowed",
        ["LIMITATIONS_ON_BENEFICIARY_QUANTITY"] = "The beneficiary has received as often as is allowed",
        ["LIMITATIONS_ON_ACCOUNT_QUANTITY"] = "The account has received as often as is allowed",
        ["LIMITATIONS_ON_ACCOUNT_VALUE"] = "The account has received as much as is allowed",
    };

    public static string Failure(string? reason) => Language.T(Reasons.GetValueOrDefault(reason ?? "", "The bank abroad declined it"));

    public static string Status(InternationalTransfer t) => StateWord.Of(Thing.Disbursement, Json.Name(t.State)).Word;

    public static string Country(string code) => Core.Corridors.Country.Find(code)?.NameIn(Language.Current.Code) ?? code;

    /// <summary>A kept value of a field, as people read it.</summary>
    public static string Shown(CorridorField field, string value) => field.Kind switch
    {
        FieldKind.Country => Country(value),
        FieldKind.Choice => Language.T(field.Options.First(o => o.Value == value).Label),
        _ => value,
    };

    public static Money Received(InternationalTransfer t) => new(t.AmountReceived, Currency.Get(t.CurrencyReceived));

    public static bool MayBeCancelled(InternationalTransfer t) =>
        t.State is DisbursementState.PendingApproval or DisbursementState.Approved;

    public static string Speed(CorridorSpeed speed) => speed switch
    {
        CorridorSpeed.RealTime => "Within minutes on working days",
        CorridorSpeed.SameDay => "On the same working day",
        CorridorSpeed.NextDay => "On the next working day",
        _ => "Within two working days",
    };

    public static string Type(CorridorType type) => type switch
    {
        CorridorType.C2c => "Person to person",
        CorridorType.C2b => "Person to company",
        CorridorType.B2c => "Company to person",
        _ => "Company to company",
    };
}

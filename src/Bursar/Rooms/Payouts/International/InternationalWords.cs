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
    public static string Failure(string? reason) => Language.T(FailureWords.Abroad(reason));

    public static string Status(InternationalTransfer t) => StateWord.Of(Thing.Disbursement, Json.Name(t.State)).Word;

    public static string Country(string code) => Core.Corridors.Country.Find(code)?.NameIn(Language.Current.Code) ?? code;

    /// <summary>A kept value of a field, as people read it.</summary>
    public static string Shown(CorridorField field, string value) => field.Kind switch
    {
        FieldKind.Country => Country(value),
        FieldKind.Choice => Language.T(field.Options.First(o => o.Value == value).Label),
        _ => value,
    };

    /// <summary>What a form asked about somebody, label by label.</summary>
    public static IEnumerable<(string Label, string Value)> Party(
        IReadOnlyList<CorridorField> fields, IReadOnlyDictionary<string, string> values) =>
        fields.Where(f => values.ContainsKey(f.Name)).Select(f => (f.Label, Shown(f, values[f.Name])));

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

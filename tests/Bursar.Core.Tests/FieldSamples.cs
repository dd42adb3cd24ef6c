using Bursar.Core.Corridors;

namespace Bursar.Core.Tests;

/// <summary>A value that each field of a corridor accepts.</summary>
internal static class FieldSamples
{
    private static readonly Dictionary<string, string> Codes = new()
    {
        ["sortCode"] = "401122", ["bsbNumber"] = "062-000", ["ifsCode"] = "HDFC0001234", ["achCode"] = "021000021", ["branchNumber"] = "101",
        ["registrationNumber"] = "1234567890", ["idNumber"] = "11010519491231002X",
    };

    public static Dictionary<string, string?> Of(Corridor corridor, IEnumerable<CorridorField> fields) =>
        fields.ToDictionary(f => f.Name, f => (string?)Of(corridor, f));

    private static string Of(Corridor corridor, CorridorField field) => field.Kind switch
    {
        FieldKind.Iban => Iban(corridor.Country.Alpha2),
        FieldKind.Country => corridor.Country.Code,
        FieldKind.Choice => field.Options[0].Value,
        FieldKind.Email => "someone@example.test",
        FieldKind.Phone => "+62 812 3456 7890",
        FieldKind.PastDate => "1990-12-31",
        FieldKind.FutureDate => "2040-12-31",
        _ when field.Name == "swiftBic" => $"TEST{corridor.Country.Alpha2}22",
        _ when field.Name == "accountNumber" => "52709974815270997481"[..field.MinLength],
        _ => Codes.GetValueOrDefault(field.Name, "Some Text 12"),
    };

    /// <summary>Any number of the country with check digits that prove it (ISO 7064).</summary>
    private static string Iban(string country)
    {
        const string number = "5270997481527099";
        var digits = string.Concat((number + country + "00").Select(c => char.IsAsciiDigit(c) ? $"{c}" : $"{c - 'A' + 10}"));
        var rest = digits.Aggregate(0, (r, c) => (r * 10 + (c - '0')) % 97);
        return $"{country}{98 - rest:D2}{number}";
    }
}

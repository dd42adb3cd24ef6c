using System.Globalization;
using System.Text.RegularExpressions;
using Bursar.Core.Payments;
using Bursar.Core.Text;

namespace Bursar.Core.Corridors;

/// <summary>What a field of an international transfer holds, which decides how it is checked, shown and typed.</summary>
public enum FieldKind { Text, Code, Iban, RoutingNumber, Country, Choice, Email, Phone, PastDate, FutureDate }

/// <summary>One choice of a field; <paramref name="Value"/> on the wire, <paramref name="Label"/> on screen.</summary>
public sealed record FieldOption(string Value, string Label);

/// <summary>
/// A field of a corridor's form: the API, the page and GET /v1/corridors all have it from here. Lengths in characters;
/// <see cref="Pattern"/> is a whole-value regular expression over the value in upper case without blanks.
/// </summary>
public sealed record CorridorField(string Name, string Label, FieldKind Kind)
{
    public bool Required { get; init; } = true;
    public int MinLength { get; init; } = 1;
    public int MaxLength { get; init; } = 70;
    public string? Pattern { get; init; }
    public string? Hint { get; init; }
    public IReadOnlyList<FieldOption> Options { get; init; } = [];

    /// <summary>The value as it is kept: trimmed, codes in upper case without blanks.</summary>
    public string Kept(string value) => Kind switch
    {
        FieldKind.Code or FieldKind.Iban or FieldKind.RoutingNumber =>
            string.Concat(value.Where(c => c is not (' ' or '-'))).ToUpperInvariant(),
        FieldKind.Phone => PlainText.Phone(value) ?? value.Trim(),
        _ => value.Trim(),
    };

    /// <summary>Why the kept value does not go, or null.</summary>
    public Phrase? Problem(string value, Country destination, DateOnly today) => Kind switch
    {
        FieldKind.Iban when !Iban.IsValid(value) => "This IBAN is not valid. Check each character.",
        FieldKind.Iban => Unless(value.StartsWith(destination.Alpha2, StringComparison.Ordinal),
            $"An account in this country begins with {destination.Alpha2}."),
        FieldKind.RoutingNumber => Unless(IsRoutingNumber(value), "9 digits, of which the last proves the others."),
        FieldKind.Code => Unless(Regex.IsMatch(value, $@"\A(?:{Pattern})\z", RegexOptions.NonBacktracking), Hint),
        FieldKind.Country => Unless(Country.Find(value) is not null, "Three letters of ISO 3166, such as IDN."),
        FieldKind.Choice => Unless(Options.Any(o => o.Value == value), "Choose one of the list."),
        FieldKind.Email => Unless(PlainText.Email(value) is not null, "This is no e-mail address."),
        FieldKind.Phone => Unless(PlainText.Phone(value) is not null, "With the country code: +62 812 3456 7890."),
        FieldKind.PastDate => Unless(Day(value) is { Year: >= 1900 } past && past < today, "A day in the past, as 1990-12-31."),
        FieldKind.FutureDate => Unless(Day(value) is { Year: < 2200 } future && future > today, "A day to come, as 2030-12-31."),
        _ => PlainText.Problem(value, MinLength, MaxLength) is { } problem ? (Phrase)problem : null,
    };

    private static Phrase? Unless(bool goes, Phrase words) => goes ? null : words;

    private static DateOnly? Day(string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Nine digits whose sum weighted 3, 7, 1 ends in 0 (ABA).</summary>
    private static bool IsRoutingNumber(string value) =>
        value.Length == 9 && value.All(char.IsAsciiDigit) && value.Any(c => c != '0')
        && value.Select((c, i) => (c - '0') * (i % 3) switch { 0 => 3, 1 => 7, _ => 1 }).Sum() % 10 == 0;
}

using System.Buffers;
using Bursar.Core.Currencies;

namespace Bursar.Core.Statements;

/// <summary>
/// How a format writes amounts: the character before the fraction, and whether thousands are grouped (by the other of comma and
/// point, a blank or an apostrophe, in threes throughout).
/// </summary>
internal readonly record struct AmountStyle(char Mark, bool Grouped)
{
    /// <summary>SWIFT: always a comma, no groups, and the fraction may be empty ("1000,").</summary>
    public static readonly AmountStyle Mt940 = new(',', false);

    /// <summary>xs:decimal.</summary>
    public static readonly AmountStyle Xml = new('.', false);
}

/// <summary>Amounts without their sign, read digit by digit into minor units: never through a binary fraction, never by guessing.</summary>
internal static class AmountText
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(".,' \u00A0\u202F\u2019");

    /// <summary>Null and the amount, or the code of what is wrong with it.</summary>
    public static string? Parse(ReadOnlySpan<char> text, Currency currency, AmountStyle style, out long minor)
    {
        minor = 0;
        var mark = text.IndexOf(style.Mark);
        var whole = mark < 0 ? text : text[..mark];
        var fraction = mark < 0 ? [] : text[(mark + 1)..];
        if (Groups(whole, style) is { } wrong) return wrong;
        if (Fraction(fraction, mark >= 0, currency, style) is { } odd) return odd;

        foreach (var digit in whole)
            if (char.IsAsciiDigit(digit) && !Append(ref minor, digit)) return FaultCodes.AmountOutOfRange;
        for (var i = 0; i < currency.Exponent; i++)
            if (!Append(ref minor, i < fraction.Length ? fraction[i] : '0')) return FaultCodes.AmountOutOfRange;
        return null;
    }

    private static bool Append(ref long minor, char digit) => (minor = minor * 10 + (digit - '0')) <= Money.Max;

    private static string? Groups(ReadOnlySpan<char> whole, AmountStyle style)
    {
        if (whole.IsEmpty) return FaultCodes.BadAmount;
        var first = whole.IndexOfAny(Separators);
        if (first < 0) return AllDigits(whole) ? null : FaultCodes.BadAmount;
        var separator = whole[first];
        if (!style.Grouped || separator == style.Mark || first is 0 or > 3 || !AllDigits(whole[..first])) return FaultCodes.BadAmount;
        for (var rest = whole[first..]; !rest.IsEmpty; rest = rest[4..])
            // "1.00" where points group: written the other way round, or broken. Either way not ours to decide.
            if (rest.Length < 4 || rest[0] != separator || !AllDigits(rest[1..4])) return FaultCodes.AmountAmbiguous;
        return null;
    }

    private static string? Fraction(ReadOnlySpan<char> fraction, bool marked, Currency currency, AmountStyle style)
    {
        if (!AllDigits(fraction))
            return fraction.IndexOfAny(Separators) >= 0 && style.Grouped ? FaultCodes.AmountAmbiguous : FaultCodes.BadAmount;
        if (marked && fraction.IsEmpty && style != AmountStyle.Mt940) return FaultCodes.BadAmount;
        // "1,000" where the comma is the mark is most likely a thousand, not one.
        if (style.Grouped && fraction.Length > Math.Max(2, currency.Exponent)) return FaultCodes.AmountAmbiguous;
        if (fraction.Length <= currency.Exponent) return null;
        return fraction[currency.Exponent..].ContainsAnyExcept('0') ? FaultCodes.BadAmount : null;
    }

    private static bool AllDigits(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
            if (!char.IsAsciiDigit(character)) return false;
        return true;
    }
}

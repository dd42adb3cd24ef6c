using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Bursar.Core.Payments;

/// <summary>
/// The letters every bank of the ISO 20022 payment world takes (EPC217-08): a–z, A–Z, 0–9, blank and / - ? : ( ) . , ' +. Latin
/// letters with marks lose them; of scripts that have no such letters nothing is made up: the text is refused.
/// </summary>
public static class PaymentText
{
    private const string Signs = " /-?:().,'+";

    // Letter by letter, for with invariant globalization the framework decomposes none.
    private static readonly Dictionary<char, string> Plain = Table(
        ("ÀÁÂÃÅĀĂĄ", "A"), ("àáâãåāăą", "a"), ("ÇĆĈĊČ", "C"), ("çćĉċč", "c"), ("ĎĐÐ", "D"), ("ďđð", "d"), ("ÈÉÊËĒĔĖĘĚ", "E"),
        ("èéêëēĕėęě", "e"), ("ĜĞĠĢ", "G"), ("ĝğġģ", "g"), ("ĤĦ", "H"), ("ĥħ", "h"), ("ÌÍÎÏĨĪĬĮİ", "I"), ("ìíîïĩīĭįı", "i"),
        ("Ĵ", "J"), ("ĵ", "j"), ("Ķ", "K"), ("ķ", "k"), ("ĹĻĽĿŁ", "L"), ("ĺļľŀł", "l"), ("ÑŃŅŇ", "N"), ("ñńņň", "n"),
        ("ÒÓÔÕØŌŎŐ", "O"), ("òóôõøōŏő", "o"), ("ŔŖŘ", "R"), ("ŕŗř", "r"), ("ŚŜŞŠȘ", "S"), ("śŝşšș", "s"), ("ŢŤŦȚ", "T"),
        ("ţťŧț", "t"), ("ÙÚÛŨŪŬŮŰŲ", "U"), ("ùúûũūŭůűų", "u"), ("Ŵ", "W"), ("ŵ", "w"), ("ÝŶŸ", "Y"), ("ýÿŷ", "y"), ("ŹŻŽ", "Z"),
        ("źżž", "z"), ("Ä", "Ae"), ("ä", "ae"), ("Ö", "Oe"), ("ö", "oe"), ("Ü", "Ue"), ("ü", "ue"), ("ß", "ss"), ("Æ", "AE"),
        ("æ", "ae"), ("Œ", "OE"), ("œ", "oe"), ("Þ", "Th"), ("þ", "th"), ("&", "+"), ("_–—‐‑−", "-"), ("‘’ʼ`´\"“”„", "'"),
        ("\u00A0\u202F\t", " "), ("@", "(at)"), ("[{<", "("), ("]}>", ")"), (";", ","), ("!", "."), ("…", "..."));

    /// <summary>The text in those letters, its blanks single; false if a character has none of them to stand for it.</summary>
    public static bool TryRestrict(string text, [NotNullWhen(true)] out string? restricted)
    {
        var letters = new StringBuilder();
        restricted = null;
        foreach (var character in text)
            // A combining mark goes as the mark of a composed letter does.
            if (character is >= '\u0300' and <= '\u036F') continue;
            else if (IsAllowed(character)) letters.Append(character);
            else if (Plain.TryGetValue(character, out var plain)) letters.Append(plain);
            else return false;
        restricted = string.Join(' ', letters.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return true;
    }

    /// <summary>
    /// May this name a payment towards banks? Those letters without a blank, up to 35, no slash at an end and no two in a row.
    /// </summary>
    public static bool IsReference(string text) =>
        text.Length is >= 1 and <= 35 && text.All(IsAllowed) && !text.Contains(' ', StringComparison.Ordinal)
        && text[0] != '/' && text[^1] != '/' && !text.Contains("//", StringComparison.Ordinal);

    private static bool IsAllowed(char character) =>
        char.IsAsciiLetterOrDigit(character) || Signs.Contains(character, StringComparison.Ordinal);

    private static Dictionary<char, string> Table(params ReadOnlySpan<(string From, string To)> rows)
    {
        var table = new Dictionary<char, string>();
        foreach (var (from, to) in rows)
            foreach (var character in from)
                table.Add(character, to);
        return table;
    }
}

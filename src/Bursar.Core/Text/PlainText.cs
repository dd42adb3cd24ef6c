using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bursar.Core.Text;

/// <summary>
/// Text that people type and other people read: nothing invisible, nothing that changes direction. Stored as typed: with invariant
/// globalization .NET 10 composes no non-ASCII text (Normalize returns it unchanged), so two spellings of <c>é</c> stay two texts.
/// </summary>
public static class PlainText
{
    // Letters and symbols by category, yet blank on every screen: joiner, Hangul fillers, Khmer vowels, Mongolian selectors, blank Braille.
    private static readonly SearchValues<char> Blank = SearchValues.Create(
        "\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u2800\u3164\uFFA0");

    // RFC 5322 atext: what an unquoted local part may hold beside dots. No quotes, no brackets: nothing a mail header could trip over.
    private static readonly SearchValues<char> LocalPart = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");
    private static readonly SearchValues<char> DomainLabel = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>
    /// Why the text is refused, or null: length in characters (runes), blank, control, format and unpaired surrogate characters.
    /// </summary>
    public static string? Problem(string? text, int min, int max)
    {
        text ??= "";
        if (text.AsSpan().ContainsAny(Blank)) return "It holds characters that cannot be seen.";
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (rune == Rune.ReplacementChar) return "It holds a character that is not valid.";
            // Format covers zero-width characters, joiners, bidi overrides and isolates.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned)
                return "It holds characters that cannot be seen.";
        }
        if (min > 0 && string.IsNullOrWhiteSpace(text)) return "This is required.";
        if (length < min) return min == 1 ? "This is required." : $"At least {min} characters.";
        return length > max ? $"Up to {max} characters." : null;
    }

    /// <summary>
    /// A sane address, trimmed and in lower case, or null: ASCII, local part up to 64 characters, a domain with a dot, 254 in all.
    /// An internationalised domain is given in its ASCII form.
    /// </summary>
    public static string? Email(string? text)
    {
        var email = text?.Trim().ToLowerInvariant() ?? "";
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (email.Length > 254 || at is < 1 or > 64) return null;
        var (local, domain) = (email[..at], email[(at + 1)..]);
        if (local.AsSpan().ContainsAnyExcept(LocalPart) || local[0] == '.' || local[^1] == '.'
            || local.Contains("..", StringComparison.Ordinal)) return null;
        var labels = domain.Split('.');
        return labels.Length >= 2 && Array.TrueForAll(labels, IsLabel) ? email : null;
    }

    /// <summary>
    /// A telephone number as E.164 writes it (+ and 8 to 15 digits, country code first), or null. Blanks,
    /// hyphens, dots and brackets between the digits are left out; a number without its country code is none.
    /// </summary>
    public static string? Phone(string? text)
    {
        var number = string.Concat((text ?? "").Split([' ', '-', '.', '(', ')'], StringSplitOptions.RemoveEmptyEntries));
        return number is ['+', >= '1' and <= '9', .. var rest] && rest.Length is >= 7 and <= 14 && rest.All(char.IsAsciiDigit)
            ? number
            : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label[0] != '-' && label[^1] != '-' && !label.AsSpan().ContainsAnyExcept(DomainLabel);
}

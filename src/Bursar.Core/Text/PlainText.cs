using System.Globalization;
using System.Text;

namespace Bursar.Core.Text;

/// <summary>Text that people type and other people read: nothing invisible, nothing that changes direction.</summary>
public static class PlainText
{
    /// <summary>Why the text is refused, or null: length in characters (runes), control, format and unpaired surrogate characters.</summary>
    public static string? Problem(string? text, int min, int max)
    {
        var length = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            length++;
            if (rune == Rune.ReplacementChar) return "It holds a character that is not valid.";
            // Format covers zero-width characters, joiners, bidi overrides and isolates.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                return "It holds characters that cannot be seen.";
        }
        if (length < min) return min == 1 ? "This is required." : $"At least {min} characters.";
        return length > max ? $"Up to {max} characters." : null;
    }

    /// <summary>A sane address: one @, a dot behind it, no spaces, up to 254 characters. Lower case, or null.</summary>
    public static string? Email(string? text)
    {
        var email = text?.Trim().ToLowerInvariant() ?? "";
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (Problem(email, 3, 254) is not null || at < 1 || at != email.LastIndexOf('@') || email.Contains(' ', StringComparison.Ordinal)) return null;
        var domain = email[(at + 1)..];
        return domain.Contains('.', StringComparison.Ordinal) && domain[0] != '.' && domain[^1] != '.' ? email : null;
    }
}

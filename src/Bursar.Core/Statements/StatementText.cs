using System.Globalization;
using System.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// Text that strangers put into a statement. Unlike what our own people type it is not refused, or one payer's remark would stop
/// the day's import: what cannot be seen is left out, runs of blanks become one, and the rest is cut at a bound.
/// </summary>
internal static class StatementText
{
    public static string? CleanOrNull(string? text) => Clean(text) is { Length: > 0 } clean ? clean : null;

    public static string Clean(string? text)
    {
        if (text is null || IsClean(text)) return text ?? "";
        var clean = new StringBuilder();
        var (length, blank) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune)) blank = true;
            else if (!Hidden(rune))
            {
                var fill = blank && clean.Length > 0;
                if ((length += fill ? 2 : 1) > StatementLimits.TextLength) break;
                if (fill) clean.Append(' ');
                clean.Append(rune.ToString());
                blank = false;
            }
        }
        return clean.ToString();
    }

    /// <summary>Nearly every text: plain ASCII that needs nothing done.</summary>
    private static bool IsClean(string text) =>
        text.Length <= StatementLimits.TextLength && text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
        && !text.Contains("  ", StringComparison.Ordinal) && text is not ([' ', ..] or [.., ' ']);

    /// <summary>The same characters that Core/Text/PlainText refuses by category: bidi overrides, zero widths, private use.</summary>
    private static bool Hidden(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;
}

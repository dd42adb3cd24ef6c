using System.Globalization;

namespace Bursar.Core.Policies;

/// <summary>
/// The one spelling under which merchants are compared: trimmed, lower case, without trailing dots, internationalised domain names in
/// their ASCII form, Latin look-alikes of Cyrillic and Greek letters folded, so that no disguise passes a list.
/// </summary>
public static class MerchantKey
{
    private const string LookAlikes = "аеорсухіјѕԁһӏмтвкнοαρνικτυχ";
    private const string Latin = "aeopcyxijsdhlmtbkhoapviktux";
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    public static string Of(string merchant)
    {
        var text = merchant.Trim().TrimEnd('.').ToLowerInvariant();
        foreach (var c in text)
            if (c > 127) return Folded(text);
        return text;
    }

    /// <summary>An entry matches exactly; for a destination <c>bank:account</c>, <c>bank</c> and <c>bank:*</c> match every account of the bank.</summary>
    public static bool Matches(string entry, string merchant)
    {
        if (entry == merchant) return true;
        var colon = merchant.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return false;
        var bank = entry.EndsWith(":*", StringComparison.Ordinal) ? entry.AsSpan(0, entry.Length - 2) : entry;
        return bank.SequenceEqual(merchant.AsSpan(0, colon));
    }

    private static string Folded(string text)
    {
        var folded = string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var at = LookAlikes.IndexOf(source[i]);
                span[i] = at < 0 ? source[i] : Latin[at];
            }
        });
        try { return Idn.GetAscii(folded); }
        catch (ArgumentException) { return folded; }
    }
}

using System.Globalization;
using System.Text;
using Bursar.Core.Text;

namespace Bursar.Core.Policies;

/// <summary>
/// The spellings under which merchants and categories are compared (docs/decisions/0010). The key is exact: trimmed, lower case,
/// full-width letters made plain, no trailing dots, punycode labels decoded (IDNA). The skeleton folds look-alike letters on top:
/// block lists compare skeletons, so that a disguise stays blocked; allow lists compare keys, so that a disguise is never let in.
/// </summary>
public static class MerchantKey
{
    public const int LengthMax = 200;

    // Position by position: Cyrillic, then Greek, then Latin variants, each above the plain letter it can be taken for.
    private const string LookAlikes = "аеорсухіјѕԁһӏмтвкнгԛԝѵ" + "οαρνικτυχβγεηω" + "ıɑɡ";
    private const string Plain = "aeopcyxijsdhlmtbkhrqwv" + "oapviktuxbyenw" + "iag";

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>
    /// The exact key. Idempotent. Throws ArgumentException for text that is empty, too long or holds characters that cannot be seen.
    /// </summary>
    public static string Of(string text)
    {
        var key = IsPlain(text) ? text : Readable(text);
        key = key.ToLowerInvariant().Trim().TrimEnd('.', ' ');
        if (key.Contains("xn--", StringComparison.Ordinal)) key = Decoded(key);
        if (PlainText.Problem(key, 1, LengthMax) is { } problem) throw new ArgumentException(problem, nameof(text));
        return key;
    }

    /// <summary>Whether <see cref="Of"/> would give a key.</summary>
    public static bool TryOf(string? text, out string key)
    {
        key = "";
        if (text is null || text.Length > 4 * LengthMax) return false;
        try { key = Of(text); }
        catch (ArgumentException) { return false; }
        return true;
    }

    /// <summary>The key with look-alikes made Latin and combining marks dropped; the key itself when it is plain ASCII.</summary>
    public static string Skeleton(string key)
    {
        if (IsPlain(key)) return key;
        var skeleton = new StringBuilder(key.Length);
        foreach (var c in key)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            var at = LookAlikes.IndexOf(c);
            skeleton.Append(at < 0 ? c : Plain[at]);
        }
        return skeleton.ToString();
    }

    private static bool IsPlain(string text) => System.Text.Ascii.IsValid(text);

    private static string Readable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = source[i] switch
            {
                >= '！' and <= '～' => (char)(source[i] - '！' + '!'),
                '。' or '｡' => '.',
                var c => c,
            };
    });

    private static string Decoded(string key)
    {
        try { return Idn.GetUnicode(key).ToLowerInvariant(); }
        // A label that only looks like punycode names nothing else than itself.
        catch (ArgumentException) { return key; }
    }
}

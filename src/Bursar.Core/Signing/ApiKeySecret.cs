using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Ids;

namespace Bursar.Core.Signing;

/// <summary>
/// The text of an API key: <c>bk_test_</c> or <c>bk_live_</c>, 52 characters of base32 (256 random bits in two
/// halves) and 4 of checksum, so that a mistyped key is refused before any lookup. Only its SHA-256 is stored.
/// </summary>
public static class ApiKeySecret
{
    private const int PrefixLength = 8;
    private const int CheckLength = 4;
    private const int Length = PrefixLength + 2 * Base32.Length + CheckLength;

    public static string New(Mode mode)
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        var (first, second) = (new Guid(bytes.AsSpan(0, 16)), new Guid(bytes.AsSpan(16)));
        var text = $"bk_{(mode == Mode.Test ? "test" : "live")}_{Base32.Encode(first)}{Base32.Encode(second)}";
        return text + Check(text);
    }

    /// <summary>The mode that the key's text claims, or null when the text is no key.</summary>
    public static Mode? ModeOf(string text)
    {
        if (text.Length != Length || text[^CheckLength..] != Check(text[..^CheckLength])) return null;
        return text[..PrefixLength] switch { "bk_test_" => Mode.Test, "bk_live_" => Mode.Live, _ => null };
    }

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>What may be shown later: the prefix with the first characters, and the last four.</summary>
    public static (string Prefix, string Last4) Hint(string text) => (text[..(PrefixLength + 4)], text[^4..]);

    private static string Check(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("bursar key " + text)))[..CheckLength];
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bursar.Core.Signing;

/// <summary>
/// SHA-256 over named fields in a form that no other fields share: each name and value as a 4-byte big-endian length and UTF-8, a
/// missing value as length −1. Lower-case hex. Binds an approval to exactly what was shown. Throws EncoderFallbackException for text with
/// an unpaired surrogate: replacing it would give two different texts one hash.
/// </summary>
public static class ContentHash
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in fields)
        {
            Append(hash, name);
            Append(hash, value);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = text is null ? [] : Strict.GetBytes(text);
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}

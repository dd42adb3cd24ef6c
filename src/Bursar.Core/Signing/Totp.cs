using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Results;

namespace Bursar.Core.Signing;

/// <summary>
/// One-time passwords by time (RFC 6238) in the form that authenticator apps share: HMAC-SHA1, 6 digits, steps of 30 seconds since 1970.
/// </summary>
public static class Totp
{
    public const int Digits = 6;
    private const int SecretLength = 20;
    private const int StepSeconds = 30;
    // RFC 6238 §5.2: one step of delay either way, for clocks that differ and people who type.
    private const int StepsAround = 1;
    // RFC 4648 §6: what apps take when the code cannot be scanned.
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>The code of a step; <paramref name="step"/> counts 30 seconds since 1970.</summary>
    public static string Code(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC's algorithm and the only one that every app knows; HMAC does not lean on SHA-1's broken property.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The step whose code this is, around <paramref name="now"/> and after <paramref name="last"/>, or null. The caller stores it as the
    /// last one by compare-and-set, which makes a code good once.
    /// </summary>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long last)
    {
        var given = Encoding.UTF8.GetBytes(code);
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        for (var step = current - StepsAround; step <= current + StepsAround; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), given) && step > last) found = step;
        return found;
    }

    /// <summary>The secret as people type it into an app: base32 without padding.</summary>
    public static string Text(ReadOnlySpan<byte> secret)
    {
        Invariant.Hold(secret.Length % 5 == 0);
        var text = new StringBuilder();
        for (var i = 0; i < secret.Length; i += 5)
        {
            var bits = (ulong)secret[i] << 32 | BinaryPrimitives.ReadUInt32BigEndian(secret[(i + 1)..]);
            for (var shift = 35; shift >= 0; shift -= 5) text.Append(Alphabet[(int)(bits >> shift & 31)]);
        }
        return text.ToString();
    }

    /// <summary>What the QR code holds: the key URI that authenticator apps read.</summary>
    public static string KeyUri(string issuer, string account, ReadOnlySpan<byte> secret) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}"
        + $"?secret={Text(secret)}&issuer={Uri.EscapeDataString(issuer)}";
}

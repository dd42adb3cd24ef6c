using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Results;

namespace Bursar.Core.Signing;

/// <summary>
/// Standard Webhooks v1 (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>, secret <c>whsec_</c> + base64 of 24–64 bytes,
/// header <c>v1,base64</c>; several signatures, separated by spaces, carry a secret's rotation.
/// </summary>
public static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    // A header carries one signature for each secret in rotation; more are somebody's attempt to make us work.
    private const int SignaturesMax = 20;

    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// Whether the text is a secret of the standard's form. Loud on save;
    /// <see cref="Sign(string, string, long, ReadOnlySpan{byte})"/> throws.
    /// </summary>
    public static bool IsSecret(string? text) => TryKey(text, out _);

    /// <summary>
    /// One signature; <paramref name="timestamp"/> in seconds since 1970. The id must not hold a dot, or two contents would share a form.
    /// </summary>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        Invariant.Hold(id.Length > 0 && !id.Contains('.', StringComparison.Ordinal));
        if (!TryKey(secret, out var key)) throw new ArgumentException("not a webhook secret", nameof(secret));
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>One signature for each secret, separated by spaces: what is sent while a secret is being replaced.</summary>
    public static string Sign(IReadOnlyList<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var signatures = new string[secrets.Count];
        for (var i = 0; i < secrets.Count; i++) signatures[i] = Sign(secrets[i], id, timestamp, body);
        return string.Join(' ', signatures);
    }

    /// <summary>
    /// Whether one of the header's signatures is the secret's and the timestamp is within five minutes of
    /// <paramref name="now"/>, either way. Remembering ids, so that a fresh message is not taken twice, is the receiver's.
    /// </summary>
    public static bool Verify(string secret, string id, long timestamp, ReadOnlySpan<byte> body, string header, DateTimeOffset now) =>
        Verify([secret], id, timestamp, body, header, now, Tolerance);

    /// <summary>As above for a receiver that accepts several secrets. Takes the same time whatever matches.</summary>
    public static bool Verify(
        IReadOnlyList<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body, string header, DateTimeOffset now,
        TimeSpan tolerance)
    {
        var (earliest, latest) = (now.Subtract(tolerance).ToUnixTimeSeconds(), now.Add(tolerance).ToUnixTimeSeconds());
        if (timestamp < earliest || timestamp > latest || id.Length == 0 || id.Contains('.', StringComparison.Ordinal)) return false;
        var candidates = header.Split(' ', SignaturesMax + 1, StringSplitOptions.RemoveEmptyEntries);
        if (candidates.Length > SignaturesMax) return false;
        var found = false;
        foreach (var secret in secrets)
        {
            var expected = Encoding.ASCII.GetBytes(Sign(secret, id, timestamp, body));
            foreach (var candidate in candidates)
                found |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(candidate));
        }
        return found;
    }

    private static bool TryKey(string? secret, out byte[] key)
    {
        key = [];
        if (secret is null || !secret.StartsWith(SecretPrefix, StringComparison.Ordinal)) return false;
        var bytes = new byte[64];
        if (!Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var length) || length < 24) return false;
        key = bytes[..length];
        return true;
    }
}

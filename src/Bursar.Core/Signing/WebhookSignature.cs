using System.Security.Cryptography;
using System.Text;

namespace Bursar.Core.Signing;

/// <summary>
/// Standard Webhooks v1 (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>, secret <c>whsec_</c> + base64 of 24–64 bytes,
/// header <c>v1,base64</c>; several signatures, separated by spaces, carry a secret's rotation.
/// </summary>
public static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>One signature; <paramref name="timestamp"/> in seconds since 1970.</summary>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret[SecretPrefix.Length..]));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>Whether one of the header's signatures is the secret's and the timestamp is within five minutes of <paramref name="now"/>.</summary>
    public static bool Verify(string secret, string id, long timestamp, ReadOnlySpan<byte> body, string header, DateTimeOffset now)
    {
        if (Math.Abs(now.ToUnixTimeSeconds() - timestamp) > Tolerance.TotalSeconds) return false;
        var expected = Encoding.ASCII.GetBytes(Sign(secret, id, timestamp, body));
        var found = false;
        foreach (var candidate in header.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            found |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(candidate));
        return found;
    }
}

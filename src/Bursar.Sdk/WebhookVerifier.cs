using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>A message that is not from Bursar, or not from now. Answer 400 and forget it.</summary>
public sealed class WebhookRefusedException : Exception
{
    internal WebhookRefusedException(string why, Exception? inner = null) : base(why, inner) { }
}

/// <summary>
/// Verifies webhooks: Standard Webhooks v1 (HMAC-SHA256 over <c>id.timestamp.body</c>, standardwebhooks.com), not older or newer than five
/// minutes, and the validation token where one is expected. Takes the same time whatever matches. Remembering ids, so that one event is not
/// handled twice, is the receiver's.
/// </summary>
public sealed class WebhookVerifier
{
    /// <summary>How far a message's time may be from now, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Prefix = "whsec_";
    private const int SignaturesMax = 20;
    private readonly byte[][] keys;
    private readonly byte[]? token;
    private readonly TimeProvider time;

    /// <param name="secrets">The endpoint's secrets (whsec_…): the one in force, and while it is being replaced the other too.</param>
    /// <param name="validationToken">What X-Callback-Token must be; absent: not looked at.</param>
    /// <param name="time">The clock; the system's when absent.</param>
    /// <exception cref="ArgumentException">There is no secret, or one is not of the standard's form.</exception>
    public WebhookVerifier(IReadOnlyList<string> secrets, string? validationToken = null, TimeProvider? time = null)
    {
        if (secrets.Count is 0 or > SignaturesMax) throw new ArgumentException($"1 to {SignaturesMax} secrets.", nameof(secrets));
        keys = [.. secrets.Select(Key)];
        token = validationToken is null ? null : Encoding.UTF8.GetBytes(validationToken);
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>The event, if the message is Bursar's and fresh.</summary>
    /// <param name="header">Gives a header's value by its name, or null.</param>
    /// <param name="body">The bytes as they came, before any parsing.</param>
    /// <exception cref="WebhookRefusedException">It is not; the message says why, and may be logged.</exception>
    public WebhookEvent Verify(Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        Check(header, body);
        return Parse<WebhookEvent>(body) is { Id: not null, Type: not null } received
            ? received : throw new WebhookRefusedException("signed, but no event");
    }

    /// <summary>
    /// What Bursar posts to a spend request's callbackUrl when its approval has ended, if the message is Bursar's and fresh. The secret is
    /// the key's callbackSecret, and there is no validation token.
    /// </summary>
    /// <param name="header">Gives a header's value by its name, or null.</param>
    /// <param name="body">The bytes as they came, before any parsing.</param>
    /// <exception cref="WebhookRefusedException">It is not; the message says why, and may be logged.</exception>
    public ApprovalCallback VerifyCallback(Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        Check(header, body);
        return Parse<ApprovalCallback>(body) is { Event: not null, SpendRequestId: not null } received
            ? received : throw new WebhookRefusedException("signed, but no callback");
    }

    private void Check(Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        var id = header("webhook-id") ?? "";
        // A dot in the id would let two messages share one signed form.
        if (id.Length == 0 || id.Contains('.', StringComparison.Ordinal)) throw new WebhookRefusedException("no usable webhook-id");
        if (!long.TryParse(header("webhook-timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp))
            throw new WebhookRefusedException("no usable webhook-timestamp");
        var now = time.GetUtcNow();
        if (timestamp < (now - Tolerance).ToUnixTimeSeconds()) throw new WebhookRefusedException("too old");
        if (timestamp > (now + Tolerance).ToUnixTimeSeconds()) throw new WebhookRefusedException("from the future: check the clocks");
        if (!Signed(id, timestamp, body, header("webhook-signature") ?? ""))
            throw new WebhookRefusedException("no signature of these secrets");
        if (token is not null && !CryptographicOperations.FixedTimeEquals(token, Encoding.UTF8.GetBytes(header("X-Callback-Token") ?? "")))
            throw new WebhookRefusedException("another validation token");
    }

    private static T? Parse<T>(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, Transport.Json);
        }
        catch (JsonException e)
        {
            throw new WebhookRefusedException("signed, but no JSON", e);
        }
    }

    private bool Signed(string id, long timestamp, ReadOnlySpan<byte> body, string header)
    {
        var candidates = header.Split(' ', SignaturesMax + 1, StringSplitOptions.RemoveEmptyEntries);
        if (candidates.Length > SignaturesMax) return false;
        var found = false;
        foreach (var key in keys)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hmac.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.")));
            hmac.AppendData(body);
            var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(hmac.GetHashAndReset()));
            foreach (var candidate in candidates)
                found |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(candidate));
        }
        return found;
    }

    private static byte[] Key(string secret)
    {
        var bytes = new byte[64];
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length)
            || length < 24)
            throw new ArgumentException("A secret is whsec_ and base64 of 24 to 64 bytes.", nameof(secret));
        return bytes[..length];
    }
}

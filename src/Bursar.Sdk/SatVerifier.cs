using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>The token is not Bursar's, not for this handle, or not from now. Do not pay.</summary>
public sealed class SatRefusedException : Exception
{
    internal SatRefusedException(string reason, Exception? inner = null) : base(reason, inner) => Reason = reason;

    /// <summary>In the words of <c>sat_invalid</c> (docs/api/sats.md): <c>wrong_signature</c>, <c>expired</c> and so on.</summary>
    public string Reason { get; }
}

/// <summary>How tokens are verified.</summary>
public sealed record SatVerifierOptions
{
    /// <summary>Where Bursar is; the environment's BURSAR_URL when absent, else http://127.0.0.1:8080.</summary>
    public Uri? Address { get; init; }

    /// <summary>Sends the requests for the key set; not disposed by the verifier.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Verifies spend authorization tokens without asking Bursar about each: form, signature (ES256 by a published key, nothing else), issuer,
/// handle and times, give or take a minute. Whether one was used already only Bursar knows: <see cref="Sats.Consume"/> before paying. Safe
/// for use by many threads; keep one as long as the process lives.
/// </summary>
public sealed class SatVerifier : IDisposable
{
    /// <summary>How far the clocks of Bursar and of this machine may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private const int LengthMax = 8192;
    private const int SignatureLength = 64;
    private const long LifeSecondsMax = 900;

    private static readonly JsonSerializerOptions Strict = new(Transport.Json) { AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions StrictHeader = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    private readonly string handle;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker http;
    private readonly SatKeySet keys;

    /// <param name="handle">The payment handle whose tokens are taken (hdl_…); any other's are refused.</param>
    /// <param name="options">Where Bursar is.</param>
    /// <exception cref="ArgumentException">No handle was given.</exception>
    public SatVerifier(string handle, SatVerifierOptions? options = null)
    {
        if (string.IsNullOrEmpty(handle)) throw new ArgumentException("Give the payment handle's id.", nameof(handle));
        var given = options ?? new SatVerifierOptions();
        this.handle = handle;
        time = given.Time;
        var address = given.Address ?? new Uri(Environment.GetEnvironmentVariable("BURSAR_URL") is { Length: > 0 } url ? url
            : "http://127.0.0.1:8080");
        http = new HttpMessageInvoker(given.Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
            disposeHandler: given.Handler is null);
        keys = new SatKeySet(http, address, time);
    }

    /// <summary>What the token allows.</summary>
    /// <exception cref="SatRefusedException">It allows nothing; the reason says why.</exception>
    /// <exception cref="BursarException">The key set could not be read.</exception>
    public async Task<SatClaims> Verify(string sat, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(sat);
        if (sat.Length > LengthMax) throw new SatRefusedException("too_long");
        var parts = sat.Split('.', 4);
        if (parts.Length != 3) throw new SatRefusedException("malformed");
        var (header, payload, signature) = (Decode(parts[0]), Decode(parts[1]), Decode(parts[2]));
        var kid = KeyOf(header);
        if (signature.Length != SignatureLength) throw new SatRefusedException("malformed");
        if (await keys.Find(kid, ct).ConfigureAwait(false) is not var (key, issuer)) throw new SatRefusedException("unknown_key");
        if (!Holds(key, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature)) throw new SatRefusedException("wrong_signature");
        return Checked(payload, issuer);
    }

    private SatClaims Checked(byte[] payload, string issuer)
    {
        SatClaims claims;
        try
        {
            claims = JsonSerializer.Deserialize<SatClaims>(payload, Strict) ?? throw new SatRefusedException("wrong_claims");
        }
        catch (JsonException e)
        {
            throw new SatRefusedException("wrong_claims", e);
        }
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var skew = (long)Skew.TotalSeconds;
        if (claims.Version != 1 || claims.IssuedAt <= 0 || claims.NotBefore != claims.IssuedAt || claims.ExpiresAt <= claims.IssuedAt
            || claims.ExpiresAt - claims.IssuedAt > LifeSecondsMax) throw new SatRefusedException("wrong_claims");
        if (claims.Issuer != issuer) throw new SatRefusedException("wrong_issuer");
        if (claims.Handle != handle) throw new SatRefusedException("wrong_audience");
        if (now - claims.ExpiresAt > skew) throw new SatRefusedException("expired");
        return claims.NotBefore - now > skew ? throw new SatRefusedException("not_yet_valid") : claims;
    }

    private static bool Holds(ECDsa key, byte[] input, byte[] signature)
    {
        // The framework does not promise that a key may be used by two threads at once.
        lock (key) return key.VerifyData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static string KeyOf(byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header, StrictHeader);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new SatRefusedException("malformed");
            var members = document.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value);
            string? Text(string name) => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
            if (Text("alg") != "ES256") throw new SatRefusedException("wrong_algorithm");
            if (members.Keys.Any(name => name is not ("alg" or "typ" or "kid"))) throw new SatRefusedException("forbidden_header");
            if (Text("typ") != "sat+jwt") throw new SatRefusedException("wrong_type");
            return Text("kid") is { Length: > 0 } kid ? kid : throw new SatRefusedException("malformed");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SatRefusedException("malformed", e);
        }
    }

    /// <summary>Base64url without padding, white space or stray bits: each value has exactly one spelling.</summary>
    private static byte[] Decode(string text)
    {
        if (!Base64Url.IsValid(text)) throw new SatRefusedException("malformed");
        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : throw new SatRefusedException("malformed");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        http.Dispose();
    }
}

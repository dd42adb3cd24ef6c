using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>
/// Bursar's public keys, remembered for a minute; a key that is not among them is looked for once more. While Bursar cannot be reached the
/// last set serves on for ten minutes.
/// </summary>
internal sealed class SatKeySet(HttpMessageInvoker http, Uri address, TimeProvider time) : IDisposable
{
    private const int AnswerMax = 256 * 1024;
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StaleFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim reading = new(1);
    private volatile Known? known;

    /// <summary>The key of a kid and the issuer of the set, or null when there is no such key.</summary>
    public async Task<(ECDsa Key, string Issuer)?> Find(string kid, CancellationToken ct)
    {
        var set = await Set(FreshFor, ct).ConfigureAwait(false);
        if (!set.Keys.ContainsKey(kid)) set = await Set(AskAgainAfter, ct).ConfigureAwait(false);
        return set.Keys.TryGetValue(kid, out var key) ? (key, set.Issuer) : null;
    }

    private async Task<Known> Set(TimeSpan freshFor, CancellationToken ct)
    {
        if (known is { } now && time.GetElapsedTime(now.At) < freshFor) return now;
        await reading.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (known is { } meanwhile && time.GetElapsedTime(meanwhile.At) < freshFor) return meanwhile;
            try
            {
                return known = await Fetch(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or CryptographicException or FormatException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return known is { } last && time.GetElapsedTime(last.At) < StaleFor
                    ? last
                    : throw new BursarException("connection_failed", "The key set could not be read.", EffectOutcome.None,
                        RetryAdvice.After, e);
            }
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<Known> Fetch(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var at = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/.well-known/jwks.json"));
        using var answer = await http.SendAsync(request, either.Token).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        await answer.Content.LoadIntoBufferAsync(AnswerMax, either.Token).ConfigureAwait(false);
        var set = JsonSerializer.Deserialize<KeySet>(await answer.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false),
            Transport.Json)
            ?? throw new JsonException("null");
        return new Known(at, set.Issuer,
            set.Keys.Where(k => k is { Kty: "EC", Crv: "P-256", Alg: "ES256" }).ToDictionary(k => k.Kid, Open));
    }

    private static ECDsa Open(Jwk key) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
    });

    public void Dispose() => reading.Dispose();

    private sealed record Known(long At, string Issuer, Dictionary<string, ECDsa> Keys);

    private sealed record KeySet(string Issuer, IReadOnlyList<Jwk> Keys);

    private sealed record Jwk(string Kty, string Crv, string Alg, string Kid, string X, string Y);
}

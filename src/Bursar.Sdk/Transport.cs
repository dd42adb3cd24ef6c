using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bursar.Sdk;

/// <summary>Sends calls, tries again what is safe to try again, and turns problems into exceptions.</summary>
internal sealed class Transport : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private const int AnswerMax = 32 * 1024 * 1024;
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    private static readonly string Agent = $"Bursar.Sdk/{typeof(Transport).Assembly.GetName().Version?.ToString(3)}";

    private readonly BursarOptions options;
    private readonly string key;
    private readonly Uri address;
    private readonly HttpMessageInvoker http;

    public Transport(BursarOptions options)
    {
        this.options = options;
        key = options.ApiKey ?? Environment.GetEnvironmentVariable("BURSAR_API_KEY") ?? "";
        if (key.Length == 0) throw new ArgumentException("Give an API key, or set BURSAR_API_KEY.", nameof(options));
        if (options.AttemptsMax < 1) throw new ArgumentException("At least one attempt.", nameof(options));
        address = options.Address
            ?? new Uri(Environment.GetEnvironmentVariable("BURSAR_URL") is { Length: > 0 } url ? url : "http://127.0.0.1:8080");
        // No redirect is followed: it could carry the key elsewhere.
        http = new HttpMessageInvoker(
            options.Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
            disposeHandler: options.Handler is null);
    }

    public Task<T> Get<T>(string path, CancellationToken ct) => ValueOf(Send<T>(HttpMethod.Get, path, null, null, ct));

    public Task<T> Post<T>(string path, object? body, CancellationToken ct) =>
        ValueOf(Send<T>(HttpMethod.Post, path, body ?? new { }, null, ct));

    public Task<T> Patch<T>(string path, object body, CancellationToken ct) => ValueOf(Send<T>(HttpMethod.Patch, path, body, null, ct));

    public Task<T> Delete<T>(string path, CancellationToken ct) => ValueOf(Send<T>(HttpMethod.Delete, path, null, null, ct));

    /// <summary>A call that moves money or creates a payable thing; all its attempts carry one key.</summary>
    public Task<T> Create<T>(string path, object body, string? idempotencyKey, CancellationToken ct) =>
        ValueOf(CreateOrRepeat<T>(path, body, idempotencyKey, ct));

    /// <summary>The same, telling whether an earlier call with this key had made it.</summary>
    public Task<Answered<T>> CreateOrRepeat<T>(string path, object body, string? idempotencyKey, CancellationToken ct) =>
        Send<T>(HttpMethod.Post, path, body, idempotencyKey ?? Guid.CreateVersion7().ToString("N"), ct);

    private static async Task<T> ValueOf<T>(Task<Answered<T>> answer) => (await answer.ConfigureAwait(false)).Value;

    /// <summary>Every row of a list, page after page, newest first.</summary>
    public async IAsyncEnumerable<T> All<T>(
        string path, Query query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (string? cursor = null; ;)
        {
            var page = await Get<Page<T>>(path + query.With("cursor", cursor), ct).ConfigureAwait(false);
            foreach (var row in page.Data) yield return row;
            if (page.NextCursor is null) yield break;
            cursor = page.NextCursor;
        }
    }

    private async Task<Answered<T>> Send<T>(HttpMethod method, string path, object? body, string? idempotencyKey, CancellationToken ct)
    {
        var content = body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json);
        var isSafe = method == HttpMethod.Get || idempotencyKey is not null;
        for (var attempt = 1; ; attempt++)
        {
            BursarException refused;
            try
            {
                return await Attempt<T>(method, path, content, idempotencyKey, ct).ConfigureAwait(false);
            }
            catch (BursarException e)
            {
                refused = e;
            }
            if (attempt >= options.AttemptsMax || !MayRepeat(refused, isSafe)) throw refused;
            await Task.Delay(Wait(refused, attempt), options.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What provably did nothing may always be repeated; what may have happened, only under a key or as a read.</summary>
    private static bool MayRepeat(BursarException refused, bool isSafe) => refused.Retry switch
    {
        RetryAdvice.After => isSafe || refused.Outcome == EffectOutcome.None,
        RetryAdvice.SameKey => isSafe,
        _ => false,
    };

    private static TimeSpan Wait(BursarException refused, int attempt)
    {
        var backoff = TimeSpan.FromMilliseconds(Math.Min(5000, 200 << attempt) * (0.5 + Random.Shared.NextDouble() / 2));
        return refused.RetryAfter is { } asked
            ? TimeSpan.FromTicks(Math.Min(Math.Max(asked.Ticks, backoff.Ticks), WaitMax.Ticks))
            : backoff;
    }

    private async Task<Answered<T>> Attempt<T>(
        HttpMethod method, string path, byte[]? content, string? idempotencyKey, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (content is not null)
            request.Content = new ByteArrayContent(content)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        using var limit = new CancellationTokenSource(options.AttemptTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        // A read changes nothing whatever became of it.
        var lost = method == HttpMethod.Get ? EffectOutcome.None : EffectOutcome.Unknown;
        try
        {
            using var answer = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            await answer.Content.LoadIntoBufferAsync(AnswerMax, either.Token).ConfigureAwait(false);
            var text = await answer.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) throw Refusal(answer, text, lost);
            var value = JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("null");
            return new Answered<T>(value, answer.Headers.Contains("Idempotency-Replayed"));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BursarException("timeout",
                $"No answer within {options.AttemptTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.", lost,
                RetryAdvice.SameKey, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new BursarException("connection_failed", "No answer that could be read.", lost, RetryAdvice.SameKey, e);
        }
    }

    private static BursarException Refusal(HttpResponseMessage answer, string text, EffectOutcome lost)
    {
        var after = answer.Headers.RetryAfter is { } told ? told.Delta ?? TimeSpan.Zero : (TimeSpan?)null;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            // Something between here and Bursar answered: whether Bursar saw the call is not known.
            var retry = answer.StatusCode >= HttpStatusCode.InternalServerError ? RetryAdvice.SameKey : RetryAdvice.Never;
            return new BursarException("unexpected_answer", $"{(int)answer.StatusCode} without a problem document.", lost, retry)
            {
                Status = answer.StatusCode,
                RetryAfter = after,
            };
        }
        var problem = JsonSerializer.Deserialize<JsonElement>(text, Json);
        var body = problem.Deserialize<ProblemBody>(Json)!;
        return new BursarException(body.Code ?? "", body.Detail ?? "", body.Outcome, body.Retry)
        {
            Status = answer.StatusCode,
            RequestId = body.RequestId,
            Errors = body.Errors ?? [],
            RetryAfter = after,
            Problem = problem,
        };
    }

    public void Dispose() => http.Dispose();

    private sealed record ProblemBody(
        string? Code, string? Detail, string? RequestId, EffectOutcome Outcome, RetryAdvice Retry, IReadOnlyList<FieldError>? Errors);
}

/// <summary>An answer, and whether it was given before to the same key.</summary>
internal readonly record struct Answered<T>(T Value, bool Replayed);

/// <summary>The query of a list; what is absent is left out, and several values mean any of them.</summary>
internal sealed class Query
{
    private readonly StringBuilder text = new();

    public Query Add(string name, string? value)
    {
        if (value is not null) text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public Query Add(string name, IEnumerable<string> values)
    {
        foreach (var value in values) Add(name, value);
        return this;
    }

    public Query Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public Query Add(string name, DateTimeOffset? value) =>
        Add(name, value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));

    public string With(string name, string? value) =>
        value is null ? text.ToString() : $"{text}{(text.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";

    public override string ToString() => text.ToString();
}

/// <summary>A page of a list, newest first; <paramref name="NextCursor"/> is null at its end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bursar.Core.Access;

namespace Bursar.Platform.Outbound;

/// <summary>
/// One call. <paramref name="Total"/> replaces the usual 15 s; where <paramref name="WantsBody"/> is false a success is one as soon as its
/// status is there, however slowly its body drips.
/// </summary>
public sealed record OutboundRequest(
    Mode Mode, HttpMethod Method, string Url, byte[]? Body, IReadOnlyDictionary<string, string> Headers, TimeSpan? Total = null,
    bool WantsBody = true);

/// <summary>
/// An answer of somebody else's server, or why there is none. <see cref="Error"/> is
/// short, safe text; beside a status it means that the body broke off.
/// </summary>
public sealed record OutboundAnswer(int? Status, TimeSpan Duration, string? Error, TimeSpan? RetryAfter, byte[] Body)
{
    /// <summary>Where a redirect leads: scheme, host and path at most.</summary>
    public string? Location { get; init; }
    public DateTimeOffset? Date { get; init; }

    /// <summary>No byte of the body has left: whoever was called cannot have acted on it.</summary>
    public bool Unsent { get; init; }
}

/// <summary>
/// The one way out over HTTP (QUALITY D10): resolves, vets every address, connects to a vetted one; follows no redirect, uses no proxy,
/// keeps no cookie, unpacks nothing; 5 s to connect, 15 s in all, 64 kB of an answer at most.
/// </summary>
public sealed class OutboundClient : IDisposable
{
    private const int BodyMax = 64 * 1024;
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TotalMax = TimeSpan.FromSeconds(15);
    private readonly OutboundRules rules;
    private readonly TimeProvider time;
    private readonly Dictionary<Mode, HttpClient> clients;

    public OutboundClient(OutboundRules rules, TimeProvider time)
    {
        (this.rules, this.time) = (rules, time);
#pragma warning disable RS0030 // This is the one place that may make a client: its handler vets every address.
        clients = Enum.GetValues<Mode>()
            .ToDictionary(mode => mode, mode => new HttpClient(Handler(mode)) { Timeout = Timeout.InfiniteTimeSpan });
#pragma warning restore RS0030
    }

    public Task<OutboundAnswer> Post(
        Mode mode, string url, byte[] body, IReadOnlyDictionary<string, string> headers, CancellationToken ct) =>
        Send(new OutboundRequest(mode, HttpMethod.Post, url, body, headers), ct);

    /// <summary>Calls; whatever goes wrong is in the answer. Throws only when <paramref name="ct"/> was cancelled.</summary>
    public async Task<OutboundAnswer> Send(OutboundRequest call, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        if (OutboundRules.Parse(call.Url) is not { } uri)
            return new(null, watch.Elapsed, "The address is not allowed.", null, []) { Unsent = true };
        var total = call.Total ?? TotalMax;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(total);
        var sent = call.Body is null ? null : new MarkedBody(call.Body);
        try
        {
            using var request = new HttpRequestMessage(call.Method, uri)
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            if (sent is not null)
            {
                request.Content = sent;
                request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
            }
            foreach (var (name, value) in call.Headers) request.Headers.TryAddWithoutValidation(name, value);
            using var response = await clients[call.Mode].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var (body, broke) = response.IsSuccessStatusCode && !call.WantsBody ? ([], null) : await ReadSome(response, limit.Token, ct);
            return new OutboundAnswer((int)response.StatusCode, watch.Elapsed, broke, RetryAfter(response), body)
            {
                Location = Location(response),
                Date = response.Headers.Date,
            };
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            return Failed(e.InnerException is TimeoutException
                ? "No connection within 5 seconds."
                : $"No answer within {total.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException e)
        {
            return Failed(Why(e));
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return Failed("The connection broke.");
        }

        OutboundAnswer Failed(string why) => new(null, watch.Elapsed, why, null, []) { Unsent = sent is { Begun: false } };
    }

    /// <summary>The beginning of the body. The status has been said by now: a body that breaks off does not take it back.</summary>
    private static async Task<(byte[] Body, string? Broke)> ReadSome(
        HttpResponseMessage response, CancellationToken limit, CancellationToken ct)
    {
        var buffer = new byte[BodyMax];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(limit);
            while (length < BodyMax && await stream.ReadAsync(buffer.AsMemory(length), limit) is > 0 and var read) length += read;
            return (buffer[..length], null);
        }
        catch (Exception e) when (e is IOException or SocketException or HttpRequestException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (buffer[..length], "The answer broke off.");
        }
    }

    /// <summary>Both forms of the header: seconds, or a moment.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string? Location(HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } to) return null;
        var text = to.IsAbsoluteUri ? to.GetLeftPart(UriPartial.Path) : to.OriginalString.Split('?')[0];
        return text.Length > 200 || text.Any(c => c is < ' ' or > '~') ? null : text;
    }

    private static string Why(HttpRequestException e) => (e.InnerException, e.HttpRequestError) switch
    {
        (OutboundBlocked blocked, _) => blocked.Message,
        (SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }, _) =>
            "The host name cannot be found.",
        (SocketException { SocketErrorCode: SocketError.ConnectionRefused }, _) => "Nothing listens there: the connection was refused.",
        (_, HttpRequestError.SecureConnectionError) =>
            "TLS failed: the certificate is expired, for another host or of an unknown authority.",
        (_, HttpRequestError.ConfigurationLimitExceeded) => "The answer's headers are larger than 16 kB.",
        (_, HttpRequestError.InvalidResponse) => "The answer is not HTTP.",
        (_, HttpRequestError.ResponseEnded) => "The connection closed without an answer.",
        (IOException, _) => "The connection broke before an answer.",
        _ => $"No connection: {e.HttpRequestError}.",
    };

    private SocketsHttpHandler Handler(Mode mode) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16,
        ConnectTimeout = ConnectMax,
        PooledConnectionLifetime = TimeSpan.FromSeconds(60),
        MaxConnectionsPerServer = 16,
        MaxResponseDrainSize = BodyMax,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        ActivityHeadersPropagator = null,
        ConnectCallback = (context, ct) => Connect(mode, context, ct),
        SslOptions = OutboundTrust.Options(),
    };

    private async ValueTask<Stream> Connect(Mode mode, SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var uri = context.InitialRequestMessage.RequestUri!;
        var addresses = await OutboundRules.Resolve(context.DnsEndPoint.Host, ct);
        if (rules.Refuses(uri, addresses, mode) is { } why) throw new OutboundBlocked(why);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // To the vetted addresses themselves: nobody is asked a second time what the name means.
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values) client.Dispose();
    }

    /// <summary>A body that tells whether any of it was handed to a connection, over all connections that were tried.</summary>
    private sealed class MarkedBody(byte[] bytes) : ByteArrayContent(bytes)
    {
        public bool Begun { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken ct)
        {
            Begun = true;
            return base.SerializeToStreamAsync(stream, context, ct);
        }
    }

    private sealed class OutboundBlocked(string message) : Exception(message);
}

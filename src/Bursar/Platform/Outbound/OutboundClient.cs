using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Bursar.Core.Access;

namespace Bursar.Platform.Outbound;

/// <summary>An answer of somebody else's server, or why there is none. <see cref="Error"/> is short, safe text.</summary>
public sealed record OutboundAnswer(int? Status, TimeSpan Duration, string? Error, TimeSpan? RetryAfter, byte[] Body);

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
    private readonly Dictionary<Mode, HttpClient> clients;

    public OutboundClient(OutboundRules rules)
    {
        this.rules = rules;
        var extraCa = Environment.GetEnvironmentVariable("BURSAR_EXTRA_CA") is { Length: > 0 } path ? X509CertificateLoader.LoadCertificateFromFile(path) : null;
#pragma warning disable RS0030 // This is the one place that may make a client: its handler vets every address.
        clients = Enum.GetValues<Mode>().ToDictionary(mode => mode, mode => new HttpClient(Handler(mode, extraCa)) { Timeout = Timeout.InfiniteTimeSpan });
#pragma warning restore RS0030
    }

    public async Task<OutboundAnswer> Post(Mode mode, string url, byte[] body, IReadOnlyDictionary<string, string> headers, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        if (OutboundRules.Parse(url) is not { } uri) return Failed("The address is not allowed.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TotalMax);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body), Version = HttpVersion.Version11 };
            request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var response = await clients[mode].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var answer = await ReadSome(response, limit.Token);

            return new OutboundAnswer((int)response.StatusCode, watch.Elapsed, null, response.Headers.RetryAfter?.Delta, answer);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed("No answer within 15 seconds.");
        }
        catch (HttpRequestException e)
        {
            return Failed(e.InnerException is OutboundBlocked blocked ? blocked.Message : $"No connection: {e.HttpRequestError}.");
        }
        catch (Exception e) when (e is IOException or SocketException or OutboundBlocked)
        {
            return Failed(e is OutboundBlocked ? e.Message : "The connection broke.");
        }

        OutboundAnswer Failed(string why) => new(null, watch.Elapsed, why, null, []);
    }

    private static async Task<byte[]> ReadSome(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[BodyMax];
        var length = await stream.ReadAtLeastAsync(buffer, BodyMax, throwOnEndOfStream: false, ct);
        return buffer[..length];
    }

    private SocketsHttpHandler Handler(Mode mode, X509Certificate2? extraCa) => new()
    {
        AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, MaxResponseHeadersLength = 16,
        ConnectTimeout = ConnectMax, PooledConnectionLifetime = TimeSpan.FromSeconds(60), MaxConnectionsPerServer = 16,
        ConnectCallback = (context, ct) => Connect(mode, context, ct),
        SslOptions = extraCa is null ? new() : new()
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.System, ExtraStore = { extraCa }, CustomTrustStore = { extraCa } },
        },
    };

    private async ValueTask<Stream> Connect(Mode mode, SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = rules.For(mode);
        var plain = context.InitialRequestMessage.RequestUri?.Scheme == "http";
        if (addresses.Length is 0 or > 64 || !addresses.All(a => OutboundAddresses.MayCall(a, allowed) && (!plain || OutboundRules.Opened(a, allowed))))
            throw new OutboundBlocked("The address is private or reserved, or not https.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
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

    private sealed class OutboundBlocked(string message) : Exception(message);
}

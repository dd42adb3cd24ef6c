using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bursar.Tests.Spending;

/// <summary>
/// A workspace's backend on a real socket. It remembers what it paid by jti, checks every signature, and answers as <see cref="Answer"/>
/// says; <see cref="Knows"/> decides what a question is told.
/// </summary>
public sealed class FakeExecutor : IDisposable
{
    public const string Token = "executor-token-1234";
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentDictionary<string, string> paid = new();
    private int posts, questions, checks, unsigned, signedByNext;

    public FakeExecutor()
    {
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/pay";
        Answer = Completed;
        _ = Accept();
    }

    public string Url { get; }
    public string? Secret { get; set; }

    /// <summary>A secret that is good besides, as while one is rotated.</summary>
    public string? NextSecret { get; set; }

    /// <summary>Calls that the next secret signed.</summary>
    public int SignedByNext => Volatile.Read(ref signedByNext);

    public int Posts => Volatile.Read(ref posts);
    public int Questions => Volatile.Read(ref questions);
    public int Checks => Volatile.Read(ref checks);

    /// <summary>Calls whose token or signature was not right.</summary>
    public int Unsigned => Volatile.Read(ref unsigned);

    /// <summary>How often each jti was paid: a second payment would be a second entry.</summary>
    public ConcurrentBag<string> Payments { get; } = [];
    public ConcurrentQueue<(JsonObject Body, string Sat)> Calls { get; } = [];

    /// <summary>What happens on the socket after a payment was asked for; the text is the transaction's id.</summary>
    public Func<Socket, string, CancellationToken, Task> Answer { get; set; }

    /// <summary>Whether the money moves before the answer.</summary>
    public bool Pays { get; set; } = true;

    /// <summary>Whether it answers questions about a jti at all.</summary>
    public bool Knows { get; set; } = true;

    public static Task Completed(Socket socket, string transaction, CancellationToken ct) =>
        Json(socket, 200, $$"""{"success":true,"transactionId":"{{transaction}}","status":"completed"}""", ct);

    public static Func<Socket, string, CancellationToken, Task> Says(int status, string body) =>
        (socket, _, ct) => Json(socket, status, body, ct);

    public static Task Hangs(Socket socket, string transaction, CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    public static Task Resets(Socket socket, string transaction, CancellationToken ct)
    {
        socket.LingerState = new LingerOption(true, 0);
        return Task.CompletedTask;
    }

    public static async Task Drips(Socket socket, string transaction, CancellationToken ct)
    {
        await Send(socket, "HTTP/1.1 200 OK\r\n\r\n{", ct);
        while (true)
        {
            await Task.Delay(200, ct);
            await Send(socket, " ", ct);
        }
    }

    public static Task Json(Socket socket, int status, string body, CancellationToken ct) => Send(socket,
        $"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: {body.Length}\r\n\r\n{body}", ct);

    private static async Task Send(Socket socket, string text, CancellationToken ct) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), ct);

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptSocketAsync(end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task Serve(Socket socket)
    {
        using (socket)
            try
            {
                while (await Read(socket) is { } request) await Take(socket, request);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task Take(Socket socket, Request request)
    {
        if (!IsSigned(request)) Interlocked.Increment(ref unsigned);
        if (request.Method == "GET")
        {
            var jti = request.Path.Split("satJti=") is [_, var asked] ? asked : null;
            if (jti is null)
            {
                Interlocked.Increment(ref checks);
                await Json(socket, 200, "{}", end.Token);
                return;
            }
            Interlocked.Increment(ref questions);
            if (!Knows) await Json(socket, 503, "{}", end.Token);
            else if (paid.TryGetValue(jti, out var known)) await Completed(socket, known, end.Token);
            // Never seen: remembered as refused, so that it would not be paid if it came late.
            else await Json(socket, 200, """{"success":false,"errorCode":"NOT_RECEIVED"}""", end.Token);
            return;
        }
        Interlocked.Increment(ref posts);
        var body = JsonNode.Parse(request.Body)!.AsObject();
        Calls.Enqueue((body, request.Headers.GetValueOrDefault("x-bursar-sat", "")));
        var id = body["satJti"]!.GetValue<string>();
        var transaction = $"tx-{id}";
        if (Pays)
        {
            Payments.Add(id);
            paid[id] = transaction;
        }
        await Answer(socket, transaction, end.Token);
        if (Answer != Completed) socket.Shutdown(SocketShutdown.Both);
    }

    private bool IsSigned(Request request)
    {
        var timestamp = request.Headers.GetValueOrDefault("x-bursar-timestamp", "");
        var isNext = IsBy(NextSecret);
        if (isNext) Interlocked.Increment(ref signedByNext);
        return request.Headers.GetValueOrDefault("authorization") == $"Bearer {Token}"
            && (isNext || IsBy(Secret))
            && Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) < 60;

        bool IsBy(string? secret) => secret is not null && request.Headers.GetValueOrDefault("x-bursar-signature") == Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{request.Body}")));
    }

    private async Task<Request?> Read(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[16384];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, end.Token);
            if (received == 0) return null;
            text.Append(Encoding.UTF8.GetString(buffer, 0, received));
            var whole = text.ToString();
            var at = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (at < 0) continue;
            var lines = whole[..at].Split("\r\n");
            var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(p => p[0].ToLowerInvariant(), p => p[1]);
            var length = int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
            if (whole.Length - at - 4 < length) continue;
            var first = lines[0].Split(' ');
            return new Request(first[0], first[1], headers, whole[(at + 4)..]);
        }
    }

    private sealed record Request(string Method, string Path, Dictionary<string, string> Headers, string Body);

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
    }
}

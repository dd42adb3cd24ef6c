using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;
using Bursar.Platform.Outbound;
using Bursar.Tests.Given;

namespace Bursar.Tests.Webhooks;

/// <summary>
/// The webhook doctor names what is wrong: on the way there, in the answer, in the clock, in the secret, in a pasted message.
/// On a product of its own: a process that may not call loopback would refuse the deliveries of other tests.
/// </summary>
public sealed class DoctorTests(Product product) : IClassFixture<Product>
{
    private static string Finding(Answer report, string check, string outcome)
    {
        var finding = report.Json["findings"]!.AsArray().Single(f => f!["check"]!.GetValue<string>() == check)!;
        Assert.True(finding["outcome"]!.GetValue<string>() == outcome, report.Body);
        return finding["detail"]!.GetValue<string>();
    }

    private static async Task<Answer> Examine(Client api, string url)
    {
        var endpoint = (await api.Post("/v1/webhook-endpoints", new { url })).Is(HttpStatusCode.Created).Text("id");
        return (await api.Post($"/v1/webhook-endpoints/{endpoint}/diagnosis", new { })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_receiver_that_is_well_is_told_so()
    {
        await using var receiver = await Receiver.Start();
        var w = await product.Workspace();
        receiver.Secret = WebhookSignature.NewSecret();
        var report = await Examine(w.Api, receiver.Url);
        // It holds another secret, and that is what the doctor says.
        Assert.Contains("signature", Finding(report, "answer", "problem"), StringComparison.Ordinal);
        Assert.False(report.Json["healthy"]!.GetValue<bool>());
        var second = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url + "?2" })).Is(HttpStatusCode.Created);
        receiver.Secret = second.Text("secret");
        var well = await w.Api.Post($"/v1/webhook-endpoints/{second.Text("id")}/diagnosis", new { });
        Assert.True(well.Json["healthy"]!.GetValue<bool>(), well.Body);
        Assert.DoesNotContain(second.Text("secret"), well.Body, StringComparison.Ordinal);
        // Its call is no event: not in the feed, not among the deliveries.
        Assert.DoesNotContain("test.ping", (await w.Api.Get("/v1/events?after=0")).Body, StringComparison.Ordinal);
        Assert.Empty((await w.Api.Get("/v1/deliveries")).Json["data"]!.AsArray());
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/new?token=abc\r\nContent-Length: 0\r\n\r\n",
        "a redirect to https://elsewhere.example/new.")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "takes no POST at this path")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "checks the signature with another secret")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "its own log knows why")]
    [InlineData("hello\r\n\r\n", "not HTTP")]
    public async Task a_bad_answer_is_explained(string answer, string explanation)
    {
        using var receiver = RawReceiver.Start(answer);
        Assert.Contains(explanation, Finding(await Examine((await product.Workspace()).Api, receiver.Url), "answer", "problem"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_clock_is_seen()
    {
        var late = TimeProvider.System.GetUtcNow().AddMinutes(-9).ToString("r");
        using var receiver = RawReceiver.Start($"HTTP/1.1 200 OK\r\nDate: {late}\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("behind ours", Finding(await Examine((await product.Workspace()).Api, receiver.Url), "clock", "problem"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_way_there_is_told_step_by_step()
    {
        var w = await product.Workspace();
        var closed = RawReceiver.Start("");
        closed.Dispose();
        var refused = await Examine(w.Api, closed.Url);
        Assert.Contains("refused", Finding(refused, "connection", "problem"), StringComparison.Ordinal);
        Finding(refused, "tls", "skipped");

        using var tls = RawReceiver.Start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Certificate("localhost", days: 30));
        Assert.Contains("for another host", Finding(await Examine(w.Api, tls.Url), "tls", "problem"), StringComparison.Ordinal);
        using var unknown = RawReceiver.Start("", Certificate("127.0.0.1", days: 30));
        Assert.Contains("does not know", Finding(await Examine(w.Api, unknown.Url), "tls", "problem"), StringComparison.Ordinal);
        using var plain = RawReceiver.Start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("does not speak TLS", Finding(await Examine(w.Api, plain.Url.Replace("http:", "https:", StringComparison.Ordinal)),
            "tls", "problem"),
            StringComparison.Ordinal);

        // Saved while the operator had opened the range, examined after it was closed again.
        var (app, address) = await product.Serve(outbound: new OutboundRules([], LoopbackInTest: false));
        await using var _ = app;
        var endpoint = (await w.Api.Get("/v1/webhook-endpoints")).Json["data"]![0]!["id"]!.GetValue<string>();
        var closedRange = await w.Through(address).Post($"/v1/webhook-endpoints/{endpoint}/diagnosis", new { });
        Assert.Contains("private or reserved", Finding(closedRange, "private_address", "problem"), StringComparison.Ordinal);
        Finding(closedRange, "connection", "skipped");
    }

    [Fact]
    public async Task a_pasted_message_is_held_against_what_was_sent()
    {
        await using var receiver = await Receiver.Start();
        var w = await product.Workspace();
        var made = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url })).Is(HttpStatusCode.Created);
        receiver.Secret = made.Text("secret");
        var (endpoint, secret) = (made.Text("id"), made.Text("secret"));
        (await w.Api.Post($"/v1/webhook-endpoints/{endpoint}/test", new { })).Is(HttpStatusCode.Accepted);
        for (var i = 0; i < 100 && receiver.Accepted == 0; i++) await Task.Delay(50);
        var (_, _, id, body) = Assert.Single(receiver.Events);
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        Task<Answer> Verify(string text, string signature, string? held = null, long? when = null) =>
            w.Api.Post("/v1/webhook-verifications",
            new { endpointId = endpoint, id, timestamp = $"{when ?? at}", signature, body = text, secret = held });
        string Sign(string text, string by, long? when = null) => WebhookSignature.Sign(by, id, when ?? at, Encoding.UTF8.GetBytes(text));

        var genuine = await Verify(body, Sign(body, secret), secret);
        Assert.True(genuine.Json["valid"]!.GetValue<bool>(), genuine.Body);
        Assert.DoesNotContain(secret, genuine.Body, StringComparison.Ordinal);

        var reformatted = JsonNode.Parse(body)!.ToJsonString(new() { WriteIndented = true });
        var parsed = await Verify(reformatted, Sign(body, secret));
        Assert.False(parsed.Json["valid"]!.GetValue<bool>());
        Assert.Contains("raw body", Finding(parsed, "body", "problem"), StringComparison.Ordinal);

        var other = WebhookSignature.NewSecret();
        Assert.Contains("not this endpoint's", Finding(await Verify(body, Sign(body, other), other), "secret", "problem"),
            StringComparison.Ordinal);
        Assert.Contains("line end", Finding(await Verify(body, Sign(body, secret), secret + "\n"), "secret", "problem"),
            StringComparison.Ordinal);
        Assert.Contains("without whsec_", Finding(await Verify(body, Sign(body, secret), secret[6..]), "secret", "problem"),
            StringComparison.Ordinal);
        Assert.Contains("has not the form", Finding(await Verify(body, Sign(body, secret), "whsec_short"), "secret", "problem"),
            StringComparison.Ordinal);
        var byText = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret),
            Encoding.UTF8.GetBytes($"{id}.{at}.{body}")));
        Assert.Contains("text of the secret", Finding(await Verify(body, byText), "signature", "problem"), StringComparison.Ordinal);
        Assert.Contains("begins with v1", Finding(await Verify(body, "deadbeef"), "signature", "problem"), StringComparison.Ordinal);
        Assert.Contains("minutes old", Finding(await Verify(body, Sign(body, secret, at - 3600), null, at - 3600), "timestamp", "warning"),
            StringComparison.Ordinal);
        Assert.Contains("character 2", Finding(await Verify("{!" + body[2..], Sign(body, secret)), "body", "problem"),
            StringComparison.Ordinal);
        var foreign = await product.Workspace();
        (await foreign.Api.Post("/v1/webhook-verifications",
            new { endpointId = endpoint, id, timestamp = $"{at}", signature = "v1,x", body })).Refuses("not_found");
    }

    private static X509Certificate2 Certificate(string name, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Answers every connection with the same bytes, in clear or behind TLS.</summary>
    private sealed class RawReceiver : IDisposable
    {
        private readonly TcpListener listener;

        public string Url { get; private init; } = "";

        public static RawReceiver Start(string answer, X509Certificate2? certificate = null)
        {
            var listening = new TcpListener(IPAddress.Loopback, 0);
            listening.Start();
            var receiver = new RawReceiver(listening)
            {
                Url = $"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)listening.LocalEndpoint).Port}/hook",
            };
            _ = receiver.Accept(answer, certificate);
            return receiver;
        }

        private RawReceiver(TcpListener listening) => listener = listening;

        private async Task Accept(string answer, X509Certificate2? certificate)
        {
            try
            {
                while (true) _ = Serve(await listener.AcceptTcpClientAsync(), answer, certificate);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        }

        private static async Task Serve(TcpClient client, string answer, X509Certificate2? certificate)
        {
            try
            {
                using (client)
                await using (Stream stream = certificate is null ? client.GetStream() : new SslStream(client.GetStream()))
                {
                    if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(certificate!);
                    _ = await stream.ReadAsync(new byte[4096]);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                    client.Client.Shutdown(SocketShutdown.Send);
                    await Task.Delay(100);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException) { }
        }

        public void Dispose() => listener.Dispose();
    }
}

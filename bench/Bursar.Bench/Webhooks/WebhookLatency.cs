using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Bursar.Core.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bursar.Bench;

/// <summary>Percentiles of commit to delivery; the goal is a p95 of 100 ms at 200 events/s with a healthy receiver.</summary>
public sealed record WebhookLatencies(
    int Expected, int Arrived, int Unverifiable, double PerSecond, TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Most)
{
    public override string ToString() =>
        $"{Arrived} of {Expected} events, {PerSecond:0}/s, p50 {P50.TotalMilliseconds:0} ms, p95 {P95.TotalMilliseconds:0} ms, "
        + $"p99 {P99.TotalMilliseconds:0} ms, max {Most.TotalMilliseconds:0} ms, {Unverifiable} unverifiable";
}

/// <summary>
/// Transfers at a steady rate, whoever waits (open loop); each books two events. An event's time runs from its booking
/// (<c>occurredAt</c>, which is before the commit) to the moment a real receiver has its whole body and has verified it.
/// </summary>
public static class WebhookLatency
{
    private const int EventsPerTransfer = 2;
    private static readonly string[] Events = ["transfer.approved", "transfer.succeeded"];

    public static async Task<WebhookLatencies> Measure(Uri address, string key, int eventsPerSecond, TimeSpan duration)
    {
        var taken = new ConcurrentBag<TimeSpan>();
        var unverifiable = 0;
        var secret = "";
        await using var receiver = Receiver();
        receiver.MapPost("/hook", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var now = DateTimeOffset.UtcNow;
            var headers = http.Request.Headers;
            var at = long.Parse(headers["webhook-timestamp"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            var right = WebhookSignature.Verify(
                secret, headers["webhook-id"].ToString(), at, body.ToArray(), headers["webhook-signature"].ToString(), now);
            if (!right) Interlocked.Increment(ref unverifiable);
            taken.Add(now - JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("occurredAt").GetDateTimeOffset());
            return Results.NoContent();
        });
        await receiver.StartAsync();
        var url = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";

        using var http = Api(address, key);
        var topUp = await Post(http, "/v1/top-ups", new { amount = 100_000_000_000, bankCode = "bca" });
        await Post(http, "/v1/test/payments", new { collectionId = topUp.GetProperty("id").GetString() });
        var endpoint = await Post(http, "/v1/webhook-endpoints", new { url, events = Events });
        secret = endpoint.GetProperty("secret").GetString()!;

        var watch = Stopwatch.StartNew();
        var every = TimeSpan.FromSeconds((double)EventsPerTransfer / eventsPerSecond);
        var asked = new List<Task>();
        while (watch.Elapsed < duration)
        {
            asked.Add(Post(http, "/v1/transfers", new { amount = 10_000, bankCode = "bca", accountNumber = "5270997481" }));
            if (every * asked.Count - watch.Elapsed is var wait && wait > TimeSpan.Zero) await Task.Delay(wait);
        }
        await Task.WhenAll(asked);
        var rate = EventsPerTransfer * asked.Count / watch.Elapsed.TotalSeconds;
        for (var i = 0; i < 300 && taken.Count < EventsPerTransfer * asked.Count; i++) await Task.Delay(100);
        var sorted = taken.Order().ToList();
        TimeSpan At(double share) => sorted.Count == 0 ? TimeSpan.MaxValue : sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
        return new WebhookLatencies(EventsPerTransfer * asked.Count, sorted.Count, unverifiable, rate, At(0.5), At(0.95), At(0.99), At(1));
    }

    private static WebApplication Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private static HttpClient Api(Uri address, string key)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    private static async Task<JsonElement> Post(HttpClient http, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString("N"));
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

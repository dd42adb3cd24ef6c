using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bursar.Tests.Rails;

/// <summary>
/// The other side of an http rail on a real socket. It checks every signature, counts what it is sent, and answers as
/// <see cref="Submitted"/>, <see cref="Asked"/>, <see cref="Inquired"/> and <see cref="InquiredAgain"/> say.
/// </summary>
public sealed class PartnerServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new();
    private int unsigned;

    private PartnerServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";
    public string[] Secrets { get; set; } = [];
    public Uri? CallbackUrl { get; set; }
    public Func<HttpContext, JsonNode, Task> Submitted { get; set; } =
        (context, order) => Say(context, 200, Answer(order["disbursementId"]!.GetValue<string>(), "accepted"));
    public Func<HttpContext, string, Task> Asked { get; set; } = (context, id) => Say(context, 200, Answer(id, "accepted"));

    public Func<HttpContext, JsonNode, Task> Inquired { get; set; } =
        (context, question) => Say(context, 200, Holder(question["inquiryId"]!.GetValue<string>(), "pending"));
    public Func<HttpContext, string, Task> InquiredAgain { get; set; } = (context, id) => Say(context, 200, Holder(id, "pending"));

    /// <summary>The ids of the inquiries that it was sent, in order.</summary>
    public ConcurrentQueue<string> Inquiries { get; } = new();

    /// <summary>Calls whose signature was not right.</summary>
    public int Unsigned => unsigned;

    /// <summary>How often each order was sent.</summary>
    public ConcurrentDictionary<string, int> Submissions { get; } = new();

    public static async Task<PartnerServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PartnerServer(builder.Build());
        server.app.MapPost("/disbursements", (RequestDelegate)server.Submit);
        server.app.MapGet("/disbursements/{id}", (RequestDelegate)server.Ask);
        server.app.MapPost("/account-inquiries", (RequestDelegate)server.Inquire);
        server.app.MapGet("/account-inquiries/{id}", (RequestDelegate)server.InquireAgain);
        await server.app.StartAsync();
        server.Url = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    public static string Answer(string id, string status, string? reason = null) =>
        new JsonObject { ["disbursementId"] = id, ["status"] = status, ["reason"] = reason, ["providerReference"] = $"p-{id}" }
            .ToJsonString();

    public static string Holder(string id, string status, string? name = null) =>
        new JsonObject { ["inquiryId"] = id, ["status"] = status, ["accountHolder"] = name }.ToJsonString();

    public static async Task Say(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    /// <summary>Tells Bursar by a signed callback, or by one that is signed wrongly or long ago.</summary>
    public async Task<HttpStatusCode> CallBack(string body, string? secret = null, TimeSpan age = default)
    {
        var id = Guid.CreateVersion7().ToString("N");
        var timestamp = (DateTimeOffset.UtcNow - age).ToUnixTimeSeconds();
        using var call = new HttpRequestMessage(HttpMethod.Post, CallbackUrl)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        call.Headers.Add("webhook-id", id);
        call.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        call.Headers.Add("webhook-signature", WebhookSignature.Sign(secret ?? Secrets[1], id, timestamp, Encoding.UTF8.GetBytes(body)));
        using var answer = await http.SendAsync(call);
        return answer.StatusCode;
    }

    private async Task Submit(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Check(context, body);
        var order = JsonNode.Parse(body)!;
        Submissions.AddOrUpdate(order["disbursementId"]!.GetValue<string>(), 1, (_, n) => n + 1);
        await Submitted(context, order);
    }

    private Task Ask(HttpContext context)
    {
        Check(context, "");
        return Asked(context, context.Request.RouteValues["id"]!.ToString()!);
    }

    private async Task Inquire(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Check(context, body);
        var question = JsonNode.Parse(body)!;
        Inquiries.Enqueue(question["inquiryId"]!.GetValue<string>());
        await Inquired(context, question);
    }

    private Task InquireAgain(HttpContext context)
    {
        Check(context, "");
        return InquiredAgain(context, context.Request.RouteValues["id"]!.ToString()!);
    }

    private void Check(HttpContext context, string body)
    {
        var headers = context.Request.Headers;
        if (!WebhookSignature.Verify(Secrets[0], headers["webhook-id"]!,
            long.Parse(headers["webhook-timestamp"]!, CultureInfo.InvariantCulture), Encoding.UTF8.GetBytes(body), headers["webhook-signature"]!, DateTimeOffset.UtcNow)) Interlocked.Increment(ref unsigned);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using Bursar.Sdk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bursar.Tests.Webhooks;

/// <summary>The receiver that Bursar.Sdk makes: a server of its own that knows nothing of Bursar but what the SDK does.</summary>
public sealed class SdkReceiver : VerifyingReceiver
{
    private readonly WebApplication app;

    private SdkReceiver(WebApplication app) : base(app.Urls.Single()) => this.app = app;

    public static async Task<VerifyingReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var hook = new Hook();
        app.MapPost("/hook", (Delegate)hook.Take);
        app.MapPost("/secret", async (HttpRequest request) =>
            hook.Verifier = new WebhookVerifier([await new StreamReader(request.Body).ReadToEndAsync()]));
        app.MapGet("/counts", () => $"{hook.Taken} {hook.Repeated} {hook.Refused}");
        app.MapGet("/last", () => Results.Json(hook.Last));
        await app.StartAsync();
        return new SdkReceiver(app);
    }

    protected override ValueTask Stop() => app.DisposeAsync();

    private sealed class Hook
    {
        private readonly ConcurrentDictionary<string, bool> seen = [];
        private int repeated, refused;

        public WebhookVerifier? Verifier { get; set; }
        public int Taken => seen.Count;
        public int Repeated => repeated;
        public int Refused => refused;
        public ReceivedMessage? Last { get; private set; }

        public async Task<IResult> Take(HttpRequest request)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            string Header(string name) => request.Headers[name].ToString();
            try
            {
                Verifier!.Verify(Header, body.ToArray());
            }
            catch (WebhookRefusedException)
            {
                Interlocked.Increment(ref refused);
                return Results.BadRequest();
            }
            if (!seen.TryAdd(Header("webhook-id"), true))
            {
                Interlocked.Increment(ref repeated);
                return Results.Ok();
            }
            Last = new(Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"),
                System.Text.Encoding.UTF8.GetString(body.ToArray()));
            return Results.NoContent();
        }
    }
}

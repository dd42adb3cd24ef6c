using System.Collections.Concurrent;
using Bursar.Sdk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bursar.Tests.Spending;

public sealed record HeardCallback(string Path, string Id, string Body, bool HasToken, ApprovalCallback? Callback);

/// <summary>
/// An agent's own address, verifying what comes as its integrator would, with the SDK; <see cref="Answer"/> decides what it says.
/// </summary>
public sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<HeardCallback> heard = [];

    private CallbackReceiver(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";
    public string Secret { get; set; } = "";
    public Func<int, int> Answer { get; set; } = _ => 204;
    public IReadOnlyList<HeardCallback> Heard => [.. heard];

    public static async Task<CallbackReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new CallbackReceiver(builder.Build());
        receiver.app.MapPost("/{**path}", (Delegate)receiver.Take);
        await receiver.app.StartAsync();
        receiver.Url = receiver.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return receiver;
    }

    public async Task<IReadOnlyList<HeardCallback>> Until(int count)
    {
        for (var i = 0; i < 200 && heard.Count < count; i++) await Task.Delay(50);
        Assert.Equal(count, heard.Count);
        return Heard;
    }

    private async Task<IResult> Take(HttpContext http)
    {
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        ApprovalCallback? callback = null;
        try
        {
            callback = new WebhookVerifier([Secret]).VerifyCallback(name => http.Request.Headers[name], body);
        }
        catch (WebhookRefusedException)
        {
            // Heard all the same, as not from Bursar.
        }
        heard.Enqueue(new HeardCallback(http.Request.Path, http.Request.Headers["webhook-id"].ToString(),
            System.Text.Encoding.UTF8.GetString(body),
            http.Request.Headers.ContainsKey("X-Callback-Token"), callback));
        return Results.StatusCode(Answer(heard.Count));
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

using System.Collections.Concurrent;
using Bursar.Sdk;
using Bursar.Tests.Given;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

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
        var receiver = new CallbackReceiver(LocalServer.Make());
        receiver.app.MapPost("/{**path}", (Delegate)receiver.Take);
        receiver.Url = await receiver.app.Listen();
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

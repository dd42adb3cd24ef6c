using Bursar.Tests.Given;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bursar.Tests.Webhooks;

/// <summary>Fails every call and answers with all the headers it got.</summary>
public sealed class EchoReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private int calls;

    private EchoReceiver(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";
    public int Calls => Volatile.Read(ref calls);

    public static async Task<EchoReceiver> Start()
    {
        var receiver = new EchoReceiver(LocalServer.Make());
        receiver.app.MapPost("/hook", (HttpContext http) =>
        {
            Interlocked.Increment(ref receiver.calls);
            return Results.Text(string.Join('\n', http.Request.Headers.Select(h => $"{h.Key}: {h.Value}")), statusCode: 500);
        });
        receiver.Url = await receiver.app.Listen() + "/hook";
        return receiver;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

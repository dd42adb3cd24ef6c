using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new EchoReceiver(builder.Build());
        receiver.app.MapPost("/hook", (HttpContext http) =>
        {
            Interlocked.Increment(ref receiver.calls);
            return Results.Text(string.Join('\n', http.Request.Headers.Select(h => $"{h.Key}: {h.Value}")), statusCode: 500);
        });
        await receiver.app.StartAsync();
        receiver.Url = receiver.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";
        return receiver;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

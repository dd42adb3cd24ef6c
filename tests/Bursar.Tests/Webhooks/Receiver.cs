using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;
using Bursar.Tests.Given;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bursar.Tests.Webhooks;

/// <summary>A real HTTP receiver that checks every signature; <see cref="Answer"/> decides what it says.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentBag<(string Type, string Id, string EventId, string Body)> events = [];
    private readonly ConcurrentBag<string> tokens = [];
    private int refused;
    private int calls;

    private Receiver(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";
    public string Secret { get; set; } = "";
    public Func<int, int> Answer { get; set; } = _ => 204;
    /// <summary>Told of every body that it took, in the moment it did.</summary>
    public Action<JsonNode> Taken { get; set; } = _ => { };
    public int Refused => refused;
    public int Accepted => events.Count;
    /// <summary>The X-Callback-Token of every accepted delivery.</summary>
    public IReadOnlyList<string> Tokens => [.. tokens];

    public IReadOnlyList<(string Type, string Id, string EventId, string Body)> Events => [.. events];

    public HashSet<string> Subjects(string type) => [.. events.Where(e => e.Type == type).Select(e => e.Id)];

    public static async Task<Receiver> Start()
    {
        var receiver = new Receiver(LocalServer.Make());
        receiver.app.MapPost("/hook", (Delegate)receiver.Take);
        receiver.Url = await receiver.app.Listen() + "/hook";
        return receiver;
    }

    private async Task<IResult> Take(HttpContext http)
    {
        var status = Answer(Interlocked.Increment(ref calls));
        if (status is < 200 or > 299) return Results.StatusCode(status);
        using var memory = new MemoryStream();
        await http.Request.Body.CopyToAsync(memory);
        var headers = http.Request.Headers;
        var id = headers["webhook-id"].ToString();
        if (!WebhookSignature.Verify(Secret, id,
            long.Parse(headers["webhook-timestamp"]!, System.Globalization.CultureInfo.InvariantCulture), memory.ToArray(),
            headers["webhook-signature"]!, DateTimeOffset.UtcNow))
        {
            Interlocked.Increment(ref refused);
            return Results.StatusCode(400);
        }
        var body = System.Text.Encoding.UTF8.GetString(memory.ToArray());
        var json = JsonNode.Parse(body)!;
        Taken(json);
        tokens.Add(headers["X-Callback-Token"].ToString());
        events.Add((json["type"]!.GetValue<string>(), json["data"]!["id"]?.GetValue<string>() ?? "", id, body));
        return Results.StatusCode(status);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

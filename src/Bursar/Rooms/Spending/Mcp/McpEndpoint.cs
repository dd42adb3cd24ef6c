using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Bursar.Rooms.Spending.Mcp;

/// <summary>
/// POST /mcp: the Model Context Protocol over streamable HTTP, stateless: each request stands for itself, so any process answers it and
/// none keeps a session (docs/decisions/0030). Only a key of scope spend comes in: a program that strangers can steer gets no other.
/// </summary>
public sealed class McpEndpoint(Callers callers, AgentTools tools) : IDisposable
{
    private const int AtOnceMax = 256;

    /// <summary>Longer than any tool takes. It ends streams that wait for news, which a stateless server never has.</summary>
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(60);

    /// <summary>The revisions that begin with a handshake. A client of a later one gets 400, and then begins with it.</summary>
    private static readonly string[] Versions = ["2024-11-05", "2025-03-26", "2025-06-18", Newest];
    public const string Newest = "2025-11-25";

    private static readonly JsonSerializerOptions Wire = new(McpJsonUtilities.DefaultOptions) { MaxDepth = 32 };
    public static readonly Implementation Self = new() { Name = "bursar", Version = Frame.Version };

    private readonly SemaphoreSlim places = new(AtOnceMax);

    public async Task Handle(HttpContext http)
    {
        var actor = await Agent(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        if (WrongHeaders(http.Request) is { } wrong) { await Problems.Write(http, wrong); return; }
        var message = await Read(http);
        if (!message.Ok) { await Problems.Write(http, message.Error); return; }
        if (!await places.WaitAsync(TimeSpan.Zero)) { await Problems.Write(http, Full()); return; }
        try
        {
            await Answer(http, actor.Value, message.Value);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<Result<Actor>> Agent(HttpContext http)
    {
        var found = await callers.Of(http);
        if (!found.Ok) return found;
        if (found.Value.Require(Permission.RequestSpends) is { } denied) return denied;
        return found.Value is { Kind: PrincipalKind.ApiKey, Permissions: Permission.RequestSpends }
            ? found
            : new Error(Errors.PermissionDenied, "An agent comes with an API key of scope spend, made for it alone.")
                .With("missingPermission", "scope:spend");
    }

    /// <summary>
    /// What the transport asks of every request. A page of a foreign site is refused, also where a name leads it to this address.
    /// </summary>
    private static Error? WrongHeaders(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}")
            return new Error(Errors.PermissionDenied, "No page of another site talks to this address.")
                .With("missingPermission", "origin:" + request.Host);
        var version = request.Headers["MCP-Protocol-Version"].ToString();
        if (version.Length > 0 && !Versions.Contains(version))
            return new Error(Errors.InvalidParameter, $"Known protocol versions: {string.Join(", ", Versions)}.")
            { Fields = [new FieldError("MCP-Protocol-Version", "unsupported", "Use one of these.")] };
        var accepted = request.GetTypedHeaders().Accept;
        return Accepts(accepted, "application/json") && Accepts(accepted, "text/event-stream")
            ? null
            : new Error(Errors.NotAcceptable, "Accept both application/json and text/event-stream.");
    }

    private static bool Accepts(IList<MediaTypeHeaderValue> accepted, string type) => accepted.Any(a => a.MatchesMediaType(type));

    private static async Task<Result<JsonRpcMessage>> Read(HttpContext http)
    {
        if (!http.Request.HasJsonContentType()) return Problems.Of(415);
        try
        {
            return await JsonSerializer.DeserializeAsync<JsonRpcMessage>(http.Request.Body, Wire, http.RequestAborted) is { } message
                ? message
                : new Error(Errors.MalformedJson, "The body must be one JSON-RPC message.");
        }
        catch (JsonException)
        {
            return new Error(Errors.MalformedJson, "The body must be one JSON-RPC message.");
        }
    }

    /// <summary>A server for this one message. What a tool has begun goes on when the client leaves.</summary>
    private async Task Answer(HttpContext http, Actor actor, JsonRpcMessage message)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(RequestMax);
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using var server = McpServer.Create(transport, OptionsFor(http, actor));
        var serving = server.RunAsync(limit.Token);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            if (await transport.HandlePostRequestAsync(message, http.Response.Body, limit.Token)) return;
            http.Response.ContentType = null;
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Nobody is listening any more, or it was a stream that only waits.
        }
        finally
        {
            await transport.DisposeAsync();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private McpServerOptions OptionsFor(HttpContext http, Actor actor) => new()
    {
        ServerInfo = Self,
        ServerInstructions = AgentTools.Instructions,
        ScopeRequests = false,
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = (_, _) => new(new ListToolsResult { Tools = tools.List }),
            CallToolHandler = (call, _) => new(tools.Call(http, actor, call.Params)),
        },
    };

    public void Dispose() => places.Dispose();

    private static Error Full() => new(Errors.Overloaded, "Too many agents talk at once. Nothing was done; try again in a moment.");
}

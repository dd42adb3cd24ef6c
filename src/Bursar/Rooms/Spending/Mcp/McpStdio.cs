using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Bursar.Rooms.Spending.Mcp;

/// <summary>
/// <c>bursar mcp</c>: the same tools on standard input and output, for programs that start their servers themselves. It is a client of a
/// running Bursar and nothing more: BURSAR_URL says where it is, BURSAR_API_KEY which agent's key to show.
/// </summary>
public static class McpStdio
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(15);

    public static async Task<int> Run(CancellationToken ct)
    {
        var key = Environment.GetEnvironmentVariable("BURSAR_API_KEY");
        if (string.IsNullOrEmpty(key)) return await Fail("set BURSAR_API_KEY to a key of scope spend");
        var url = Environment.GetEnvironmentVariable("BURSAR_URL") is { Length: > 0 } given ? given : "http://127.0.0.1:8080";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return await Fail("BURSAR_URL must be an address, such as http://127.0.0.1:8080");
        try
        {
            await using var bursar = await Connect(address, key, ct);
            await using var transport = new StdioServerTransport("bursar");
            await using var server = McpServer.Create(transport, Relay(bursar));
            await server.RunAsync(ct);
            return 0;
        }
        catch (Exception e) when (e is HttpRequestException or McpException or TimeoutException)
        {
            return await Fail($"{address} did not answer as it should: {e.Message}");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static Task<McpClient> Connect(Uri address, string key, CancellationToken ct) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(address, "/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + key },
            EnableStandaloneGetStream = false,
        }),
        new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "bursar mcp", Version = McpEndpoint.Self.Version },
            ProtocolVersion = McpEndpoint.Newest,
            InitializationTimeout = ConnectMax,
        },
        cancellationToken: ct);

    private static McpServerOptions Relay(McpClient bursar) => new()
    {
        ServerInfo = McpEndpoint.Self,
        ServerInstructions = bursar.ServerInstructions,
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = (_, ct) => Told(bursar.ListToolsAsync(new ListToolsRequestParams(), ct)),
            CallToolHandler = (call, ct) => Told(bursar.CallToolAsync(call.Params, ct)),
        },
    };

    /// <summary>What kept the answer away is told to the agent: whether a payment was allowed is not known then.</summary>
    private static async ValueTask<T> Told<T>(ValueTask<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new McpException($"Bursar gave no answer ({e.Message}). Ask again with the same idempotencyKey.", e);
        }
    }

    private static async Task<int> Fail(string why)
    {
        await Console.Error.WriteLineAsync($"bursar: {why}");
        return 1;
    }
}

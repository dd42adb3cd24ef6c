using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bursar.Bench;

/// <summary>A cluster of the bench's own with stock durability, and hosts on it. Everything it made is gone afterwards.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly string folder = Directory.CreateDirectory($"/tmp/bursar-bench-{Guid.CreateVersion7():N}").FullName;
    private static readonly string[] Blocked = ["bca:6660000001"];
    private static readonly string[] Kinds = ["money_transfer"];
    private readonly List<Host> hosts = [];

    public string Connection { get; private set; } = "";
    public Database Database { get; private set; } = null!;
    public int Postmaster { get; private set; }

    public static async Task<Scene> Open()
    {
        var scene = new Scene();
        scene.Connection = await PrivateCluster.EnsureStarted(scene.folder, TextWriter.Null, CancellationToken.None);
        scene.Database = new Database(scene.Connection);
        await Migrator.Migrate(scene.Database.Login, TextWriter.Null, CancellationToken.None);
        await using var connection = await scene.Database.Login.OpenConnectionAsync();
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
            if (await connection.ExecuteScalarAsync<string>($"show {setting}") != "on")
                throw new InvalidOperationException($"{setting} is off: figures without durability mean nothing");
        using var reader = new StreamReader(typeof(Scene).Assembly.GetManifestResourceStream("one_trip.sql")!);
        await connection.ExecuteAsync(await reader.ReadToEndAsync());
        await connection.ExecuteAsync("grant execute on all functions in schema bursar to bursar_engine");
        var data = await connection.ExecuteScalarAsync<string>("show data_directory");
        scene.Postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(data!, "postmaster.pid")))[0],
            CultureInfo.InvariantCulture);
        return scene;
    }

    public async Task<Host> Start(bool workers = false)
    {
        var host = new Host(await Host.Launch(folder, Connection, workers));
        hosts.Add(host);
        return host;
    }

    /// <summary>A workspace with money and one policy of every common rule; its first transfer has gone through the product.</summary>
    public async Task<Client> Workspace(Uri address, long deposit, long dailyLimit)
    {
        await using var app = BenchHost.Parts(Database, folder, "http://127.0.0.1:0").Build();
        var name = $"w{Guid.CreateVersion7():N}";
        var made = await app.Services.GetRequiredService<WorkspaceSetup>()
            .Create(name, $"{name}@example.test", "Ada Admin", "a long bench password", liveActive: false, "pro");
        var key = await app.Services.GetRequiredService<ApiKeys>()
            .Create(made.Value.Admin, new NewApiKey("Bench", KeyScope.Full, CanWritePolicies: true));
        var client = new Client(address, key.Value.Key!, made.Value.Workspace.Value);
        await client.Post("/v1/policies", new
        {
            name = "Everyday",
            maxSingleAmount = 50_000_000,
            dailyLimit,
            monthlyLimit = dailyLimit,
            blockedMerchants = Blocked,
            scope = new { kinds = Kinds },
        });
        var topUp = await client.Post("/v1/top-ups", new { amount = deposit, bankCode = "bca" });
        await client.Post("/v1/test/payments", new { collectionId = topUp["id"]!.GetValue<string>() });
        await client.Post("/v1/transfers", Client.Transfer(10_000));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts) await host.DisposeAsync();
        await Database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await PrivateCluster.StopIfIdle(folder);
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>One process of the product.</summary>
internal sealed class Host((Process Process, Uri Address) running) : IAsyncDisposable
{
    public Uri Address => running.Address;
    public int Id => running.Process.Id;

    public static async Task<(Process, Uri)> Launch(string folder, string connection, bool workers)
    {
        var port = FreePort();
        var info = new ProcessStartInfo("dotnet",
            [typeof(Host).Assembly.Location, "host", port.ToString(CultureInfo.InvariantCulture), folder, connection,
                .. workers ? ["workers"] : Array.Empty<string>()])
        { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(info)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("the host did not start");
        return (process, new Uri($"http://127.0.0.1:{port}"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        running.Process.StandardInput.Close();
        await running.Process.WaitForExitAsync();
        running.Process.Dispose();
    }
}

/// <summary>A workspace's key at one address.</summary>
internal sealed class Client(Uri address, string key, Guid workspace)
{
    private static readonly HttpClient Http = new();

    public string Key => key;
    public Guid Workspace => workspace;

    public static object Transfer(long amount, string account = "5270997481") =>
        new { amount, bankCode = "bca", accountNumber = account, remark = "Coffee beans" };

    public async Task<JsonNode> Post(string path, object body)
    {
        var (status, answer) = await Ask(path, body);
        return status == HttpStatusCode.Created ? answer : throw new InvalidOperationException($"POST {path}: {answer}");
    }

    public async Task<(HttpStatusCode Status, JsonNode Answer)> Ask(string path, object body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.Add("Idempotency-Key", idempotencyKey ?? Guid.CreateVersion7().ToString("N"));
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }
}

using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Time;
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

    /// <summary>Leaves neither dead rows nor unwritten pages behind.</summary>
    public async Task Tidy()
    {
        await using var connection = await Database.Login.OpenConnectionAsync();
        foreach (var order in new[] { "vacuum", "checkpoint" })
            await connection.ExecuteAsync(order, commandTimeout: 300, commandType: CommandType.Text);
    }

    public async Task<Host> Start(bool workers = false)
    {
        var host = new Host(await Host.Launch(folder, Connection, workers));
        hosts.Add(host);
        return host;
    }

    /// <summary>
    /// A workspace with money and one policy of every common rule; its first request has gone through the product.
    /// </summary>
    public async Task<Client> Workspace(Uri address, Product product, long deposit, long dailyLimit)
    {
        await using var app = BenchHost.Parts(Database, folder, "http://127.0.0.1:0").Build();
        var admin = await Admin(app.Services);
        var client = await Open(app.Services, address, product, admin, dailyLimit);
        var topUp = await client.Post("/v1/top-ups", new { amount = deposit, bankCode = "bca" });
        await client.Post("/v1/test/payments", new { collectionId = topUp["id"]!.GetValue<string>() });
        await client.Post(product.Lane, product.Usual);
        return client;
    }

    /// <summary>So many workspaces of one person, each with a key and a policy; without money, so for spends.</summary>
    public async Task<IReadOnlyList<Client>> Many(Uri address, Product product, int count, long dailyLimit)
    {
        await using var app = BenchHost.Parts(Database, folder, "http://127.0.0.1:0").Build();
        var (setup, time) = (app.Services.GetRequiredService<WorkspaceSetup>(), app.Services.GetRequiredService<TimeProvider>());
        var first = await Admin(app.Services);
        var clients = new Client[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var now = time.NowMicros();
            var admin = first with { Book = first.Book with { Workspace = WorkspaceId.New(now) }, Request = RequestId.New(now) };
            await using (var connection = await Database.Engine.OpenConnectionAsync(ct))
            {
                await setup.Open(connection, admin, $"w{i}", liveActive: false, "pro", now);
                await connection.ExecuteAsync("""
                    insert into members (workspace_id, member_id, person_id, role, state, created_at)
                    values (@workspace, @member, @person, 'admin', 'active', @now)
                    """, new { workspace = admin.Book.Workspace.Value, member = admin.Principal, person = admin.Person, now });
            }
            clients[i] = await Open(app.Services, address, product, admin, dailyLimit);
        });
        return clients;
    }

    /// <summary>Their keys as the load generator reads them.</summary>
    public string KeysOf(IReadOnlyList<Client> clients)
    {
        var path = Path.Combine(folder, $"keys-{Guid.CreateVersion7():N}");
        File.WriteAllLines(path, clients.Select(c => c.Key));
        return path;
    }

    private static async Task<Actor> Admin(IServiceProvider services)
    {
        var name = $"w{Guid.CreateVersion7():N}";
        var made = await services.GetRequiredService<WorkspaceSetup>()
            .Create(name, $"{name}@example.test", "Ada Admin", "a long bench password", liveActive: false, "pro");
        return made.Value.Admin;
    }

    private static async Task<Client> Open(IServiceProvider services, Uri address, Product product, Actor admin, long dailyLimit)
    {
        var key = await services.GetRequiredService<ApiKeys>().Create(admin, new NewApiKey("Bench", KeyScope.Full, CanWritePolicies: true));
        var client = new Client(address, key.Value.Key!, admin.Book.Workspace.Value);
        await client.Post("/v1/policies", new
        {
            name = "Everyday",
            maxSingleAmount = 50_000_000,
            dailyLimit,
            monthlyLimit = dailyLimit,
            blockedMerchants = Product.Blocked,
            scope = new { kinds = new[] { product.Kind } },
        });
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

    public async Task<JsonNode> Post(string path, object body)
    {
        var (status, answer) = await Ask(path, body);
        return (int)status is 200 or 201 ? answer : throw new InvalidOperationException($"POST {path}: {answer}");
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

using System.Net.Http.Json;
using System.Text.Json;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>
/// The real product with its demo workspace: in $BURSAR_TEST_DB, else in a cluster of its own that is thrown away. Tests sign in as one
/// of the demo's people and see what that role sees.
/// </summary>
public sealed class ProductFixture : IAsyncLifetime
{
    public const string Name = "product";
    public const string Password = "kopi-nusantara-2026";
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "bursar-pages-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly Dictionary<string, Member> _members = [];
    private readonly Dictionary<string, long> _provedAt = [];
    private readonly Dictionary<string, long> _askedAt = [];
    private readonly string? _given = Environment.GetEnvironmentVariable("BURSAR_TEST_DB") is { Length: > 0 } text ? text : null;
    private Database _database = null!;
    private WebApplication _app = null!;
    private HttpClient? _agent;

    public string Address { get; private set; } = "";
    /// <summary>A top-up that waits for its transfer, one that was paid, a transfer that waits for approval and one that failed.</summary>
    public string WaitingTopUp { get; private set; } = "";
    public string PaidTopUp { get; private set; } = "";
    public string WaitingTransfer { get; private set; } = "";
    public string FailedTransfer { get; private set; } = "";
    /// <summary>The approval that the waiting transfer waits for.</summary>
    public string WaitingApproval { get; private set; } = "";

    /// <summary>A spend request that was paid, and an anomaly that is open.</summary>
    public string PaidSpend { get; private set; } = "";
    public string OpenAnomaly { get; private set; } = "";

    /// <summary>A delivery to an endpoint where nobody listens.</summary>
    public string Delivery { get; private set; } = "";

    /// <summary>A policy with lists, tiers and two versions.</summary>
    public string Policy { get; private set; } = "";

    /// <summary>An executor where nobody listens.</summary>
    public string Handle { get; private set; } = "";

    public sealed record Member(Cookie Cookie, HttpClient Http);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        _database = new Database(_given ?? await PrivateCluster.EnsureStarted(_folder, TextWriter.Null, CancellationToken.None));
        await Migrator.Migrate(_database.Login, TextWriter.Null, CancellationToken.None);
        var key = Environment.GetEnvironmentVariable("BURSAR_KEY_FILE") is { Length: > 0 } file ? file : Path.Combine(_folder, "key");
        _app = Server.Build(_database, Sealer.Open(key, create: true), OutboundRules.Read(firstLook: true),
            new MessageSettings(Mailbox: true), "http://127.0.0.1:0");
        await _app.StartAsync();
        Address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await Demo.Ensure(_app.Services, TextWriter.Null);

        PaidTopUp = (await List("admin", "/v1/top-ups?state=completed"))[0].GetProperty("id").GetString()!;
        WaitingTopUp = await Post("admin", "/v1/top-ups", new { amount = 12_500_000, bankCode = "bca", note = "Stock for December" });
        WaitingTransfer = await Post("maker", "/v1/transfers",
            new { amount = 1_250_000, bankCode = "bca", accountNumber = "5270993153", remark = "Invoice 2310" });
        PaidSpend = (await List("admin", "/v1/spend-requests?merchant=traveloka.com"))[0].GetProperty("spendRequestId").GetString()!;
        OpenAnomaly = (await List("admin", "/v1/anomalies?state=open"))[0].GetProperty("id").GetString()!;
        WaitingApproval = (await List("admin", "/v1/approvals?state=pending")).First(a =>
            a.GetProperty("subject").GetProperty("id").GetString() == WaitingTransfer).GetProperty("id").GetString()!;
        // The demo's transfer to an inactive wallet ends without anybody's help.
        for (var tries = 0; FailedTransfer.Length == 0 && tries < 200; tries++)
        {
            FailedTransfer = (await List("admin", "/v1/transfers?state=failed"))
                .Select(t => t.GetProperty("id").GetString()!).FirstOrDefault() ?? "";
            await Task.Delay(50);
        }
        var endpoint = await Post("developer", "/v1/webhook-endpoints",
            new { url = "http://127.0.0.1:1029/hook", events = new[] { "test.ping" } });
        Delivery = await Post("developer", $"/v1/webhook-endpoints/{endpoint}/test", new { });
        Policy = await Post("admin", "/v1/policies", new
        {
            name = "Subscriptions", dailyLimit = 5_000_000, requireApprovalOver = 1_000_000, allowedMerchants = new[] { "openai.com" },
            approvalTiers = new[] { new { over = 2_000_000, approvals = 2 } }, scope = new { agentIds = new[] { "subscriptions" } },
        });
        await Post("admin", $"/v1/policies/{Policy}/versions/1/restoration", new { });
        Handle = await Post("developer", "/v1/handles",
            new { name = "Payment backend", type = "external_executor", url = "http://127.0.0.1:1029/pay", authToken = "sweep-token" });
        await Post("developer", $"/v1/handles/{Handle}/health-check", new { });
        await Indonesian();
        await Post("developer", "/v1/ip-rules", new { range = "127.0.0.0/8", label = "This machine" });
    }

    /// <summary>"indonesia" is an Admin who reads Bahasa Indonesia.</summary>
    private async Task Indonesian()
    {
        await using var connection = await _database.Login.OpenConnectionAsync();
        await using var find = new Npgsql.NpgsqlCommand("""
            select m.workspace_id, m.member_id, m.person_id
            from bursar.members m join bursar.persons p using (person_id)
            where p.email = 'admin@demo.test'
            """, connection);
        Core.Access.Actor admin;
        await using (var row = await find.ExecuteReaderAsync())
        {
            await row.ReadAsync();
            admin = new Core.Access.Actor(
                new(new(row.GetGuid(0)), Core.Access.Mode.Test), Core.Access.PrincipalKind.Member,
                row.GetGuid(1), row.GetGuid(1), row.GetGuid(2),
                "Sari Wibowo", Core.Access.Roles.Allows(Core.Access.Role.Admin), "",
                Core.Ids.Id<Core.Ids.RequestKind>.New(DateTimeOffset.UtcNow));
        }
        await _app.Services.GetRequiredService<Invitations>().AddAtOnce(
            admin, new NewMember("indonesia@demo.test", Core.Access.Role.Admin, "Dewi Lestari"), Password);
        await using var choose = new Npgsql.NpgsqlCommand(
            "update bursar.persons set language = 'id' where email = 'indonesia@demo.test'",
            connection);
        await choose.ExecuteNonQueryAsync();
    }

    /// <summary>The session of admin, maker, approver, reviewer, deposit, executor, developer or cs.</summary>
    public async Task<Member> As(string who)
    {
        // Nobody waits out a session's 15 idle minutes: another test may have had the last of them.
        var late = Environment.TickCount64 - _askedAt.GetValueOrDefault(who) > 300_000;
        _askedAt[who] = Environment.TickCount64;
        if (_members.TryGetValue(who, out var known) && !late)
        {
            await Prove(who, known.Http);
            return known;
        }
        _provedAt.Remove(who);
        known?.Http.Dispose();
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Address),
        };
        var answer = await http.PostAsJsonAsync("/v1/sessions", new { email = $"{who}@demo.test", password = Password });
        answer.EnsureSuccessStatusCode();
        var pair = answer.Headers.GetValues("Set-Cookie").First().Split(';')[0].Split('=', 2);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Add("Cookie", $"{pair[0]}={pair[1]}");
        http.DefaultRequestHeaders.Add("Bursar-Mode", "test");
        http.DefaultRequestHeaders.Add("X-CSRF-Token", body.GetProperty("csrfToken").GetString());
        await Prove(who, http);
        return _members[who] = new Member(new Cookie { Name = pair[0], Value = pair[1], Url = Address }, http);
    }

    /// <summary>Gives the password again before it is forgotten; an operator belongs to no workspace and is asked for nothing more.</summary>
    private async Task Prove(string who, HttpClient http)
    {
        if (who == "operator" || (_provedAt.TryGetValue(who, out var at) && Environment.TickCount64 - at < 120_000)) return;
        using var proved = await http.PostAsJsonAsync("/v1/sessions/current/step-up", new { password = Password });
        proved.EnsureSuccessStatusCode();
        _provedAt[who] = Environment.TickCount64;
    }

    public async Task<IReadOnlyList<JsonElement>> List(string who, string path)
    {
        var answer = await (await As(who)).Http.GetFromJsonAsync<JsonElement>(path);
        return [.. answer.GetProperty("data").EnumerateArray()];
    }

    /// <summary>What an agent asks; the Admin's session asks for it, as anybody with the right may.</summary>
    public Task<JsonElement> Spend(string agent, long amount) => Send("admin", "/v1/spend-requests",
        new { agentId = agent, amount, currency = "IDR", merchant = "tokopedia.com", reason = "Printer paper" });

    public Task<JsonElement> Receipt(JsonElement spend, long amount) =>
        Send("admin", $"/v1/spend-requests/{spend.GetProperty("spendRequestId").GetString()}/receipt", new
        {
            sat = spend.GetProperty("sat").GetString(),
            railId = "stripe",
            providerTransactionId = "pi_" + Guid.NewGuid().ToString("N"),
            actualAmount = amount,
            actualCurrency = "IDR",
        });

    public async Task<string> Post(string who, string path, object body) => (await Send(who, path, body)).GetProperty("id").GetString()!;

    /// <summary>An agent with a key of its own, as an Admin makes it: asks for a spend and returns the answer.</summary>
    public async Task<JsonElement> Spend(object body)
    {
        _agent ??= await NewAgent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/spend-requests") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var answer = await _agent.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpClient> NewAgent()
    {
        var made = await (await As("admin")).Http.PostAsJsonAsync("/v1/api-keys", new { name = "Test agent", scope = "spend" });
        made.EnsureSuccessStatusCode();
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();
        var http = new HttpClient { BaseAddress = new Uri(Address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    private async Task<JsonElement> Send(string who, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var answer = await (await As(who)).Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values) member.Http.Dispose();
        _agent?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        if (_given is null) await PrivateCluster.StopIfIdle(_folder);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One running product for all of its page tests.</summary>
[CollectionDefinition(ProductFixture.Name)]
public sealed class ProductTests : ICollectionFixture<ProductFixture>;

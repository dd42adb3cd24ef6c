using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Contracts;

/// <summary>Two workspaces full of things, and everybody who may try to reach them: eight roles, four kinds of key, nobody.</summary>
public sealed class MatrixWorld
{
    public const string Marker = "ZZFOREIGN";
    private static readonly (char Letter, Role Role)[] Roles =
    [
        ('A', Role.Admin), ('P', Role.Approver), ('R', Role.Reviewer), ('D', Role.DepositAdmin), ('E', Role.Executor), ('M', Role.Maker),
        ('V', Role.Developer), ('C', Role.CustomerService),
    ];

    private readonly Product product;
    private readonly Dictionary<(char, Mode), Client> clients = [];
    private readonly Dictionary<Client, string> tokens = [];
    // Every one of these ranges holds the address that the tests call from.
    private int range = 8;
    private int saved;
    private Dictionary<string, string> own = [], foreign = [];

    private MatrixWorld(Product product, Workspace home, Workspace away) => (this.product, Home, Away) = (product, home, away);

    public Workspace Home { get; }
    public Workspace Away { get; }

    public static async Task<MatrixWorld> Make(Product product)
    {
        var world = new MatrixWorld(
            product, await (await product.Workspace()).WithDeposit(10_000_000), await (await product.Workspace()).WithDeposit(10_000_000));
        foreach (var (letter, role) in Roles)
        {
            var person = letter == 'A' ? await world.Home.AdminSession() : await world.Home.Member(role);
            world.clients[(letter, Mode.Test)] = await Proved(person);
            world.clients[(letter, Mode.Live)] = await Proved(await world.Home.SignIn(person.Email!, person.MemberId!, "live"));
        }
        var keys = product.Services.GetRequiredService<ApiKeys>();
        foreach (var mode in new[] { Mode.Test, Mode.Live })
        {
            var admin = world.Home.Admin with { Book = new BookKey(world.Home.Book.Workspace, mode) };
            var scopes = new[] { ('F', KeyScope.Full), ('K', KeyScope.Read), ('S', KeyScope.Spend), ('X', KeyScope.Full) };
            foreach (var (letter, scope) in scopes)
            {
                var made = (await keys.Create(admin, new NewApiKey($"Key {letter}", scope))).Value;
                if (letter == 'X') await keys.Revoke(admin, made.Id);
                world.clients[(letter, mode)] = new Client(product.Address, made.Key);
            }
            world.clients[('0', mode)] = new Client(product.Address, null);
        }
        world.own = await world.Things(world.Home, "own");
        world.foreign = await world.Things(world.Away, Marker);
        return world;
    }

    public Client Who(char letter, Mode mode) => clients[(letter, mode)];

    /// <summary>
    /// The path and body with the ids of own, foreign or never made things; what a call would use up is made anew when it may.
    /// </summary>
    public async Task<(string Path, string Body)> Fill(PermissionRow row, Mode mode, string whose, bool mayUseUp)
    {
        var kind = KindOf(row.Path);
        var things = whose == "foreign" ? foreign : own;
        var id = whose == "never" ? Never(kind)
            : whose == "own" && mayUseUp && await Fresh(row, kind, mode) is { } made ? made
            : things.GetValueOrDefault(kind, "none");
        string Thing(string of) => whose == "never" ? Never(of) : things[of];
        return (
            row.Path.Replace("{mode}", mode == Mode.Test ? "test" : "live").Replace("{id}", id).Replace("{code}",
                "nothing").Replace("{version}", "1")
                .Replace("{**file}", "nothing"),
            row.Body.Replace("{top-up}", Thing("top-ups")).Replace("{webhook}", Thing("webhook-endpoints")).Replace("{member}", id));
    }

    /// <summary>A form needs the antiforgery token, which everybody gets with any page.</summary>
    public async Task<string> Token(Client client)
    {
        if (tokens.TryGetValue(client, out var known)) return known;
        var page = await client.Get("/sign-in");
        return tokens[client] = Regex.Match(page.Body, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
    }

    /// <summary>Whoever is asked for the password has just given it: the table is about rights.</summary>
    private static async Task<Client> Proved(Client person)
    {
        (await person.Post("/v1/sessions/current/step-up", new { password = Workspace.Password })).Is(HttpStatusCode.OK);
        return person;
    }

    private async Task<Dictionary<string, string>> Things(Workspace w, string mark)
    {
        var wanted = new { amount = 12_000, bankCode = "bca", accountNumber = "5270990000", remark = mark };
        var transfer = (await w.Api.Post("/v1/transfers", wanted)).Text("id");
        var abroad = (await w.SendAbroad()).Text("id");
        var maker = await w.Member(Role.Maker);
        var waiting = (await maker.Post("/v1/transfers", wanted)).Text("approvalId");
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = $"http://127.0.0.1:9999/{mark}", events = new[] { "test.ping" } })).Is(HttpStatusCode.Created).Text("id");
        (await w.Api.Post($"/v1/webhook-endpoints/{endpoint}/test", new { })).Is(HttpStatusCode.Accepted);
        var policy = (await w.Api.Post("/v1/policies", new { name = mark, scope = new { kinds = new[] { "agent_spend" } } }))
            .Is(HttpStatusCode.Created).Text("id");
        await w.Settled();
        var topUp = (await w.Api.Get("/v1/top-ups")).Json["data"]![0]!["id"]!.GetValue<string>();
        var delivery = (await w.Api.Get("/v1/deliveries")).Json["data"]![0]!["id"]!.GetValue<string>();
        var refund = (await w.Api.Post("/v1/refunds",
            new { resource = topUp, amount = 10_000, reason = mark, bankCode = "bca", accountNumber = "5270997481" })).Text("id");
        var key = (await w.Api.Get("/v1/api-keys")).Json["data"]!.AsArray()[^1]!["id"]!.GetValue<string>();
        var spend = (await w.Spend(10_000)).Is(HttpStatusCode.OK).Text("spendRequestId");
        var anomaly = await Anomaly(w);
        var rule = (await w.Api.Post("/v1/ip-rules", new { range = "127.0.0.0/8" })).Is(HttpStatusCode.Created).Text("id");
        var inquiry = (await w.Api.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber = "5270991234" }))
            .Is(HttpStatusCode.Created).Text("id");
        var handle = await w.Handle(new { name = mark, type = "sdk_guard" });
        var (asked, question) = await w.AskedAbroad();
        (await w.Api.Post($"/v1/information-requests/{question}/answer", new { answer = mark })).Is(HttpStatusCode.OK);
        // Its rail is asked no more, so that the journals stand still.
        (await w.Api.Post($"/v1/test/disbursements/{asked}/outcome", new { outcome = "failed" })).Is(HttpStatusCode.OK);
        return new()
        {
            ["information-requests"] = question,
            ["questions"] = question,
            ["spend-requests"] = spend,
            ["anomalies"] = anomaly,
            ["agents"] = await AgentOf(w, mark),
            ["handles"] = handle,
            ["ip-rules"] = rule,
            ["account-inquiries"] = inquiry,
            ["beneficiaries"] = await Beneficiary(w, "5270991234", mark),
            ["transfers"] = transfer,
            ["transfer-batches"] = await BatchOf(w, mark),
            ["international-transfers"] = abroad,
            ["international"] = abroad,
            ["approvals"] = waiting,
            ["webhook-endpoints"] = endpoint,
            ["policies"] = policy,
            ["top-ups"] = topUp,
            ["refunds"] = refund,
            ["deliveries"] = delivery,
            ["api-keys"] = key,
            ["members"] = maker.MemberId!,
        };
    }

    /// <summary>An agent that asked once, whom no other row needs.</summary>
    private static async Task<string> AgentOf(Workspace w, string mark)
    {
        (await w.Spend(10_000, $"{mark}-agent")).Is(HttpStatusCode.OK);
        return $"{mark}-agent";
    }

    private static async Task<string> Beneficiary(Workspace w, string accountNumber, string name) =>
        (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber, name })).Is(HttpStatusCode.Created).Text("id");

    /// <summary>A batch of one row whose end is known.</summary>
    private static async Task<string> BatchOf(Workspace w, string mark)
    {
        var rows = new[] { new { amount = 13_000, bankCode = "bca", accountNumber = "5270990000", remark = mark } };
        var id = (await w.Api.Post("/v1/transfer-batches", new { rows })).Is(HttpStatusCode.Created).Text("id");
        await w.Api.BatchReaches(id, "completed");
        return id;
    }

    /// <summary>An anomaly: more was paid than was allowed.</summary>
    private static async Task<string> Anomaly(Workspace w)
    {
        var spend = (await w.Spend(10_000)).Is(HttpStatusCode.OK);
        (await w.Receipt(spend, 11_000)).Is(HttpStatusCode.Created);
        var of = await w.Api.Get($"/v1/anomalies?kind=AMOUNT_MISMATCH&spendRequestId={spend.Text("spendRequestId")}");
        return of.Json["data"]![0]!["id"]!.GetValue<string>();
    }

    /// <summary>A thing of this call's own, where the call would end or change it.</summary>
    private async Task<string?> Fresh(PermissionRow row, string kind, Mode mode)
    {
        if (row.Method == "GET" && kind != "policies") return null;
        var admin = clients[('A', mode)];
        return kind switch
        {
            "policies" =>
                (await admin.Post("/v1/policies", new { name = "Fresh", scope = new { kinds = new[] { "agent_spend" } } })).Text("id"),
            "api-keys" => (await product.Services.GetRequiredService<ApiKeys>().Create(
                Home.Admin with { Book = new BookKey(Home.Book.Workspace, mode) },
                new NewApiKey("Fresh", KeyScope.Read)))
                .Value.Id.ToString(),
            "handles" when mode == Mode.Test => await Home.Handle(new { name = "Fresh", type = "sdk_guard" }),
            "ip-rules" => (await admin.Post("/v1/ip-rules", new { range = $"127.0.0.0/{++range}" })).Text("id"),
            "spend-requests" when mode == Mode.Test => (await Home.Spend(10_000)).Text("spendRequestId"),
            "account-inquiries" when mode == Mode.Test =>
                (await Home.Api.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber = "5270990006" })).Text("id"),
            "beneficiaries" when mode == Mode.Test
                && (row.Method == "DELETE" || row.Path.EndsWith("removal", StringComparison.Ordinal)) =>
                await Beneficiary(Home, $"7{++saved:D5}1111", "Fresh"),
            "anomalies" when mode == Mode.Test => await Anomaly(Home),
            // Seats are few: only who will be removed is new.
            "members" when row.Method == "DELETE" || row.Path.EndsWith("removal", StringComparison.Ordinal) =>
                (await product.Services.GetRequiredService<Invitations>().AddAtOnce(
                    Home.Admin, new NewMember($"fresh{Guid.CreateVersion7():N}@example.test", Role.Maker, "Fresh"), Workspace.Password))
                    .Value.MemberId.ToString(),
            "webhook-endpoints" when mode == Mode.Test
                && (row.Method == "DELETE" || row.Path.EndsWith("rotation", StringComparison.Ordinal)) =>
                (await admin.Post("/v1/webhook-endpoints",
                    new { url = "http://127.0.0.1:9999/fresh", events = new[] { "test.ping" } })).Text("id"),
            _ => null,
        };
    }

    /// <summary>What stands before the id in a path.</summary>
    private static string KindOf(string path) => path.Split("/{id}")[0].Split('/')[^1] switch
    {
        "disbursements" => "transfers",
        "batches" => "transfer-batches",
        "team" => "members",
        "keys" => "api-keys",
        "callbacks" => "webhook-endpoints",
        "ip-allowlist" => "ip-rules",
        "logs" => "spend-requests",
        var kind => kind,
    };

    private static string Never(string kind)
    {
        var id = Guid.CreateVersion7();
        return kind switch
        {
            "transfers" => new TransferId(id).ToString(),
            "transfer-batches" => new BatchId(id).ToString(),
            "international-transfers" or "international" => new InternationalTransferId(id).ToString(),
            "information-requests" or "questions" => new InformationRequestId(id).ToString(),
            "spend-requests" => new SpendRequestId(id).ToString(),
            "anomalies" => new AnomalyId(id).ToString(),
            "handles" => new HandleId(id).ToString(),
            "approvals" => new ApprovalId(id).ToString(),
            "account-inquiries" => new InquiryId(id).ToString(),
            "beneficiaries" => new BeneficiaryId(id).ToString(),
            "webhook-endpoints" => new WebhookEndpointId(id).ToString(),
            "policies" => new PolicyId(id).ToString(),
            "top-ups" => new TopUpId(id).ToString(),
            "refunds" => new RefundId(id).ToString(),
            "deliveries" => new DeliveryId(id).ToString(),
            "api-keys" => new ApiKeyId(id).ToString(),
            "ip-rules" => new IpRuleId(id).ToString(),
            "members" => new MemberId(id).ToString(),
            _ => "never",
        };
    }
}

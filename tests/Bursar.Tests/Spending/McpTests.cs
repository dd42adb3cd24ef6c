using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Bursar.Tests.Spending;

/// <summary>/mcp: agents over the Model Context Protocol, with the official client and by hand.</summary>
public sealed class McpTests(Product product)
{
    public static readonly string[] Tools = ["spend_request", "get_spend_request", "execute", "submit_receipt", "own_budget"];

    [Fact]
    public async Task an_agent_asks_and_polls_as_it_does_through_the_api()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000, requireApprovalOver = 100_000 });
        var key = await w.SpendKey("shopper");
        await using var agent = await Connect(key);
        Assert.Equal(Tools.Order(), (await agent.ListToolsAsync()).Select(t => t.Name).Order());
        var allowed = await Call(agent, "spend_request", Ask(60_000, "order-1"));
        Assert.Equal(("ALLOW", "OK"), (Text(allowed, "decision"), Text(allowed, "decisionReason")));
        // The same key through the API is the same request: there is one door.
        var same = await new Client(product.Address, key).Post("/v1/spend-requests", Spends.SpendBody(60_000), "order-1");
        Assert.Equal(Text(allowed, "spendRequestId"), same.Is(HttpStatusCode.OK).Text("spendRequestId"));
        Assert.Equal("true", same.Headers["Idempotency-Replayed"]);
        var waiting = await Call(agent, "spend_request", Ask(400_000, "order-2"));
        Assert.Equal("REQUIRE_APPROVAL", Text(waiting, "decision"));
        Assert.Equal("DENY", Text(await Call(agent, "spend_request", Ask(900_000, "order-3")), "decision"));
        var approver = await w.Member(Core.Access.Role.Approver);
        var approval = await approver.Get($"/v1/approvals/{Text(waiting, "approvalId")}");
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        var polled = await Call(agent, "get_spend_request", new { spendRequestId = Text(waiting, "spendRequestId") });
        Assert.Equal(("ALLOW", "APPROVED"), (Text(polled, "decision"), Text(polled, "decisionReason")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_same_question_asked_twice_at_once_is_one_purchase()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        await using var agent = await Connect(await w.SpendKey("shopper"));
        // Not across the turn of a minute: that is where one purchase may become two.
        if (TimeProvider.System.GetUtcNow().Second > 50) await Task.Delay(TimeSpan.FromSeconds(11));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Call(agent, "spend_request", Ask(60_000, null))));
        Assert.Single(answers.Select(a => Text(a, "spendRequestId")).Distinct());
    }

    [Fact]
    public async Task an_agent_reports_what_it_paid_and_sees_what_is_left()
    {
        var w = await product.Workspace();
        var policy = await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000, maxTransactionsPerHour = 5 });
        await w.Policy(new { name = "Others", currency = "IDR", monthlyLimit = 1, scope = new { agentIds = new[] { "buyer" } } });
        await using var agent = await Connect(await w.SpendKey("shopper"));
        var asked = await Call(agent, "spend_request", Ask(60_000, "order-1"));
        var paid = new
        {
            spendRequestId = Text(asked, "spendRequestId"),
            railId = "custom:till",
            providerTransactionId = "t-1",
            actualAmount = 55_000,
            actualCurrency = "IDR",
        };
        var receipt = await Call(agent, "submit_receipt", paid);
        Assert.Empty(receipt["anomalies"]!.AsArray());
        Assert.Equal(Text(receipt, "receiptId"), Text(await Call(agent, "submit_receipt", paid), "receiptId"));
        Assert.Equal("succeeded", Text(await Call(agent, "get_spend_request", new { paid.spendRequestId }), "state"));
        var budget = await Call(agent, "own_budget", new { agentId = "shopper" });
        Assert.False(budget["frozen"]!.GetValue<bool>());
        var line = Assert.Single(budget["policies"]!.AsArray())!;
        Assert.Equal(policy, Text(line, "policyId"));
        Assert.Equal((55_000, 945_000), (line["day"]!["used"]!.GetValue<long>(), line["day"]!["remaining"]!.GetValue<long>()));
        Assert.Equal((1, 4), (line["hour"]!["used"]!.GetValue<long>(), line["hour"]!["remaining"]!.GetValue<long>()));
        Assert.True(line["hour"]!["resetsAt"]!.GetValue<DateTimeOffset>() > TimeProvider.System.GetUtcNow());
        Assert.Null(line["month"]);
        Assert.Equal("permission_denied", Text(await Refused(agent, "own_budget", new { agentId = "buyer" }), "code"));
        var nowhere = await Refused(agent, "own_budget", new { agentId = "shopper", handleId = "hdl_no" });
        Assert.Equal("invalid_parameter", Text(nowhere, "code"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_agent_lets_bursar_pay_and_needs_no_token_for_it()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        var handle = await w.Handle(
            new { name = "Supplier", type = "managed", managed = new { bankCode = "bca", accountNumber = "5270997481" } });
        await using var agent = await Connect(await w.SpendKey("shopper"));
        var asked = await Call(agent, "spend_request", new
        {
            agentId = "shopper",
            amount = 60_000,
            currency = "IDR",
            merchant = "tokopedia.com",
            reason = "Paper",
            handleId = handle,
        });
        var id = new { spendRequestId = Text(asked, "spendRequestId") };
        Assert.Equal("succeeded", Text(await Call(agent, "execute", id), "state"));
        // Asked again it tells how it stands; nothing is paid twice.
        var again = await Call(agent, "execute", new { id.spendRequestId, sat = Text(asked, "sat") });
        Assert.Equal("succeeded", Text(again, "state"));
        Assert.Equal(1, await w.Facts("spend.executed"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_wrong_is_an_answer_that_a_model_can_read()
    {
        var w = await product.Workspace();
        await using var agent = await Connect(await w.SpendKey("shopper"));
        var wrong = await Refused(agent, "spend_request",
            new { agentId = "shopper", amount = 1, currency = "IDR", merchant = "a.test", reason = "" });
        Assert.Equal("validation_failed", Text(wrong, "code"));
        Assert.Equal("/reason", wrong["errors"]![0]!["pointer"]!.GetValue<string>());
        var half = await Refused(agent, "spend_request",
            new { agentId = "shopper", amount = 1.5, currency = "IDR", merchant = "a.test", reason = "x" });
        Assert.Equal("validation_failed", Text(half, "code"));
        Assert.Equal("malformed_json", Text(await Refused(agent, "get_spend_request", new { }), "code"));
        Assert.Equal("not_found", Text(await Refused(agent, "get_spend_request", new { spendRequestId = "spr_nothing" }), "code"));
        var foreign = await Refused(agent, "spend_request", Ask(1_000, "k", agent: "buyer"));
        Assert.Equal(("permission_denied", "none"), (Text(foreign, "code"), Text(foreign, "outcome")));
        // Refused tries stay in the journal, though the answer's status is the protocol's 200.
        for (var i = 0; i < 50 && await w.Facts("access.refused") == 0; i++) await Task.Delay(100);
        Assert.Equal(1, await w.Facts("access.refused"));
        await Assert.ThrowsAsync<McpProtocolException>(async () => await Call(agent, "approve", new { }));
    }

    [Fact]
    public async Task an_agent_sees_nothing_of_another_one()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        await using var one = await Connect(await w.SpendKey("shopper"));
        await using var other = await Connect(await w.SpendKey("buyer"));
        var id = Text(await Call(one, "spend_request", Ask(1_000, "k")), "spendRequestId");
        Assert.Equal("not_found", Text(await Refused(other, "get_spend_request", new { spendRequestId = id }), "code"));
    }

    [Fact]
    public async Task nobody_but_a_key_of_scope_spend_comes_in()
    {
        var w = await product.Workspace();
        (await Post(new Client(product.Address, null))).Refuses("authentication_required");
        (await Post(new Client(product.Address, "bk_test_nobody"))).Refuses("api_key_invalid");
        (await Post(w.Api)).Refuses("permission_denied");
        var admin = await (await w.AdminSession()).StepUp();
        (await Post(admin)).Refuses("permission_denied");
        var read = await admin.Post("/v1/api-keys", new { name = "Reader", scope = "read" });
        (await Post(new Client(product.Address, read.Text("key")))).Refuses("permission_denied");
        var key = await w.SpendKey();
        Assert.Equal(HttpStatusCode.OK, (await Post(new Client(product.Address, key))).Status);
        var made = (await admin.Get("/v1/api-keys")).Json["data"]!.AsArray().Single(k => k!["name"]!.GetValue<string>() == "Agents")!;
        (await admin.Delete($"/v1/api-keys/{made["id"]!.GetValue<string>()}")).Is(HttpStatusCode.OK);
        (await Post(new Client(product.Address, key))).Refuses("api_key_invalid");
    }

    [Theory]
    [InlineData("GET", "", "", "", 405)]
    [InlineData("DELETE", "", "", "", 405)]
    [InlineData("POST", "not json", "", "", 400)]
    [InlineData("POST", "[]", "", "", 400)]
    [InlineData("POST", "null", "", "", 400)]
    [InlineData("POST", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "", "", 400)]
    [InlineData("POST", "", "Accept", "application/json", 406)]
    [InlineData("POST", "", "MCP-Protocol-Version", "1999-01-01", 400)]
    [InlineData("POST", "", "Origin", "https://evil.example", 403)]
    public async Task a_request_that_is_not_the_protocols_is_refused(string method, string body, string header, string value, int status)
    {
        var w = await product.Workspace();
        var agent = new Client(product.Address, await w.SpendKey());
        var answer = await agent.Raw(new(method), "/mcp", body.Length > 0 ? body : ListCall, "",
            headers: header.Length == 0 ? Headers : new Dictionary<string, string>(Headers) { [header] = value });
        Assert.Equal(status, (int)answer.Status);
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"]);
    }

    private const string ListCall = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";
    private static readonly Dictionary<string, string> Headers = new() { ["Accept"] = "application/json, text/event-stream" };

    private static Task<Answer> Post(Client client) => client.Raw(HttpMethod.Post, "/mcp", ListCall, "", headers: Headers);

    private async Task<McpClient> Connect(string key) => await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
    {
        Endpoint = new Uri(product.Address, "/mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + key },
    }));

    private static object Ask(long amount, string? key, string agent = "shopper") => new
    {
        agentId = agent,
        amount,
        currency = "IDR",
        merchant = "tokopedia.com",
        reason = "Printer paper",
        idempotencyKey = key,
    };

    private static async Task<JsonObject> Call(McpClient agent, string tool, object arguments)
    {
        var result = await Result(agent, tool, arguments);
        Assert.False(result.IsError ?? false, Said(result));
        return JsonNode.Parse(Said(result))!.AsObject();
    }

    private static async Task<JsonObject> Refused(McpClient agent, string tool, object arguments)
    {
        var result = await Result(agent, tool, arguments);
        Assert.True(result.IsError, Said(result));
        return JsonNode.Parse(Said(result))!.AsObject();
    }

    private static async Task<CallToolResult> Result(McpClient agent, string tool, object arguments) =>
        await agent.CallToolAsync(tool, System.Text.Json.JsonSerializer.SerializeToNode(arguments)!.AsObject()
            .Where(a => a.Value is not null).ToDictionary(a => a.Key, object? (a) => a.Value));

    private static string Said(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;

    private static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();
}

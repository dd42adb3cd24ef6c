using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Spending;

public sealed class SpendRequestTests(Product product)
{
    [Fact]
    public async Task without_a_policy_nothing_is_spent_and_the_refusal_is_an_answer_that_stays_listed()
    {
        var w = await product.Workspace();
        var asked = (await w.Spend()).Is(HttpStatusCode.OK);
        Assert.Equal("DENY", asked.Text("decision"));
        Assert.Equal("NO_ACTIVE_POLICY", asked.Text("decisionReason"));
        var kept = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        Assert.Equal("denied", kept.Text("state"));
        Assert.Equal("shopper", kept.Text("agentId"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_policy_allows_sends_to_people_or_refuses_and_says_what_it_saw()
    {
        var w = await product.Workspace();
        await w.Policy(new
        {
            name = "Agents", currency = "IDR", maxSingleAmount = 500_000, dailyLimit = 600_000, requireApprovalOver = 100_000,
        });
        var small = (await w.Spend(100_000)).Is(HttpStatusCode.OK);
        Assert.Equal(("ALLOW", "OK"), (small.Text("decision"), small.Text("decisionReason")));
        Assert.NotNull(small.Json["authorizedUntil"]);
        var large = (await w.Spend(400_000)).Is(HttpStatusCode.OK);
        Assert.Equal(("REQUIRE_APPROVAL", "REQUIRES_APPROVAL"), (large.Text("decision"), large.Text("decisionReason")));
        Assert.Null(large.Json["authorizedUntil"]);
        var daily = Rule(large, "EXCEEDS_DAILY_LIMIT");
        Assert.Equal(100_000, daily["used"]!.GetValue<long>());
        Assert.Equal(500_000, daily["remaining"]!.GetValue<long>());
        // What waits for people holds its budget: 100,000 and 400,000 leave 100,000.
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(100_001)).Text("decisionReason"));
        Assert.Equal("EXCEEDS_SINGLE_LIMIT", (await w.Spend(500_001)).Text("decisionReason"));
        Assert.Equal("ALLOW", (await w.Spend(100_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_approver_lets_it_go_or_not_and_the_agent_sees_the_last_word()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", requireApprovalOver = 100_000, dailyLimit = 1_000_000 });
        var approver = await w.Member(Core.Access.Role.Approver);
        foreach (var (verdict, decision, reason, state) in new[]
            { ("approve", "ALLOW", "APPROVED", "approved"), ("reject", "DENY", "REJECTED", "rejected") })
        {
            var asked = (await w.Spend(400_000)).Is(HttpStatusCode.OK);
            var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
            Assert.Equal("agent_spend", approval.Text("kind"));
            Assert.Equal(asked.Text("spendRequestId"), approval.Json["subject"]!["id"]!.GetValue<string>());
            Assert.Equal("tokopedia.com", approval.Text("merchant"));
            var decided = await approver.Post(
                $"/v1/approvals/{asked.Text("approvalId")}/decision", new { verdict, contentHash = approval.Text("contentHash") });
            decided.Is(HttpStatusCode.OK);
            var now = await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}");
            Assert.Equal((decision, reason, state), (now.Text("decision"), now.Text("decisionReason"), now.Text("state")));
            Assert.Equal("REQUIRE_APPROVAL", now.Text("firstDecision"));
            Assert.Equal(verdict == "approve", now.Json["authorizedUntil"] is not null);
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_repeated_key_is_the_same_request_and_a_key_bound_to_agents_asks_for_no_other()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        var first = (await w.Spend(key: "k-1")).Is(HttpStatusCode.OK);
        var second = (await w.Spend(key: "k-1")).Is(HttpStatusCode.OK);
        Assert.Equal(first.Text("spendRequestId"), second.Text("spendRequestId"));
        Assert.Equal(1, await w.Rows("disbursements"));
        var admin = await w.AdminSession();
        await admin.StepUp();
        var made = await admin.Post("/v1/api-keys", new { name = "Bound", scope = "spend", agentIds = new[] { "buyer" } });
        made.Is(HttpStatusCode.Created);
        var bound = new Client(product.Address, made.Text("key"));
        (await bound.Post("/v1/spend-requests", Spends.SpendBody(agent: "shopper"))).Refuses("permission_denied");
        var own = (await bound.Post("/v1/spend-requests", Spends.SpendBody(agent: "buyer"))).Is(HttpStatusCode.OK);
        (await bound.Get($"/v1/spend-requests/{own.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        (await bound.Get($"/v1/spend-requests/{first.Text("spendRequestId")}")).Refuses("not_found");
        var transfer = await bound.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" });
        transfer.Refuses("permission_denied");
    }

    [Fact]
    public async Task a_thousand_at_once_get_exactly_what_the_budget_holds()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Day", currency = "IDR", dailyLimit = 100_000 });
        await w.Policy(new { name = "Month", currency = "IDR", monthlyLimit = 200_000, maxTransactionsPerHour = 1_000_000 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => w.Spend(1_000)));
        Assert.All(answers, a => a.Is(HttpStatusCode.OK));
        Assert.Equal(100, answers.Count(a => a.Text("decision") == "ALLOW"));
        Assert.All(answers.Where(a => a.Text("decision") == "DENY"), a => Assert.Equal("EXCEEDS_DAILY_LIMIT", a.Text("decisionReason")));
        await w.BooksAreRight();
    }

    private static JsonNode Rule(Answer answer, string rule) =>
        answer.Json["explain"]!["rules"]!.AsArray().Single(r => r!["rule"]!.GetValue<string>() == rule)!;
}

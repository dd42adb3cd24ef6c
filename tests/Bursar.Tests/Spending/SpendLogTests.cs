using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

public sealed class SpendLogTests(Product product)
{
    [Fact]
    public async Task the_log_is_filtered_by_agent_merchant_decision_date_amount_and_anomaly()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", maxSingleAmount = 500_000, requireApprovalOver = 100_000 });
        var small = await w.Spend(50_000);
        var waiting = await w.Spend(200_000, "buyer", "Amazon.com");
        var denied = await w.Spend(600_000, "buyer", "amazon.com");
        await w.Receipt(small, 60_000);
        await Finds("", denied, waiting, small);
        await Finds("?agentId=buyer", denied, waiting);
        await Finds("?agentId=buyer&agentId=shopper&limit=1", denied);
        await Finds("?merchant=AMAZON.com", denied);
        await Finds("?merchant=Amazon.com", denied, waiting);
        await Finds("?decision=DENY", denied);
        await Finds("?decision=REQUIRE_APPROVAL&decision=ALLOW", waiting, small);
        await Finds("?state=denied", denied);
        await Finds("?amountFrom=200000&amountTo=200000", waiting);
        await Finds("?currency=USD");
        await Finds("?anomaly=AMOUNT_MISMATCH", small);
        await Finds("?anomaly=any", small);
        await Finds("?anomaly=open", small);
        await Finds("?anomaly=MISSING_RECEIPT");
        await Finds("?createdFrom=2100-01-01");
        await Finds("?createdFrom=2020-01-01&createdTo=2100-01-01", denied, waiting, small);
        await Finds("?search=tokopedia.com", small);
        await Finds("?search=buyer", denied, waiting);
        await Finds($"?search={waiting.Text("spendRequestId")}", waiting);
        await Finds($"?search={waiting.Text("approvalId")}", waiting);
        await Finds($"?search={small.Text("spendRequestId").Replace("spr_", "sat_", StringComparison.Ordinal)}", small);
        await Finds("?decision=nonsense&state=nonsense&createdFrom=nonsense", denied, waiting, small);
        var first = await w.Api.Get("/v1/spend-requests?limit=2");
        Assert.Equal([small.Text("spendRequestId")], Ids(await w.Api.Get($"/v1/spend-requests?limit=2&cursor={first.Text("nextCursor")}")));
        var one = first.Json["data"]!.AsArray();
        Assert.Null(one[0]!["explain"]);

        async Task Finds(string query, params Answer[] wanted) =>
            Assert.Equal(wanted.Select(a => a.Text("spendRequestId")), Ids(await w.Api.Get("/v1/spend-requests" + query)));
    }

    [Fact]
    public async Task one_request_tells_every_rule_its_receipt_and_what_is_wrong()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var asked = await w.Spend(50_000);
        await w.Receipt(asked, 70_000);
        var told = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        Assert.Equal(asked.Json["explain"]!.ToJsonString(), told.Json["explain"]!.ToJsonString());
        Assert.Equal(70_000, told.Json["receipt"]!["actualAmount"]!.GetValue<long>());
        Assert.Equal("AMOUNT_MISMATCH", told.Json["anomalies"]!.AsArray().Single()!.GetValue<string>());
        // The events carry the receipt and the names, and leave the rules out.
        var events = (await w.Api.Get("/v1/events?after=0&limit=200")).Json["data"]!.AsArray();
        var recorded = events.Single(e => e!["type"]!.GetValue<string>() == "spend.receipt_recorded")!["data"]!;
        Assert.Equal("succeeded", recorded["state"]!.GetValue<string>());
        Assert.Equal("AMOUNT_MISMATCH", recorded["anomalies"]![0]!.GetValue<string>());
        Assert.Null(recorded["explain"]);
        Assert.Null(recorded["sat"]);
    }

    [Fact]
    public async Task a_key_lists_only_what_it_asked_itself_and_customer_service_seven_days()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var old = await w.Spend(10_000);
        Assert.True(SpendRequestId.TryParse(old.Text("spendRequestId"), out var id));
        await product.Execute(
            "update bursar.disbursements set created_at = created_at - interval '8 days' where disbursement_id = $1", id.Value);
        var admin = await (await w.AdminSession()).StepUp();
        var key = (await admin.Post("/v1/api-keys", new { name = "Agent", scope = "spend" })).Is(HttpStatusCode.Created).Text("key");
        var agent = new Client(product.Address, key);
        var own = (await agent.Post("/v1/spend-requests", Spends.SpendBody())).Is(HttpStatusCode.OK);
        Assert.Equal([own.Text("spendRequestId")], Ids(await agent.Get("/v1/spend-requests")));
        var service = await w.Member(Role.CustomerService);
        Assert.Equal([own.Text("spendRequestId")], Ids(await service.Get("/v1/spend-requests")));
        Assert.Equal([old.Text("spendRequestId")], Ids(await service.Get($"/v1/spend-requests?search={old.Text("spendRequestId")}")));
        (await service.Get($"/v1/spend-requests/{own.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        Assert.Equal(1, await w.Facts("history.searched"));
        (await service.Get($"/v1/spend-requests/{old.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        Assert.Equal(2, await w.Facts("history.searched"));
        Assert.Empty(Ids(await (await product.Workspace()).Api.Get("/v1/spend-requests")));
    }

    [Fact]
    public async Task every_decision_about_money_is_listed_also_the_refused_transfer()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        await w.Policy(new { name = "Agents", currency = "IDR", maxSingleAmount = 100_000 });
        await w.Policy(new
        {
            name = "Transfers", currency = "IDR", maxSingleAmount = 200_000, scope = new { kinds = new[] { "money_transfer" } },
        });
        await w.Spend(50_000);
        await w.Spend(150_000);
        (await w.Transfer(100_000)).Is(HttpStatusCode.Created);
        (await w.Transfer(300_000)).Refuses("policy_denied");
        var all = (await w.Api.Get("/v1/decisions")).Is(HttpStatusCode.OK).Json["data"]!.AsArray();
        Assert.Equal(
            [
                "money_transfer DENY EXCEEDS_SINGLE_LIMIT", "money_transfer ALLOW OK", "agent_spend DENY EXCEEDS_SINGLE_LIMIT",
                "agent_spend ALLOW OK",
            ],
            all.Select(d => $"{d!["kind"]} {d["decision"]} {d["decisionReason"]}"));
        Assert.Equal("EXCEEDS_SINGLE_LIMIT", all[0]!["explain"]!["rules"]!.AsArray()[^1]!["rule"]!.GetValue<string>());
        Assert.StartsWith("/v1/transfers/tr_", all[1]!["resource"]!.GetValue<string>());
        Assert.Equal(2, (await w.Api.Get("/v1/decisions?decision=DENY")).Json["data"]!.AsArray().Count);
        Assert.Equal(2, (await w.Api.Get("/v1/decisions?kind=agent_spend")).Json["data"]!.AsArray().Count);
        var cursor = "";
        for (var i = 0; i < 4; i++)
        {
            var page = await w.Api.Get($"/v1/decisions?limit=1&cursor={cursor}");
            Assert.Equal(all[i]!["decidedAt"]!.GetValue<string>(), page.Json["data"]!.AsArray().Single()!["decidedAt"]!.GetValue<string>());
            cursor = page.Json["nextCursor"]?.GetValue<string>() ?? "";
        }
        Assert.Equal("", cursor);
    }

    [Fact]
    public async Task the_pages_show_what_the_api_tells_and_the_report_has_every_row_of_the_list()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", requireApprovalOver = 100_000 });
        var spend = await w.Spend(50_000);
        await w.Receipt(spend, 60_000);
        await w.Spend(200_000, "buyer");
        var pages = await w.AdminPages();
        var list = (await pages.Get("/test/logs?agentId=shopper")).Is(HttpStatusCode.OK).Body;
        Assert.Contains(spend.Text("spendRequestId"), list);
        Assert.DoesNotContain(">buyer<", list);
        Assert.Contains("More was paid", list);
        var trace = (await pages.Get($"/test/logs/{spend.Text("spendRequestId")}")).Is(HttpStatusCode.OK).Body;
        foreach (var words in new[] { "Allowed by the policies", "Token issued", "Receipt recorded", "Why it was decided so",
            "stripe pi_" })
            Assert.Contains(words, trace);
        var csv = (await pages.Get("/test/logs/report.csv?agentId=shopper")).Is(HttpStatusCode.OK).Body;
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("AMOUNT_MISMATCH", lines[1]);
        var anomaly = (await w.Anomaly("AMOUNT_MISMATCH"))["id"]!.GetValue<string>();
        var open = (await pages.Get($"/test/anomalies?id={anomaly}")).Is(HttpStatusCode.OK);
        Assert.Contains("Mark as explained", open.Body);
        Assert.Contains("shopper", (await pages.Get("/test/agents?id=shopper")).Is(HttpStatusCode.OK).Body);
    }

    private static List<string> Ids(Answer answer) =>
        [.. answer.Is(HttpStatusCode.OK).Json["data"]!.AsArray().Select(s => s!["spendRequestId"]!.GetValue<string>())];
}

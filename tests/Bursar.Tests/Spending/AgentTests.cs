using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

public sealed class AgentTests(Product product)
{
    [Fact]
    public async Task an_agent_appears_at_its_first_request_with_what_it_spends_against_caps()
    {
        var w = await product.Workspace();
        Assert.Empty((await w.Api.Get("/v1/agents")).Json["data"]!.AsArray());
        await w.Policy(new { name = "Everyone", currency = "IDR", dailyLimit = 100_000, monthlyLimit = 900_000 });
        await w.Policy(new { name = "Buyers", currency = "IDR", dailyLimit = 50_000, scope = new { agentIds = new[] { "buyer" } } });
        await w.Spend(40_000);
        await w.Spend(30_000, "buyer");
        await w.Spend(30_000, "buyer");
        var spend = await w.Spend(10_000, "buyer");
        await w.Receipt(spend, 4_000);
        var agents = (await w.Api.Get("/v1/agents")).Json["data"]!.AsArray();
        Assert.Equal(["buyer", "shopper"], agents.Select(a => a!["agentId"]!.GetValue<string>()));
        var buyer = agents[0]!;
        Assert.Equal("active", buyer["state"]!.GetValue<string>());
        // 30,000 allowed, 30,000 refused by the second policy, 4,000 of the 10,000 really paid.
        Assert.Equal(34_000, buyer["today"]![0]!["amount"]!.GetValue<long>());
        Assert.Equal(2, buyer["today"]![0]!["requests"]!.GetValue<int>());
        var caps = buyer["caps"]!.AsArray().ToDictionary(c => c!["name"]!.GetValue<string>(), c => c!["dailyUsed"]!.GetValue<long>());
        Assert.Equal((74_000, 34_000), (caps["Everyone"], caps["Buyers"]));
        Assert.Equal(["Everyone"], agents[1]!["caps"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()));
        var page = await w.Api.Get("/v1/agents?limit=1");
        var second = (await w.Api.Get($"/v1/agents?limit=1&cursor={page.Text("nextCursor")}")).Json["data"]![0]!;
        Assert.Equal("shopper", second["agentId"]!.GetValue<string>());
    }

    [Fact]
    public async Task a_freeze_holds_for_the_very_next_decision_in_both_of_two_processes()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var (app, address) = await product.Serve();
        try
        {
            Client[] doors = [w.Api, w.Through(address)];
            var approver = await w.Member(Role.Approver);
            await approver.StepUp();
            foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            for (var round = 0; round < 5; round++)
            {
                var frozen = (await approver.Post("/v1/agents/shopper/freeze", new { })).Is(HttpStatusCode.OK);
                Assert.Equal(("frozen", "Approver person"), (frozen.Text("state"), frozen.Text("frozenBy")));
                foreach (var door in doors)
                {
                    var asked = await Ask(door);
                    Assert.Equal(("DENY", "AGENT_FROZEN"), (asked.Text("decision"), asked.Text("decisionReason")));
                    Assert.Equal("ALLOW", (await Ask(door, "other")).Text("decision"));
                }
                Assert.Equal("active", (await approver.Delete("/v1/agents/shopper/freeze")).Is(HttpStatusCode.OK).Text("state"));
                foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            }
            Assert.Equal((5, 5), (await w.Facts("agent.frozen"), await w.Facts("agent.unfrozen")));
        }
        finally
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_freeze_of_all_stops_agents_that_nobody_has_seen_yet()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        await w.Spend(10_000);
        var admin = await w.AdminSession();
        var all = (await admin.Post("/v1/agents/freeze", new { })).Is(HttpStatusCode.OK);
        Assert.True(all.Json["frozen"]!.GetValue<bool>());
        Assert.Equal("AGENT_FROZEN", (await w.Spend(10_000, "newcomer")).Text("decisionReason"));
        Assert.All((await w.Api.Get("/v1/agents")).Json["data"]!.AsArray(), a => Assert.Equal("frozen", a!["state"]!.GetValue<string>()));
        (await admin.Delete("/v1/agents/freeze")).Refuses("otp_required");
        await admin.StepUp();
        Assert.False((await admin.Delete("/v1/agents/freeze")).Is(HttpStatusCode.OK).Json["frozen"]!.GetValue<bool>());
        Assert.Equal("ALLOW", (await w.Spend(10_000, "newcomer")).Text("decision"));
        (await (await w.Member(Role.Maker)).Post("/v1/agents/freeze", new { })).Refuses("permission_denied");
        (await admin.Post("/v1/agents/nobody/freeze", new { })).Refuses("not_found");
        // An agent's id may hold what a path would not: it is one segment all the same.
        await w.Spend(10_000, "team/shop bot");
        (await admin.Post("/v1/agents/team%2Fshop%20bot/freeze", new { })).Is(HttpStatusCode.OK);
        Assert.Equal("AGENT_FROZEN", (await w.Spend(10_000, "team/shop bot")).Text("decisionReason"));
    }

    private static Task<Answer> Ask(Client door, string agent = "shopper") =>
        door.Post("/v1/spend-requests", Spends.SpendBody(1_000, agent));
}

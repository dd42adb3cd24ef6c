using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>The seed's heading Logs, step by step: Browse, Filter, Trace, Anomalies; and the agents behind them.</summary>
[Collection(ProductFixture.Name)]
public sealed class LogsTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    private static Task Sees(ILocator of, string text) => Assertions.Expect(of).ToContainTextAsync(text);

    [Theory, InlineData(true), InlineData(false)]
    public async Task browse_see_all_spend_requests_with_decision_amount_merchant_and_time(bool script)
    {
        await using var tab = await Open("reviewer", script);
        await tab.Go("/test/home");
        await tab.Page.ClickAsync("nav[aria-label=Main] a:has-text(\"Logs\")");
        var heads = await tab.Page.Locator("main thead th").AllInnerTextsAsync();
        foreach (var head in new[] { "Decision", "Amount", "Merchant", "Agent ID", "Time" }) Assert.Contains(head, heads);
        var row = tab.Page.Locator("main tbody tr", new() { HasText = "traveloka.com" });
        foreach (var text in new[] { "Allowed", "Rp\u00A0875.000", "travel-agent" }) await Sees(row, text);
        await Sees(tab.Page.Locator("main tbody tr", new() { HasText = "casino.example" }), "Denied");
        await Sees(tab.Page.Locator("main tbody tr", new() { HasText = "garuda-indonesia.com" }), "Needs approval");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task filter_search_by_agent_id_merchant_decision_type_or_date_range(bool script)
    {
        await using var tab = await Open("admin", script);
        var rows = tab.Page.Locator("main tbody tr");
        await tab.Go("/test/logs");
        await tab.Page.FillAsync("main input[type=search]", "ads-buyer");
        await tab.Page.PressAsync("main input[type=search]", "Enter");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await tab.Page.ClickAsync("[popovertarget=f-decision]");
        await tab.Page.CheckAsync("#f-decision input[value=DENY]");
        await tab.Page.ClickAsync("#f-decision .btn.primary");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await tab.Page.ClickAsync("[popovertarget=f-merchant]");
        await tab.Page.FillAsync("#f-merchant input", "Google.com");
        await tab.Page.ClickAsync("#f-merchant .btn.primary");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Sees(rows, "It is above the limit of one transaction.");
        await tab.Page.ClickAsync("main .clear");
        await tab.Page.ClickAsync("[popovertarget=f-createdFrom]");
        await tab.Page.FillAsync("#f-createdFrom input[name=createdTo]", "2020-01-01");
        await tab.Page.ClickAsync("#f-createdFrom .btn.primary");
        await Sees(tab.Page.Locator("main .empty"), "No requests match");
        Assert.Contains("createdTo=2020-01-01", tab.Page.Url, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task trace_use_the_spend_request_id_to_follow_one_request_through_the_system(bool script)
    {
        var spends = await product.List("admin", "/v1/spend-requests?merchant=traveloka.com");
        var id = spends[0].GetProperty("spendRequestId").GetString()!;
        await using var tab = await Open("developer", script);
        await tab.Go("/test/logs");
        await tab.Page.FillAsync("main input[type=search]", id);
        await tab.Page.PressAsync("main input[type=search]", "Enter");
        await tab.Page.ClickAsync("main tbody a.row-link");
        var main = tab.Page.Locator("main");
        foreach (var step in new[] { "Asked", "Allowed by the policies", "Token issued", "Receipt recorded", "stripe pi_demo_875000" })
            await Sees(main.Locator(".steps"), step);
        foreach (var rule in new[] { "Per transaction", "Daily cap", "Monthly cap", "Approval threshold" })
            await Sees(main.Locator(".explain"), rule);
        await Sees(main.Locator("#about-t >> xpath=../.."), id);
        await tab.Page.ClickAsync("main details summary");
        await Sees(main.Locator("pre"), "\"firstDecision\": \"ALLOW\"");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task anomalies_are_flagged_by_themselves_and_somebody_says_what_it_was(bool script)
    {
        var agent = "anomaly-" + (script ? "script" : "plain");
        var spend = await product.Spend(agent, 100_000);
        await product.Receipt(spend, 120_000);
        await using var tab = await Open("approver", script);
        await tab.Go($"/test/logs?agentId={agent}");
        await Sees(tab.Page.Locator("main tbody"), "More was paid");
        await tab.Page.ClickAsync("main tbody a.row-link");
        await tab.Page.ClickAsync("main .notice a");
        await Sees(tab.Page.Locator("#drawer"), "Rp\u00A0120.000");
        await tab.Page.ClickAsync(".drawer-foot [commandfor=explained]");
        await tab.Page.ClickAsync("#explained .btn.primary");
        await Sees(tab.Page.Locator("#drawer"), "This is required");
        await tab.Page.ClickAsync(".drawer-foot [commandfor=explained]");
        await tab.Page.FillAsync("#explained textarea", "Delivery was added");
        await tab.Page.ClickAsync("#explained .btn.primary");
        await Sees(tab.Page.Locator(".toast"), "Explained");
        await Sees(tab.Page.Locator("#drawer"), "Delivery was added");
        await tab.Go($"/test/anomalies?agentId={agent}&state=open");
        await Sees(tab.Page.Locator("main .empty"), "No anomalies match");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task an_agent_is_frozen_with_one_press_and_let_go_with_the_password(bool script)
    {
        var agent = "frozen-" + (script ? "script" : "plain");
        await product.Spend(agent, 100_000);
        await using var tab = await Open("approver", script);
        await tab.Go("/test/agents");
        await tab.Page.ClickAsync($"main tbody a:has-text(\"{agent}\")");
        await Sees(tab.Page.Locator("#drawer"), "Spent against caps");
        await tab.Page.ClickAsync(".drawer-foot button:has-text(\"Freeze agent\")");
        await Sees(tab.Page.Locator(".toast"), $"{agent} is frozen");
        Assert.Equal("AGENT_FROZEN", (await product.Spend(agent, 100_000)).GetProperty("decisionReason").GetString());
        await tab.Page.ClickAsync(".drawer-foot button:has-text(\"Unfreeze agent\")");
        await Sees(tab.Page.Locator(".toast"), $"{agent} may spend again");
        Assert.Equal("ALLOW", (await product.Spend(agent, 100_000)).GetProperty("decision").GetString());
    }
}

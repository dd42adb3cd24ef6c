using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>"Approvals" of the PINTI guide, step by step.</summary>
[Collection(ProductFixture.Name)]
public sealed class ApprovalsTests(RealBrowser browser, ProductFixture product)
{
    private const string Currency = "SGD";

    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    /// <summary>Spends of this agent that all wait: SGD has a policy of its own here, which asks for people from the first cent.</summary>
    private async Task<string[]> Ask(string agent, params (long Amount, string Merchant, string Reason)[] wanted)
    {
        var policies = await product.List("admin", "/v1/policies");
        if (policies.All(p => p.GetProperty("name").GetString() != "Singapore"))
            await product.Post("admin", "/v1/policies", new { name = "Singapore", currency = Currency, requireApprovalOver = 0 });
        var asked = new List<string>();
        foreach (var (amount, merchant, reason) in wanted)
            asked.Add((await product.Spend(new { agentId = agent, amount, currency = Currency, merchant,
                reason })).GetProperty("approvalId").GetString()!);
        return [.. asked];
    }

    [Fact]
    public async Task review_pending_shows_amount_merchant_reason_and_agent()
    {
        var ids = await Ask("reviewer-bot", (125_00, "figma.com", "Design seats"));
        await using var tab = await Open("reviewer");
        await tab.Go("/test/approvals?kind=agent_spend&agentId=reviewer-bot");
        var card = tab.Page.Locator($"#{ids[0]}");
        foreach (var text in new[] { "SGD\u00A0125,00", "figma.com", "Design seats", "reviewer-bot",
            "Above a policy's approval threshold", "Expires" })
            await Assertions.Expect(card).ToContainTextAsync(text);
        // Whoever may only look has nothing to press.
        await Assertions.Expect(card.Locator(".btn")).ToHaveCountAsync(0);
        await card.Locator(".apr-amt a").ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("What the policies said");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("Approval threshold");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task resolve_approves_or_rejects_with_a_note_and_audit_keeps_it_listed(bool script)
    {
        var agent = $"buyer-{script}";
        var ids = await Ask(agent, (80_00, "aws.amazon.com", "Build machines"), (90_00, "steam.com", "A game"));
        await using var tab = await Open("approver", script);
        await tab.Go($"/test/approvals?agentId={agent}");
        await tab.Page.Locator($"#{ids[0]}").GetByRole(AriaRole.Link, new() { Name = "Approve" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#decide")).ToContainTextAsync("Approve SGD\u00A080,00?");
        await tab.Page.FillAsync("#f-note", "Within budget");
        await tab.Page.ClickAsync("#decide .btn.primary");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("The agent may pay");
        // Back on the same filtered list, the other one still waits.
        await Assertions.Expect(tab.Page.Locator(".apr")).ToHaveCountAsync(1);
        await tab.Page.Locator($"#{ids[1]}").GetByRole(AriaRole.Link, new() { Name = "Reject" }).ClickAsync();
        await tab.Page.FillAsync("#f-note", "Not for work");
        await tab.Page.ClickAsync("#decide .btn.danger");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("Rejected");

        await tab.Go($"/test/approvals/resolved?agentId={agent}");
        var rows = tab.Page.Locator("main tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Filter(new() { HasText = "aws.amazon.com" })).ToContainTextAsync("Approved");
        await Assertions.Expect(rows.Filter(new() { HasText = "aws.amazon.com" })).ToContainTextAsync("Within budget");
        await Assertions.Expect(rows.Filter(new() { HasText = "steam.com" })).ToContainTextAsync("Rejected");
        await tab.Go($"/test/approvals/resolved?agentId={agent}&state=rejected");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await rows.Locator("a").First.ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("Not for work");
    }

    [Fact]
    public async Task several_are_decided_at_once_with_a_result_for_each()
    {
        var ids = await Ask("bulk-bot", (10_00, "one.example", "One"), (11_00, "two.example", "Two"), (12_00, "three.example", "Three"));
        await using var tab = await Open("approver");
        await tab.Go("/test/approvals?agentId=bulk-bot");
        foreach (var id in ids) await tab.Page.CheckAsync($"#{id} input[name=approval]");
        // Somebody is quicker with one of them.
        var taken = (await product.List("admin", "/v1/approvals?agentId=bulk-bot")).First(a => a.GetProperty("id").GetString() == ids[1]);
        await product.Post("executor", $"/v1/approvals/{ids[1]}/decision",
            new { verdict = "reject", contentHash = taken.GetProperty("contentHash").GetString() });
        await tab.Page.FillAsync("#bulk input[name=note]", "All reviewed");
        await tab.Page.ClickAsync("#bulk button[value=approve]");
        await Assertions.Expect(tab.Page.Locator("main .alert")).ToContainTextAsync("2 done, 1 not");
        var ended = (await product.List("admin", "/v1/approvals?agentId=bulk-bot"))
            .ToDictionary(a => a.GetProperty("id").GetString()!, a => a.GetProperty("state").GetString());
        Assert.Equal(["approved", "rejected", "approved"], ids.Select(id => ended[id]));

        var more = await Ask("bulk-bot", (13_00, "four.example", "Four"), (14_00, "five.example", "Five"));
        await tab.Go("/test/approvals?agentId=bulk-bot");
        foreach (var id in more) await tab.Page.CheckAsync($"#{id} input[name=approval]");
        await tab.Page.ClickAsync("#bulk button[value=reject]");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("2 rejected");
        await Assertions.Expect(tab.Page.Locator(".apr")).ToHaveCountAsync(0);
    }
}

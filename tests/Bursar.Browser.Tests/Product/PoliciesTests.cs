using System.Net.Http.Json;
using System.Text.Json;
using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>PINTI seed, "Policies": Create, Test, Enable, step by step.</summary>
[Collection(ProductFixture.Name)]
public sealed class PoliciesTests(RealBrowser browser, ProductFixture product)
{
    [Fact]
    public async Task create_test_enable()
    {
        await using var tab = await browser.Open(product.Address, cookies: [(await product.As("admin")).Cookie]);
        await Create(tab);
        await Test(tab);
        await Enable(tab);
        await Change(tab);
        // The wrong amount was answered with 422, which the browser notes.
        Assert.DoesNotContain(tab.Complaints, c => !c.Contains("status of 422", StringComparison.Ordinal));
    }

    /// <summary>1. Click "New policy". Limits, caps, lists, threshold; a wrong amount is said beside its field.</summary>
    private static async Task Create(BrowserTab tab)
    {
        await tab.Go("/test/agents/policies");
        await tab.Page.ClickAsync("main .actions .btn.primary");
        await tab.Page.FillAsync("#f-name", "Agents of marketing");
        await tab.Page.FillAsync("#f-maxSingleAmount", "5,5");
        await tab.Page.FillAsync("#f-dailyLimit", "1.000.000");
        await tab.Page.FillAsync("#f-monthlyLimit", "20.000.000");
        await tab.Page.FillAsync("#f-requireApprovalOver", "250.000");
        await tab.Page.FillAsync("#f-blockedMerchants", "casino.example\nlottery.example");
        await tab.Page.ClickAsync("details:has(#f-approvalTiers\\.0\\.over) summary");
        await tab.Page.FillAsync("#f-approvalTiers\\.0\\.over", "400.000");
        await tab.Page.UncheckAsync("#f-active");
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#f-maxSingleAmount-m")).ToContainTextAsync("Write an amount in IDR");
        Assert.Equal("1.000.000", await tab.Page.InputValueAsync("#f-dailyLimit"));
        await tab.Page.FillAsync("#f-maxSingleAmount", "500.000");
        await tab.Page.ClickAsync("main .btn.primary");
        await tab.Arrives("/test/agents/policies");
        var row = tab.Page.Locator("main tbody tr", new() { HasText = "Agents of marketing" });
        await Assertions.Expect(row).ToContainTextAsync("Off");
        await Assertions.Expect(row).ToContainTextAsync("Rp 1.000.000");
    }

    /// <summary>2. Check that the decision matches expectations, by form and by JSON; nothing is reserved.</summary>
    private static async Task Test(BrowserTab tab)
    {
        await tab.Page.ClickAsync("main tbody tr:has-text('Agents of marketing') a");
        await tab.Page.ClickAsync("main .head a:has-text('Test')");
        await Assertions.Expect(tab.Page.Locator(".code")).ToContainTextAsync("/v1/policies/test");
        await tab.Page.FillAsync("#f-amount", "450.000");
        await tab.Page.FillAsync("#f-agentId", "shopper");
        await tab.Page.FillAsync("#f-merchant", "tokopedia.com");
        await tab.Page.ClickAsync("main .btn.primary");
        var result = tab.Page.Locator("section:has(#result-t)");
        await Assertions.Expect(result).ToContainTextAsync("Needs approval");
        await Assertions.Expect(result).ToContainTextAsync("2 different people must approve it");
        await tab.Page.FillAsync("#f-json",
            """{"agentId":"shopper","amount":10000,"currency":"IDR","merchant":"CASINO.example.","reason":"x"}""");
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(result).ToContainTextAsync("The merchant is on a block list");
        await tab.Shot("flow-policy-test");
    }

    /// <summary>3. Toggle on; the next real request obeys. Off again, it is skipped.</summary>
    private async Task Enable(BrowserTab tab)
    {
        await tab.Go("/test/agents/policies");
        var row = tab.Page.Locator("main tbody tr", new() { HasText = "Agents of marketing" });
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Active");
        Assert.Equal("EXCEEDS_SINGLE_LIMIT", await Ask(500_001));
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Off");
        Assert.NotEqual("EXCEEDS_SINGLE_LIMIT", await Ask(500_001));
    }

    /// <summary>A draft is replayed before it is saved; a version is restored.</summary>
    private static async Task Change(BrowserTab tab)
    {
        await tab.Page.ClickAsync("main tbody tr:has-text('Agents of marketing') a");
        await tab.Page.FillAsync("#f-maxSingleAmount", "600.000");
        await tab.Page.ClickAsync("main button:has-text('Replay past requests')");
        await Assertions.Expect(tab.Page.Locator("h1")).ToContainTextAsync("Replay with Agents of marketing");
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("What would change");
        await tab.Go("/test/agents/policies");
        await tab.Page.ClickAsync("main tbody tr:has-text('Agents of marketing') a");
        await tab.Page.FillAsync("#f-maxSingleAmount", "600.000");
        await tab.Page.ClickAsync("main .btn.primary");
        await tab.Page.ClickAsync("main tbody tr:has-text('Agents of marketing') a");
        await Assertions.Expect(tab.Page.Locator("main table")).ToContainTextAsync("Per-transaction limit: Rp 500.000 → Rp 600.000");
        await tab.Page.Locator("main tbody tr", new() { HasText = "Created" }).GetByRole(AriaRole.Button).ClickAsync();
        Assert.Equal("500.000", await tab.Page.InputValueAsync("#f-maxSingleAmount"));
        await tab.Page.ClickAsync("main .head .btn.danger");
        await tab.Page.ClickAsync("dialog[open] .btn.danger");
        await tab.Page.ClickAsync("main .seg a:has-text('Archived')");
        await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync("Agents of marketing");
    }

    private async Task<string> Ask(long amount)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/spend-requests")
        {
            Content = JsonContent.Create(new { agentId = "marketing", amount, currency = "IDR", merchant = "m", reason = "x" }),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var answer = await (await product.As("admin")).Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("decisionReason").GetString()!;
    }
}

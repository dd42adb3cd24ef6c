using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>A system is connected by page: a key, an address, an endpoint, and the doctor when it fails.</summary>
[Collection(ProductFixture.Name)]
public sealed class DeveloperFlowTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open() => await browser.Open(product.Address, cookies: [(await product.As("developer")).Cookie]);

    [Fact]
    public async Task a_key_is_generated_changed_and_revoked()
    {
        await using var tab = await Open();
        await tab.Go("/test/developers");
        await tab.Page.ClickAsync("main .actions .btn.primary");
        await tab.Page.FillAsync("#f-name", "Till in Bandung");
        await tab.Page.SelectOptionAsync("#f-scope", "read");
        await tab.Page.FillAsync("#f-ipRules", "127.0.0.1\n203.0.113.0/24");
        await tab.Page.ClickAsync("#new-key .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#secret")).ToContainTextAsync("BURSAR_API_KEY=bk_test_");
        await tab.Page.CheckAsync(".secret-foot input");
        await tab.Page.ClickAsync(".secret-foot .btn");
        var row = tab.Page.Locator("main tbody tr", new() { HasText = "Till in Bandung" });
        await Assertions.Expect(row).ToContainTextAsync("Read only, from 127.0.0.1/32, 203.0.113.0/24");

        await row.GetByText("Edit").ClickAsync();
        await tab.Page.FillAsync("dialog[open] textarea", "127.0.0.1");
        await tab.Page.ClickAsync("dialog[open] .btn.primary");
        await Assertions.Expect(row).Not.ToContainTextAsync("203.0.113.0/24");

        await row.GetByText("Change key").ClickAsync();
        await tab.Page.ClickAsync("dialog[open] .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#secret")).ToContainTextAsync("BURSAR_API_KEY=bk_test_");
        await tab.Go("/test/developers");
        await Assertions.Expect(row).ToHaveCountAsync(2);
        await Assertions.Expect(row.Nth(1)).ToContainTextAsync("Replaced, ends");
        await row.Nth(0).GetByText("Revoke").ClickAsync();
        await tab.Page.ClickAsync("dialog[open] .btn.danger");
        await Assertions.Expect(row.Nth(0)).ToContainTextAsync("Revoked");
    }

    [Fact]
    public async Task an_address_that_would_lock_out_is_asked_about()
    {
        await using var tab = await Open();
        await tab.Go("/test/developers/ip-allowlist");
        var own = tab.Page.Locator("main tbody tr", new() { HasText = "127.0.0.0/8" });
        await own.GetByText("Remove").ClickAsync();
        await tab.Page.ClickAsync("dialog[open] .btn.danger");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("127.0.0.0/8 removed");
        await tab.Page.ClickAsync("main .actions .btn.primary");
        await tab.Page.FillAsync("#f-range", "203.0.113.9");
        await tab.Page.ClickAsync("#add .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#add")).ToContainTextAsync("127.0.0.1 is left out");
        await tab.Page.FillAsync("#f-range", "127.0.0.1/8");
        await tab.Page.ClickAsync("#add .btn.primary");
        await Assertions.Expect(own).ToBeVisibleAsync();
    }

    [Fact]
    public async Task the_doctor_tells_why_an_endpoint_fails()
    {
        await using var tab = await Open();
        await tab.Go("/test/developers/deliveries/" + product.Delivery);
        await Assertions.Expect(tab.Page.Locator("main .steps")).ToContainTextAsync("Nothing listens there");
        await Assertions.Expect(tab.Page.Locator("main .payload")).ToContainTextAsync("\"type\":\"test.ping\"");
        await tab.Go("/test/developers/webhook-doctor");
        await tab.Page.ClickAsync("main .card:first-of-type .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main table").First).ToContainTextAsync("Nothing listens on port 1029");
        Assert.Empty(await tab.Axe());
    }
}

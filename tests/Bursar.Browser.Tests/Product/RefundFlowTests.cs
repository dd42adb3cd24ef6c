using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>"Request Refund and View Refund Transaction History", from the request to the history; and the receipt of a transfer.</summary>
[Collection(ProductFixture.Name)]
public sealed class RefundFlowTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    [Theory, InlineData(true), InlineData(false)]
    public async Task customer_service_asks_an_approver_decides_and_the_history_knows(bool script)
    {
        var reason = $"Paid in twice, {script}";
        await using var asking = await Open("cs", script);
        await asking.Go($"/test/deposit/top-ups/{product.PaidTopUp}");
        await asking.Page.ClickAsync("main a:has-text(\"Request refund\")");
        Assert.Equal(product.PaidTopUp, await asking.Page.InputValueAsync("#f-resource"));
        await asking.Page.FillAsync("#f-amount", "25.000");
        await asking.Page.FillAsync("#f-reason", reason);
        await asking.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(asking.Page.Locator("#f-bankCode-m")).ToContainTextAsync("not known");
        await asking.Page.SelectOptionAsync("#f-bankCode", "bca");
        await asking.Page.FillAsync("#f-accountNumber", "5270997481");
        await asking.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(asking.Page.Locator(".toast")).ToContainTextAsync("requested");
        await Assertions.Expect(asking.Page.Locator("#drawer .big")).ToContainTextAsync("Requested");

        await using var deciding = await Open("approver", script);
        await deciding.Go("/test/approvals?kind=refund");
        var card = deciding.Page.Locator(".apr").Filter(new() { HasText = reason });
        await Assertions.Expect(card).ToContainTextAsync("Bank Central Asia 5270997481");
        await card.GetByRole(AriaRole.Link, new() { Name = "Approve" }).ClickAsync();
        await deciding.Page.ClickAsync("#decide .btn.primary");
        await Assertions.Expect(deciding.Page.Locator(".toast")).ToContainTextAsync("Refund approved");

        for (var i = 0; i < 50; i++)
        {
            await asking.Go("/test/refunds?state=succeeded");
            if (await asking.Page.Locator("main tbody tr").Filter(new() { HasText = reason }).CountAsync() == 1) return;
            await Task.Delay(100);
        }
        Assert.Fail("The history does not show the refund as paid.");
    }

    [Fact]
    public async Task the_receipt_of_a_transfer_is_a_page_and_a_pdf()
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/transfers?state=succeeded");
        await tab.Page.Locator("main tbody tr a").First.ClickAsync();
        await tab.Page.ClickAsync("#drawer a:has-text(\"See the receipt\")");
        await Assertions.Expect(tab.Page.Locator("h1")).ToHaveTextAsync("Transfer receipt");
        await Assertions.Expect(tab.Page.Locator("main .kv")).ToContainTextAsync("Paid on");
        var file = await tab.Page.APIRequest.GetAsync(product.Address
            + await tab.Page.GetAttributeAsync("a:has-text(\"Open as PDF\")", "href"));
        Assert.Equal("application/pdf", file.Headers["content-type"]);
        Assert.StartsWith("%PDF-1.7", await file.TextAsync());
    }
}

using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>Money sent, found, reported and topped up by page, as people do it.</summary>
[Collection(ProductFixture.Name)]
public sealed class MoneyFlowTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    [Theory, InlineData(true, "5270997001"), InlineData(false, "5270997002")]
    public async Task a_maker_asks_for_a_transfer(bool script, string account)
    {
        await using var tab = await Open("maker", script);
        await tab.Go("/test/transfers/new");
        await tab.Page.SelectOptionAsync("#f-bankCode", "bca");
        await tab.Page.FillAsync("#f-accountNumber", account);
        await tab.Page.FillAsync("#f-amount", "1,5");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#f-amount-m")).ToContainTextAsync("1.250.000");
        Assert.Equal(account, await tab.Page.InputValueAsync("#f-accountNumber"));
        await tab.Page.FillAsync("#f-amount", "1.250.000");
        await tab.Page.FillAsync("#f-remark", "Invoice 77");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .kv")).ToContainTextAsync(account);
        await Assertions.Expect(tab.Page.Locator("main .kv")).ToContainTextAsync("Rp\u00A01.252.500");
        // Back to the form with everything that was typed, and forward again.
        await tab.Page.ClickAsync("main .form-foot a.btn");
        Assert.Equal("1.250.000", await tab.Page.InputValueAsync("#f-amount"));
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await tab.Page.ClickAsync("button:has-text(\"Request approval of Rp\u00A01.250.000\")");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("Approval of");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("Waiting for approval");
        Assert.Single(await product.List("maker", $"/v1/transfers?accountNumber={account}"));

        await tab.Page.ClickAsync(".drawer-foot [commandfor=cancel]");
        await tab.Page.ClickAsync("#cancel .btn.danger");
        await Assertions.Expect(tab.Page.Locator("#drawer .big")).ToContainTextAsync("Cancelled");
    }

    [Fact]
    public async Task an_unknown_account_stops_the_transfer()
    {
        await using var tab = await Open("maker");
        await tab.Go("/test/transfers/new?bankCode=bca&accountNumber=5270990005&amount=20.000");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#f-accountNumber-m")).ToContainTextAsync("the bank does not accept it");
        Assert.Empty(await product.List("maker", "/v1/transfers?accountNumber=5270990005"));
    }

    [Fact]
    public async Task the_same_transfer_again_is_warned_of()
    {
        await product.Post("maker", "/v1/transfers", new { amount = 33_000, bankCode = "bca", accountNumber = "5270993333" });
        await using var tab = await Open("maker");
        await tab.Go("/test/transfers/new/review?bankCode=bca&accountNumber=5270993333&amount=33.000");
        await Assertions.Expect(tab.Page.Locator("main form .notice")).ToContainTextAsync("within the last 10 minutes");
    }

    [Theory, InlineData("1370004807"), InlineData("10.450.300"), InlineData("Vendor invoice"), InlineData("rp 10.450.300")]
    public async Task the_search_finds_by_the_fields_of_the_guide(string text)
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/transfers");
        await tab.Page.FillAsync("main input[type=search]", text);
        await Assertions.Expect(tab.Page.Locator("main .summary")).ToContainTextAsync("1 transfer,");
        await Assertions.Expect(tab.Page.Locator("main tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync("1370004807");
    }

    [Fact]
    public async Task the_filters_narrow_the_list_and_the_report_follows()
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/transfers?destinationType=e_wallet&createdVia=api");
        var rows = await tab.Page.Locator("main tbody tr").CountAsync();
        Assert.Equal(3, rows);
        var href = await tab.Page.GetAttributeAsync("a:has-text(\"Create report\")", "href");
        var http = (await product.As("admin")).Http;
        using var answer = await http.GetAsync(href);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var lines = System.Text.Encoding.UTF8.GetString(bytes[3..]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows + 1, lines.Length);
        Assert.StartsWith("Transaction ID,Status,Transfer Destination,Account Number,", lines[0]);
        using var refused = await (await product.As("cs")).Http.GetAsync(href);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task a_top_up_goes_from_amount_to_deposit(bool script)
    {
        await using var tab = await Open("deposit", script);
        await tab.Go("/test/deposit");
        await tab.Page.ClickAsync("main a:has-text(\"Top-up deposit\")");
        await tab.Page.CheckAsync("input[name=preset][value=\"1.000.000\"]", new() { Force = true });
        await tab.Page.SelectOptionAsync("#f-bankCode", "bca");
        await tab.Page.ClickAsync("button:has-text(\"Continue to payment\")");
        var exact = await tab.Page.InnerTextAsync("main .exact .money");
        Assert.StartsWith("Rp\u00A01.000.", exact);
        Assert.Equal(exact[^3..], await tab.Page.InnerTextAsync("main .exact strong"));
        await tab.Page.CheckAsync("#f-viaAtm");
        await tab.Page.ClickAsync("button:has-text(\"I have transferred\")");
        await Assertions.Expect(tab.Page.Locator("main .exact")).ToContainTextAsync("Checking");
        await tab.Page.ClickAsync("button:has-text(\"Simulate payment\")");
        await Assertions.Expect(tab.Page.Locator("main .exact")).ToContainTextAsync("Matched");
        await tab.Go("/test/deposit/top-ups?state=completed");
        await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync(exact[3..]);
        await tab.Go("/test/deposit");
        await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync("Top-up received");
    }

    [Fact]
    public async Task the_pills_narrow_by_status_and_by_bank_or_wallet()
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/transfers?createdVia=api");
        await tab.Page.ClickAsync("[popovertarget=f-destinationType]");
        await tab.Shot("p-filter-open");
        await tab.Page.CheckAsync("#f-destinationType input[value=e_wallet]");
        await tab.Page.SelectOptionAsync("#f-destinationType select", "gopay");
        await tab.Page.ClickAsync("#f-destinationType .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main tbody tr")).ToHaveCountAsync(1);
        await tab.Page.ClickAsync("[popovertarget=f-state]");
        await tab.Page.CheckAsync("#f-state input[value=succeeded]");
        await tab.Page.ClickAsync("#f-state .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .empty")).ToContainTextAsync("No transfers match");
        await tab.Page.ClickAsync("main .empty a");
        await Assertions.Expect(tab.Page.Locator("main .summary")).ToContainTextAsync("transfers,");
    }

    [Fact]
    public async Task the_pager_goes_on_and_back()
    {
        await Task.WhenAll(Enumerable.Range(0, 55).Select(_ =>
            product.Post("maker", "/v1/transfers", new { amount = 10_000, bankCode = "bca", accountNumber = "5270995555" })));
        await using var tab = await Open("admin");
        await tab.Go("/test/transfers?search=5270995555");
        var rows = tab.Page.Locator("main tbody tr");
        var first = await rows.First.Locator("td").First.InnerTextAsync();
        await Assertions.Expect(tab.Page.Locator("main .pager")).ToContainTextAsync("1–50 of 55");
        await tab.Page.ClickAsync("main .pager a[rel=next]");
        await Assertions.Expect(rows).ToHaveCountAsync(5);
        await tab.Page.ClickAsync("main .pager a[rel=prev]");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        Assert.Equal(first, await rows.First.Locator("td").First.InnerTextAsync());
    }

    [Fact]
    public async Task a_policy_that_refuses_says_which_rule()
    {
        await product.Post("admin", "/v1/policies", new
        {
            name = "Blocked supplier",
            blockedMerchants = new[] { "bca:5270998888" },
            scope = new { kinds = new[] { "money_transfer" } },
        });
        await using var tab = await Open("maker");
        await tab.Go("/test/transfers/new/review?bankCode=bca&accountNumber=5270998888&amount=20.000");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .alert")).ToContainTextAsync("A policy refuses this");
        await Assertions.Expect(tab.Page.Locator("main .rules")).ToContainTextAsync("Refused");
        Assert.Empty(await product.List("maker", "/v1/transfers?accountNumber=5270998888"));
    }
}

using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>The steps of the guide "Find and Export Transactions History", by its own names.</summary>
[Collection(ProductFixture.Name)]
public sealed class TransactionHistoryTests(RealBrowser browser, ProductFixture product)
{
    [Fact(DisplayName = "Money Transfer -> Transaction History")]
    public async Task money_transfer_transaction_history()
    {
        await using var tab = await browser.Open(product.Address, cookies: [(await product.As("admin")).Cookie]);
        var page = tab.Page;
        var rows = page.Locator("main tbody tr");

        // Navigate to the Transaction History
        await tab.Go("/test/home");
        await page.ClickAsync("aside a:has-text(\"Money transfer\")");
        await Assertions.Expect(page.Locator("main .tabs [aria-current=page]")).ToHaveTextAsync("Transaction history");

        // Use the Search Bar: Transaction ID, Account Number, Amount, Beneficiary Name and Remark
        await tab.Go("/test/transfers?search=1370004807");
        var id = await rows.First.Locator("td").First.InnerTextAsync();
        var name = await rows.First.Locator("[data-cell=name]").InnerTextAsync();
        foreach (var keywords in new[] { id, "1370004807", "10.450.300", name, "Vendor invoice" })
        {
            await tab.Go("/test/transfers");
            await page.FillAsync("main input[type=search]", keywords);
            await page.PressAsync("main input[type=search]", "Enter");
            await Assertions.Expect(page.Locator($"main tbody tr:has-text(\"{id}\")")).ToHaveCountAsync(1);
        }

        // Apply Filters: Date/Range Date, Status, Bank/VA/E-Wallet, created via Dashboard or API
        await tab.Go("/test/transfers");
        foreach (var filter in new[] { "Date/Range Date", "Status", "Bank/VA/E-Wallet", "Created via" })
            await Assertions.Expect(page.Locator(".pill", new() { HasText = filter })).ToHaveCountAsync(1);
        await page.ClickAsync("[popovertarget=f-createdFrom]");
        await page.ClickAsync("#f-createdFrom .shortcuts a >> nth=0");
        await page.ClickAsync("[popovertarget=f-state]");
        await page.CheckAsync("#f-state input[value=failed]");
        await page.ClickAsync("#f-state .btn.primary");
        await page.ClickAsync("[popovertarget=f-destinationType]");
        await page.CheckAsync("#f-destinationType input[value=e_wallet]");
        await page.ClickAsync("#f-destinationType .btn.primary");
        await page.ClickAsync("[popovertarget=f-createdVia]");
        await page.CheckAsync("#f-createdVia input[value=api]");
        await page.ClickAsync("#f-createdVia .btn.primary");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows.First.Locator("[data-cell=status]")).ToContainTextAsync("Failed");

        // Review Transaction Result
        foreach (var column in new[] { "Transaction ID", "Status", "Transfer Destination", "Account Number", "Amount", "Remark", "Maker Name",
            "Created Date", "Completed Date" })
            await Assertions.Expect(page.Locator("main thead th", new() { HasText = column })).ToHaveCountAsync(1);
        await rows.First.Locator("[data-cell=amount] a").ClickAsync();
        await Assertions.Expect(page.Locator("#drawer")).ToContainTextAsync("The account is not active");
        await page.ClickAsync("[data-drawer-close]");

        // Export: what is found, and nothing else
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("a:has-text(\"Create report\")"));
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task a_beneficiary_is_saved_from_a_transfer_and_paid_again()
    {
        await using var tab = await browser.Open(product.Address, cookies: [(await product.As("maker")).Cookie]);
        var page = tab.Page;
        await tab.Go("/test/transfers?search=Courier fee");
        await page.Locator("main tbody tr [data-cell=amount] a").First.ClickAsync();
        await page.ClickAsync(".drawer-foot a:has-text(\"Save beneficiary\")");
        Assert.Equal("0206015843", await page.InputValueAsync("#f-accountNumber"));
        await page.FillAsync("#f-name", "The vendor");
        await page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(page.Locator("#drawer")).ToContainTextAsync("less than 24 hours ago");
        await tab.Shot("p-beneficiary");
        await page.ClickAsync(".drawer-foot a:has-text(\"Pay\")");
        await page.FillAsync("#f-amount", "77.000");
        await page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(page.Locator("main .kv")).ToContainTextAsync("0206015843");
        await page.ClickAsync("button:has-text(\"Request approval\")");
        await Assertions.Expect(page.Locator("#drawer")).ToContainTextAsync("Waiting for approval");

        // The same again must be meant.
        await tab.Go("/test/transfers/new/review?bankCode=bri&accountNumber=0206015843&amount=77.000");
        await page.ClickAsync("button:has-text(\"Request approval\")");
        await Assertions.Expect(page.Locator("#f-sendTwice-m")).ToContainTextAsync("paid twice");
        await tab.Shot("p-twin");
        await page.CheckAsync("#f-sendTwice");
        await page.ClickAsync("button:has-text(\"Request approval\")");
        await Assertions.Expect(page.Locator("#drawer")).ToContainTextAsync("Waiting for approval");
    }
}

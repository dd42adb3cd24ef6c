using System.Globalization;
using System.Text;
using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>"Top Up Flip Deposit" of the seed's guide, step by step by its headings, and the operator's desk behind it.</summary>
[Collection(ProductFixture.Name)]
public sealed class TopUpFlipDepositTests(RealBrowser browser, ProductFixture product)
{
    private const string Account = "8099900015";

    private static readonly (string Name, string Path)[] Desk =
    [
        ("p-statements", "/operator/statements?mode=test"), ("p-suspense", "/operator/suspense?mode=test"),
        ("p-suspense-none", "/operator/suspense?mode=live&state=to_return"), ("p-suspense-line", "{line}"),
        ("p-reconciliation-bank", "/operator/reconciliation?mode=test"), ("p-receiving", "/operator/receiving-accounts"),
        ("p-csv-format", "/operator/receiving-accounts/test/" + Account),
    ];

    public static TheoryData<string> All() => [.. Desk.Select(p => p.Name)];

    [Fact]
    public async Task the_guide_is_walked_from_log_in_to_top_up_history()
    {
        await using var tab = await browser.Open(product.Address);
        var page = tab.Page;

        // Log in to Your Flip for Business Account
        await tab.Go("/sign-in");
        await page.FillAsync("#f-email", "deposit@demo.test");
        await page.FillAsync("#f-password", ProductFixture.Password);
        await page.ClickAsync("main .btn.primary");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Home");
        await page.GotoAsync("/test/home");

        // Navigate to "My Deposit"
        await page.ClickAsync("nav a:has-text(\"My deposit\")");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("My deposit");

        // Click "Top-Up Deposit"
        await page.ClickAsync("main a:has-text(\"Top-up deposit\")");

        // Enter the Top-Up Amount
        await page.CheckAsync("input[name=preset][value=\"5.000.000\"]", new() { Force = true });
        await page.SelectOptionAsync("#f-bankCode", "bni");
        await page.FillAsync("#f-note", "Walked by the guide");
        await page.ClickAsync("button:has-text(\"Continue to payment\")");

        // Verify the Transfer Amount and Payment Your TopUp
        var amount = await page.InnerTextAsync("main .exact .money");
        Assert.StartsWith("Rp\u00A05.000.", amount);
        Assert.Equal(amount[^3..], await page.InnerTextAsync("main .exact strong"));
        await Assertions.Expect(page.Locator("main .kv")).ToContainTextAsync(Account);

        // Check Your Transaction Status
        await page.CheckAsync("#f-viaAtm");
        await page.ClickAsync("button:has-text(\"I have transferred\")");
        await Assertions.Expect(page.Locator("main .exact")).ToContainTextAsync("Checking");
        var here = page.Url;
        await page.ClickAsync("main a.btn:has-text(\"Top-up history\")");
        await Assertions.Expect(page.Locator("tr", new() { HasText = "Walked by the guide" })).ToContainTextAsync("Checking");

        // The bank says it: the operator imports the statement and the deposit has the money.
        var exact = long.Parse(string.Concat(amount.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
        await Import(exact);
        await page.GotoAsync(here);
        for (var tries = 0; tries < 50 && !(await page.InnerTextAsync("main .exact")).Contains("Matched", StringComparison.Ordinal); tries++)
        {
            await page.WaitForTimeoutAsync(100);
            await page.GotoAsync(here);
        }
        await Assertions.Expect(page.Locator("main .exact")).ToContainTextAsync("Matched");
        await tab.Go("/test/deposit/top-ups?state=completed");
        await Assertions.Expect(page.Locator("tr", new() { HasText = "Walked by the guide" })).ToContainTextAsync(amount[3..]);
        await tab.Go("/test/deposit/ledger/transfers?account=funding");
        await Assertions.Expect(page.Locator("main tbody")).ToContainTextAsync(amount[3..]);
        Assert.Empty(tab.Complaints);
    }

    [Theory, MemberData(nameof(All))]
    public async Task every_page_of_the_desk_is_sound(string name)
    {
        await Import(null);
        var path = Desk.Single(p => p.Name == name).Path;
        var cookie = (await product.As("operator")).Cookie;
        if (path == "{line}")
        {
            await using var tab = await browser.Open(product.Address, cookies: [cookie]);
            await tab.Go("/operator/suspense?mode=test");
            path = (await tab.Page.GetAttributeAsync("main .row-link", "href"))!;
        }
        await Sweep.Check(browser, product.Address, path, [cookie], name);
    }

    /// <summary>Saves how the bank writes its CSV and takes a file of today: two lines, the second one nobody's.</summary>
    private async Task Import(long? exact)
    {
        await using var tab = await browser.Open(product.Address, cookies: [(await product.As("operator")).Cookie]);
        var page = tab.Page;
        await tab.Go($"/operator/receiving-accounts/test/{Account}");
        await page.FillAsync("#f-date", "Tanggal");
        await page.SelectOptionAsync("#f-dateFormat", "yyyy-MM-dd");
        await page.SelectOptionAsync("#f-decimalMark", ".");
        await page.FillAsync("#f-amount", "Jumlah");
        await page.FillAsync("#f-balance", "Saldo");
        await page.FillAsync("#f-description", "Keterangan");
        await page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Statements");
        await page.SelectOptionAsync("#f-account", $"test:{Account}");
        await page.SelectOptionAsync("#f-format", "csv");
        var day = exact is null ? new DateOnly(2026, 1, 5) : DateOnly.FromDateTime(DateTime.UtcNow.AddHours(7));
        var file = string.Create(CultureInfo.InvariantCulture, $"Tanggal,Keterangan,Jumlah,Saldo\n{day:yyyy-MM-dd},TITIPAN,75123,75123\n");
        if (exact is { } amount)
            file += string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},SETORAN TUNAI,{amount},{75_123 + amount}\n");
        await page.SetInputFilesAsync("#f-file", new FilePayload
        {
            Name = "bni.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(file),
        });
        await page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(page.Locator(".toast")).ToContainTextAsync(exact is null ? "1 lines" : "2 new of 2 lines: 1 matched");
        await Assertions.Expect(page.Locator("main tbody")).ToContainTextAsync("bni.csv");
    }
}

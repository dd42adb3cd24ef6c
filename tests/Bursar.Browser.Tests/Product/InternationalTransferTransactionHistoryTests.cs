using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>The seed's "International Transfer -> Transaction History", step by step, and the way to a new transfer.</summary>
[Collection(ProductFixture.Name)]
public sealed class InternationalTransferTransactionHistoryTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    [Fact]
    public async Task use_the_search_bar_by_transaction_id_and_beneficiary_name()
    {
        var id = (await product.List("admin", "/v1/international-transfers?search=Greta"))[0].GetProperty("id").GetString()!;
        await using var tab = await Open("admin");
        await tab.Go("/test/home");
        await tab.Page.ClickAsync("nav a:has-text(\"International transfer\")");
        foreach (var text in new[] { id, "lindemann", "Greta Lin" })
        {
            await tab.Page.FillAsync("main input[type=search]", text);
            await Assertions.Expect(tab.Page.Locator("main tbody tr")).ToHaveCountAsync(1);
            await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync("Greta Lindemann");
        }
    }

    [Fact]
    public async Task apply_filters_by_transaction_created_and_beneficiary_name()
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/international");
        await tab.Page.ClickAsync("[popovertarget=f-beneficiaryName]");
        await tab.Page.FillAsync("#f-beneficiaryName input", "hughes");
        await tab.Page.ClickAsync("#f-beneficiaryName .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(tab.Page.Locator("main tbody")).ToContainTextAsync("Oliver Hughes");
        await tab.Page.ClickAsync("[popovertarget=f-createdFrom]");
        await tab.Page.FillAsync("#f-createdFrom input[name=createdFrom]", "2020-01-01");
        await tab.Page.FillAsync("#f-createdFrom input[name=createdTo]", "2020-12-31");
        await tab.Page.ClickAsync("#f-createdFrom .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .empty")).ToContainTextAsync("No transfers match");
    }

    [Fact]
    public async Task review_transaction_result_by_the_columns_of_the_guide_and_create_the_report()
    {
        await using var tab = await Open("admin");
        await tab.Go("/test/international?beneficiaryName=Greta");
        string[] columns =
        [
            "Transaction ID", "Status", "Beneficiary Country", "Beneficiary Bank", "Beneficiary Name", "Account Number", "Amount Sent",
            "Amount Received", "Created Date", "Completed Date",
        ];
        Assert.Equal(columns, await tab.Page.Locator("main thead th").AllInnerTextsAsync());
        foreach (var cell in new[] { "Successful", "Germany", "Spreebank", "DE89370400440532013000", "EUR\u00A0350,50", "Rp\u00A06.734.630" })
            await Assertions.Expect(tab.Page.Locator("main tbody tr")).ToContainTextAsync(cell);
        await tab.Page.ClickAsync("main tbody a");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("EUR 1 = Rp 19.214,35");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("Sari Wibowo");
        var href = await tab.Page.GetAttributeAsync("a:has-text(\"Create report\")", "href");
        using var answer = await (await product.As("admin")).Http.GetAsync(href);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(string.Join(',', columns), lines[0]);
        using var refused = await (await product.As("cs")).Http.GetAsync(href);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task a_maker_asks_for_a_transfer_abroad(bool script)
    {
        await using var tab = await Open("maker", script);
        await tab.Go("/test/international/new");
        await tab.Page.SelectOptionAsync("#f-country", "SGP");
        await tab.Page.SelectOptionAsync("#f-type", "b2b");
        await tab.Page.FillAsync("#f-amount", "1.250,50");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("section[aria-labelledby=quote-t]")).ToContainTextAsync("SGD\u00A01.250,50");
        await tab.Shot(script ? "p-international-details" : "p-international-details-plain");
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("[id='f-beneficiary.fullName-m']")).ToBeVisibleAsync();
        foreach (var (name, value) in new[]
        {
            ("fullName", "Merlion Prints Pte Ltd"), ("accountNumber", "0721905514"), ("swiftBic", "merl sg sg"), ("bankName", "Merlion Bank"),
            ("address", "9 Raffles Place"), ("city", "Singapore"), ("province", "Singapore"),
        })
            await tab.Page.FillAsync($"[id='f-beneficiary.{name}']", value);
        foreach (var (name, value) in new[]
        {
            ("nationality", "SGP"), ("relationship", "supplier"), ("remittancePurpose", "goods"), ("sourceOfFunds", "business_income"),
        })
            await tab.Page.SelectOptionAsync($"[id='f-beneficiary.{name}']", value);
        await tab.Page.SetInputFilesAsync("#f-attachment", new FilePayload
        {
            Name = "invoice.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7"u8.ToArray(),
        });
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .kv").First).ToContainTextAsync("MERLSGSG");
        await tab.Shot(script ? "p-international-review" : "p-international-review-plain");
        // Back with everything that was typed, and forward again with the file that is there already.
        await tab.Page.ClickAsync("main .form-foot .btn:not(.primary)");
        Assert.Equal("9 Raffles Place", await tab.Page.InputValueAsync("[id='f-beneficiary.address']"));
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        await tab.Page.ClickAsync("button:has-text(\"Request approval of SGD\u00A01.250,50\")");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("Waiting for approval");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToContainTextAsync("invoice.pdf");
        await tab.Page.ClickAsync(".drawer-foot [commandfor=cancel]");
        await tab.Page.ClickAsync("#cancel .btn.danger");
        await Assertions.Expect(tab.Page.Locator("#drawer .big")).ToContainTextAsync("Cancelled");
    }

    [Fact]
    public async Task the_form_of_a_corridor_and_the_drawer_are_sound()
    {
        var maker = await product.As("maker");
        foreach (var (country, currency, type) in new[] { ("DEU", "EUR", "b2b"), ("CHN", "CNY", "c2c") })
        {
            var quote = await product.Post("maker", "/v1/quotes", new { country, currency, amount = 125_000, type });
            await Sweep.Check(browser, product.Address, $"/test/international/new/details?quoteId={quote}", [maker.Cookie],
                $"p-international-details-{type}");
        }
        var id = (await product.List("maker", "/v1/international-transfers?search=Ruby"))[0].GetProperty("id").GetString()!;
        await Sweep.Check(browser, product.Address, $"/test/international?id={id}", [maker.Cookie], "p-international-drawer");
    }
}

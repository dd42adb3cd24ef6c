using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>A batch by page, as a team does it: a Maker uploads and submits, an Approver lets it go, anybody sees what became of it.</summary>
[Collection(ProductFixture.Name)]
public sealed class BatchFlowTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open(string who, bool script = true) =>
        await browser.Open(product.Address, script: script, cookies: [(await product.As(who)).Cookie]);

    [Theory, InlineData(true, "52800"), InlineData(false, "52900")]
    public async Task a_file_is_uploaded_checked_submitted_approved_and_paid(bool script, string accounts)
    {
        await using var maker = await Open("maker", script);
        await maker.Go("/test/transfers");
        await maker.Page.ClickAsync(".tabs a:has-text(\"Batches\")");
        await maker.Page.ClickAsync("main .actions .btn.primary");
        await Upload(maker, $"amount,bankCode,accountNumber\n12,bca,{accounts}1111\n");
        await Eventually(maker, "main", "Has errors");
        await Assertions.Expect(maker.Page.Locator("main tbody")).ToContainTextAsync("At least 10000 rupiah");

        await maker.Go("/test/transfers/batches/new");
        await Upload(maker, $"amount,bankCode,accountNumber\n12000,bca,{accounts}1111\n13000,bri,{accounts}2222\n14000,bca,{accounts}3333\n");
        await Eventually(maker, "main", "Ready");
        await Assertions.Expect(maker.Page.Locator("main .kv").First).ToContainTextAsync("Rp\u00A039.000");
        await Assertions.Expect(maker.Page.Locator("[aria-labelledby=risk-t]")).ToContainTextAsync("New payee");
        await maker.Page.ClickAsync("button:has-text(\"Submit batch\")");
        await Eventually(maker, "main tbody", "Waiting for approval");
        var page = new Uri(maker.Page.Url).AbsolutePath;
        if (script) Assert.Empty(await maker.Axe());

        await using var approver = await Open("approver", script);
        await approver.Go("/test/approvals");
        await approver.Page.ClickAsync($"a.btn[href=\"{page}\"]");
        await approver.Page.Locator("input[name=rows]").First.CheckAsync();
        await approver.Page.ClickAsync("button:has-text(\"Reject selected\")");
        await Assertions.Expect(approver.Page.Locator(".toast")).ToContainTextAsync("1 rejected");
        await approver.Page.ClickAsync("button:has-text(\"Approve all 2 that wait\")");
        await Assertions.Expect(approver.Page.Locator(".toast")).ToContainTextAsync("2 approved");
        await Eventually(approver, "main", "Completed");
        await Assertions.Expect(approver.Page.Locator("main .summary").First).ToContainTextAsync("Successful");
        if (script) Assert.Empty(await approver.Axe());
        Assert.Empty(maker.Complaints.Concat(approver.Complaints));
    }

    private static async Task Upload(BrowserTab tab, string csv)
    {
        await tab.Page.SetInputFilesAsync("#f-file", new FilePayload
        {
            Name = "salaries.csv",
            MimeType = "text/csv",
            Buffer = System.Text.Encoding.UTF8.GetBytes(csv),
        });
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
    }

    /// <summary>The page says so in the end; what it shows survives looking at it anew.</summary>
    private static async Task Eventually(BrowserTab tab, string where, string text)
    {
        for (var i = 0; i < 60; i++)
        {
            if ((await tab.Page.Locator(where).First.TextContentAsync() ?? "").Contains(text, StringComparison.Ordinal)) return;
            await tab.Page.WaitForTimeoutAsync(500);
            await tab.Page.ReloadAsync();
        }
        await Assertions.Expect(tab.Page.Locator(where).First).ToContainTextAsync(text);
    }
}

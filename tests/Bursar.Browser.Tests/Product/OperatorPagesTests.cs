using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>The operator's pages about what carries money are sound, and a partner's server is set up as a rail by page.</summary>
[Collection(ProductFixture.Name)]
public sealed class OperatorPagesTests(RealBrowser browser, ProductFixture product)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("p-rails", "/operator/rails"), ("p-rail-new", "/operator/rails/new?adapter=http"),
        ("p-rail-new-file", "/operator/rails/new?adapter=bankfile"), ("p-payouts", "/operator/payouts"),
        ("p-payouts-unknown", "/operator/payouts?show=unknown&mode=test"), ("p-payouts-files", "/operator/payouts?show=files"),
        ("p-operator-banks", "/operator/banks"), ("p-rates", "/operator/rates"), ("p-rate-terms", "/operator/rates/destinations/SGP"),
        ("p-orders-abroad", "/operator/international?mode=test"), ("p-house-ledger", "/operator/ledger/test"),
        ("p-house-ledger-none", "/operator/ledger/live?reference=nothing"),
    ];

    public static TheoryData<string> All() => [.. Pages.Select(p => p.Name)];

    [Theory, MemberData(nameof(All))]
    public async Task every_page_is_sound(string name) => await Sweep.Check(
        browser, product.Address, Pages.Single(p => p.Name == name).Path,
        [(await product.As("operator")).Cookie], name);

    [Fact]
    public async Task an_operator_sets_up_a_partner_and_sees_its_secrets_once()
    {
        await using var desk = await browser.Open(product.Address, cookies: [(await product.As("operator")).Cookie]);
        await desk.Go("/operator/rails");
        await desk.Page.ClickAsync("main a:has-text(\"A partner's server\")");
        await desk.Page.SelectOptionAsync("#f-mode", "test");
        await desk.Page.FillAsync("#f-label", "Not This");
        await desk.Page.FillAsync("#f-url", "http://127.0.0.1:9090/rail");
        await desk.Page.ClickAsync("main .form .btn.primary");
        if (await desk.Page.Locator("[name=\"stepUp.password\"]").CountAsync() > 0)
        {
            await desk.Page.FillAsync("[name=\"stepUp.password\"]", ProductFixture.Password);
            await desk.Page.ClickAsync("main .btn.primary");
        }
        await Assertions.Expect(desk.Page.Locator("#f-label-m")).ToContainTextAsync("small letters");
        await Assertions.Expect(desk.Page.Locator("#f-url")).ToHaveValueAsync("http://127.0.0.1:9090/rail");
        await desk.Page.FillAsync("#f-label", "jakarta");
        await desk.Page.ClickAsync("main .form .btn.primary");
        await Assertions.Expect(desk.Page.Locator("#request-secret")).ToContainTextAsync("whsec_");
        await Assertions.Expect(desk.Page.Locator("#callback-secret")).ToContainTextAsync("whsec_");
        var row = desk.Page.Locator("tr", new() { HasText = "http-jakarta" });
        await row.Locator("button:has-text(\"Suspend\")").ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Suspended");
        await desk.Go("/operator/rails");
        Assert.DoesNotContain("whsec_", await desk.Page.ContentAsync(), StringComparison.Ordinal);
    }
}

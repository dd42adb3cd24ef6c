using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>The operator makes a plan, gives it to a workspace, changes and ends it, by page; every page about plans is sound.</summary>
[Collection(ProductFixture.Name)]
public sealed class PlanPagesTests(RealBrowser browser, ProductFixture product)
{
    private static readonly (string Name, string Path)[] Pages =
        [("p-plans", "/operator/plans"), ("p-plan-pro", "/operator/plans/pro"), ("p-plan-none", "/operator/plans/free?q=nobody")];

    public static TheoryData<string> All() => [.. Pages.Select(p => p.Name)];

    [Theory, MemberData(nameof(All))]
    public async Task every_page_is_sound(string name) => await Sweep.Check(
        browser, product.Address, Pages.Single(p => p.Name == name).Path,
        [(await product.As("operator")).Cookie], name);

    [Fact]
    public async Task an_operator_makes_a_plan_gives_it_to_a_workspace_changes_and_ends_it()
    {
        await using var desk = await browser.Open(product.Address, cookies: [(await product.As("operator")).Cookie]);
        var page = desk.Page;
        await desk.Go("/operator/plans");
        await page.ClickAsync("main .head button");
        var dialog = page.Locator("dialog#new");
        await dialog.Locator("#f-name").FillAsync("Not This");
        await dialog.Locator("#f-evaluationsPerDay").FillAsync("1.000");
        await dialog.Locator(".btn.primary").ClickAsync();
        await Proved();
        await Assertions.Expect(dialog.Locator("#f-name-m")).ToContainTextAsync("small letters");
        await Assertions.Expect(dialog.Locator("#f-evaluationsPerDay")).ToHaveValueAsync("1.000");
        await dialog.Locator("#f-name").FillAsync("team");
        await dialog.Locator(".btn.primary").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Team");

        await desk.Go("/operator/plans/pro");
        await page.FillAsync("input[name=q]", "kopi");
        await page.PressAsync("input[name=q]", "Enter");
        var row = page.Locator("#workspaces-t >> xpath=ancestor::section").Locator("tbody tr").First;
        var workspace = await row.Locator("[data-cell=name]").InnerTextAsync();
        await row.Locator("[data-cell=actions] a").ClickAsync();
        await page.SelectOptionAsync("dialog#move #f-plan", "team");
        await page.ClickAsync("dialog#move .btn.primary");
        await Proved();
        await Assertions.Expect(page.Locator(".toast")).ToContainTextAsync("has the plan Team now");

        await desk.Go("/operator/plans/team");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(workspace);
        await page.FillAsync("#f-policiesMax", "3");
        await page.ClickAsync("main .form .btn.primary");
        await Proved();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Policies: No limit → 3");
        await page.ClickAsync("main .head button");
        await page.ClickAsync("dialog#end .btn.danger");
        await Proved();
        await Assertions.Expect(page.Locator("tr", new() { HasText = "Team" })).ToContainTextAsync("Ended");

        // Everybody else goes on with what they had.
        await desk.Go("/operator/plans/team");
        var back = page.Locator("tr", new() { HasText = workspace });
        await back.Locator("[data-cell=actions] a").ClickAsync();
        await page.SelectOptionAsync("dialog#move #f-plan", "pro");
        await page.ClickAsync("dialog#move .btn.primary");
        await Proved();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("No workspace has this plan.");

        async Task Proved()
        {
            if (await page.Locator("[name=\"stepUp.password\"]").CountAsync() == 0) return;
            await page.FillAsync("[name=\"stepUp.password\"]", ProductFixture.Password);
            await page.ClickAsync("main .btn.primary");
        }
    }
}

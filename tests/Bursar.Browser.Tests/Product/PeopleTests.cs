using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>From a stranger to a member, by page: applying, being let in, inviting, joining, choosing a workspace.</summary>
[Collection(ProductFixture.Name)]
public sealed partial class PeopleTests(RealBrowser browser, ProductFixture product)
{
    private const string Password = "a long browser password";

    private static readonly (string Name, string? Who, string Path, int Status)[] Pages =
    [
        ("p-apply", null, "/apply", 200), ("p-applied", null, "/apply?sent=yes", 200), ("p-sign-in", null, "/sign-in", 200),
        ("p-mailbox", null, "/mailbox", 200), ("p-invite", null, "/invite/{token}", 200), ("p-invite-dead", null, "/invite/none", 410),
        ("p-team-pending", "admin", "/test/team", 200), ("p-workspaces", "maker", "/workspaces", 200),
        ("p-applications", "operator", "/operator/applications", 200),
        ("p-applications-approved", "operator", "/operator/applications?state=approved", 200),
        ("p-applications-member", "admin", "/operator/applications", 404),
    ];

    public static TheoryData<string> All() => [.. Pages.Select(p => p.Name)];

    [Theory, MemberData(nameof(All))]
    public async Task every_page_is_sound(string name)
    {
        var page = Pages.Single(p => p.Name == name);
        var path = page.Path.Replace("{token}", await Invited("sweep@example.test"), StringComparison.Ordinal);
        if (page.Who == "operator") await Apply("waiting@example.test");
        Cookie[] cookies = page.Who is null ? [] : [(await product.As(page.Who)).Cookie];
        await Sweep.Check(browser, product.Address, path, cookies, name, page.Status);
    }

    [Fact]
    public async Task a_business_applies_and_its_admin_comes_in_without_script()
    {
        const bool script = false;
        var email = $"dewi-{Guid.NewGuid():N}@example.test";
        await using var stranger = await browser.Open(product.Address, script: script);
        await stranger.Go("/apply");
        await stranger.Page.FillAsync("#f-business", $"PT Maju {script}");
        await stranger.Page.FillAsync("#f-email", email);
        await stranger.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(stranger.Page.Locator("#f-name-m")).ToContainTextAsync("required");
        await stranger.Page.FillAsync("#f-name", "Dewi Anggraini");
        await stranger.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(stranger.Page.Locator("h1")).ToContainTextAsync("We have your application");

        await using var desk = await browser.Open(product.Address, script: script, cookies: [(await product.As("operator")).Cookie]);
        await desk.Go("/operator/applications");
        var card = desk.Page.Locator(".application", new() { HasText = email });
        await card.Locator("button.primary").ClickAsync();
        await desk.Page.ClickAsync("dialog[open] .btn.primary");
        await Assertions.Expect(desk.Page.Locator(".toast")).ToContainTextAsync($"on its way to {email}");

        await stranger.Go($"/invite/{await Token(email)}");
        await stranger.Page.FillAsync("#f-password", Password);
        await stranger.Page.ClickAsync("main .btn.primary");
        await stranger.Arrives("/test/home");
        await Assertions.Expect(stranger.Page.Locator(".org-name")).ToContainTextAsync($"PT Maju {script}");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task an_admin_adds_an_account_and_takes_the_invitation_back(bool script)
    {
        var email = $"adi-{Guid.NewGuid():N}@example.test";
        await using var tab = await browser.Open(product.Address, script: script, cookies: [(await product.As("admin")).Cookie]);
        await tab.Go("/test/team");
        await tab.Page.ClickAsync("main .head .btn.primary");
        await tab.Page.FillAsync("#f-email", email);
        await tab.Page.FillAsync("#f-phone", "0812");
        await tab.Page.SelectOptionAsync("#f-role", "maker");
        await tab.Page.ClickAsync("#add .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#f-phone-m")).ToContainTextAsync("country code");
        Assert.Equal(email, await tab.Page.InputValueAsync("#f-email"));
        await tab.Page.FillAsync("#f-phone", "+62 812 3456 7890");
        await tab.Page.ClickAsync("#add .btn.primary");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync(email);
        var row = tab.Page.Locator("main tr", new() { HasText = email });
        await Assertions.Expect(row).ToContainTextAsync("Invited");
        await row.Locator("button:has-text(\"Revoke\")").ClickAsync();
        await tab.Page.ClickAsync("dialog[open] .btn.danger");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("revoked");
        await Assertions.Expect(tab.Page.Locator("main tbody", new() { HasText = email })).ToHaveCountAsync(0);
    }

    private async Task<string> Invited(string email)
    {
        var open = await product.List("admin", "/v1/members");
        if (!open.Any(m => m.GetProperty("email").GetString() == email))
            await product.Post("admin", "/v1/members", new { email, role = "maker" });
        return await Token(email);
    }

    private async Task Apply(string email)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(product.Address + "/v1/applications",
            new { business = "CV Teh", name = "Rina", email, about = "Two\nlines" });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<string> Token(string email)
    {
        using var http = new HttpClient();
        return Link().Match(await http.GetStringAsync($"{product.Address}/mailbox?to={email}")).Groups[1].Value;
    }

    [GeneratedRegex(@"/invite/([\w-]{43})")]
    private static partial Regex Link();
}

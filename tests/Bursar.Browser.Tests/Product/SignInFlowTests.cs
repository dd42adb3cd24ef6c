using System.Net;
using Bursar.Browser.Tests.Harness;
using Bursar.Core.Signing;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>Signing in as people do it, with and without script: second step, recovery code, step-up on the spot.</summary>
[Collection(ProductFixture.Name)]
public sealed class SignInFlowTests(RealBrowser browser, ProductFixture product)
{
    [Theory, InlineData("/forgotten-password", 200), InlineData("/new-password/nothing", 410)]
    public Task every_page_before_signing_in_is_sound(string path, int status) =>
        Sweep.Check(browser, product.Address, path, shot: "p" + path.Replace('/', '-'), status: status);

    [Theory, InlineData(true, "reviewer"), InlineData(false, "cs")]
    public async Task the_second_step_is_set_up_asked_for_and_turned_off(bool script, string who)
    {
        await using var tab = await browser.Open(product.Address, script: script);
        await SignIn(tab, who);
        await tab.Arrives("/test/home");
        await tab.Go("/test/settings/security");
        await tab.Page.ClickAsync("button:has-text(\"Set up authenticator app\")");
        await tab.Page.FillAsync("[name=\"stepUp.password\"]", ProductFixture.Password);
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main svg.qr")).ToBeVisibleAsync();
        await tab.Shot($"p-second-step-{(script ? "script" : "plain")}");
        var secret = Authenticator.Secret(await tab.Page.InnerTextAsync("main span.mono"));
        await tab.Page.FillAsync("#f-code", Totp.Code(secret, Authenticator.Step));
        await tab.Page.ClickAsync("main .form-foot .btn.primary");
        var codes = (await tab.Page.InnerTextAsync("#secret")).Split('\n');
        Assert.Equal(10, codes.Length);
        await tab.Page.CheckAsync("main .secret input[type=checkbox]");
        await tab.Page.ClickAsync("main .secret .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("10 of 10 recovery codes are left");

        await SignOut(tab);
        await SignIn(tab, who);
        if (script) Assert.Empty(await tab.Axe());
        await tab.Page.FillAsync("#f-code", "000000");
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .alert")).ToContainTextAsync("This code is not right");
        await tab.Page.FillAsync("#f-code", Totp.Code(secret, Authenticator.Step + 1));
        await tab.Page.ClickAsync("main .btn.primary");
        await tab.Arrives("/test/home");

        await SignOut(tab);
        await SignIn(tab, who);
        await tab.Page.FillAsync("#f-code", codes[7].ToUpperInvariant());
        await tab.Page.ClickAsync("main .btn.primary");
        await tab.Arrives("/test/home");
        await tab.Go("/test/settings/security");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("9 of 10 recovery codes are left");

        await tab.Page.ClickAsync("button:has-text(\"Turn off\")");
        await tab.Page.FillAsync("[name=\"stepUp.password\"]", ProductFixture.Password);
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("Set up authenticator app");
        Assert.DoesNotContain(tab.Complaints, c => !c.Contains("status of 4", StringComparison.Ordinal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task a_key_asks_for_the_password_and_keeps_what_was_typed(bool script)
    {
        await using var tab = await browser.Open(product.Address, script: script);
        await SignIn(tab, "developer");
        await tab.Go("/test/developers");
        if (script) await tab.Page.ClickAsync("[commandfor=new-key]");
        else await tab.Page.EvaluateAsync("document.getElementById('new-key').open = true");
        await tab.Page.FillAsync("#new-key [name=name]", "Shop & till");
        await tab.Page.ClickAsync("#new-key .btn.primary");
        await Assertions.Expect(tab.Page.Locator("h1")).ToHaveTextAsync("Confirm it is you");
        if (script) Assert.Empty(await tab.Axe());
        await tab.Page.FillAsync("[name=\"stepUp.password\"]", "not my password");
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .field-message")).ToContainTextAsync("This is not your password");
        await tab.Page.FillAsync("[name=\"stepUp.password\"]", ProductFixture.Password);
        await tab.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#secret")).ToContainTextAsync("BURSAR_API_KEY=bk_test_");
        await Assertions.Expect(tab.Page.Locator("main tbody").First).ToContainTextAsync("Shop & till");
    }

    private static async Task SignIn(BrowserTab tab, string who)
    {
        await tab.Go("/sign-in");
        await tab.Page.FillAsync("#f-email", $"{who}@demo.test");
        await tab.Page.FillAsync("#f-password", ProductFixture.Password);
        await tab.Page.ClickAsync("main .btn.primary");
    }

    /// <summary>The cookie goes; signing out by the menu needs a popover, which the sweep looks at.</summary>
    private static Task SignOut(BrowserTab tab) => tab.Page.Context.ClearCookiesAsync();
}

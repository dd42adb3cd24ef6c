using System.IO.Compression;
using System.Text;
using Bursar.Browser.Tests.Gallery;
using Bursar.Browser.Tests.Harness;
using Bursar.Platform.Ui;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests;

/// <summary>Dialogs, messages, the guard against a second submit, theme: with and without script.</summary>
public sealed class FormFlowTests(RealBrowser browser, GalleryFixture gallery)
{
    private GalleryHost Host => gallery.Host;

    [Theory, InlineData(true), InlineData(false)]
    public async Task dialog_submits_once_and_the_toast_shows_once(bool script)
    {
        await using var tab = await browser.Open(Host.Address, script: script);
        await tab.Go("/live/approvals");
        var before = Host.Sent;
        await tab.Page.ClickAsync("[commandfor=ok-a1]");
        Assert.Equal(1, await tab.Page.Locator("dialog:modal").CountAsync());
        await tab.Page.ClickAsync("#ok-a1 .btn.primary");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("Approved and sent");
        Assert.Equal(0, await tab.Page.Locator("dialog:modal").CountAsync());
        Assert.Equal(before + 1, Host.Sent);
        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab.Page.Locator(".toast")).ToHaveCountAsync(0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task dialog_is_left_with_escape_or_cancel(bool script)
    {
        await using var tab = await browser.Open(Host.Address, script: script);
        await tab.Go("/live/approvals");
        await tab.Page.ClickAsync("[commandfor=no-a1]");
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tab.Page.Locator("#no-a1")).ToBeHiddenAsync();
        await tab.Page.ClickAsync("[commandfor=ok-a1]");
        await tab.Page.ClickAsync("#ok-a1 [command=close]");
        await Assertions.Expect(tab.Page.Locator("#ok-a1")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task a_refused_dialog_comes_back_open_with_its_message()
    {
        await using var tab = await browser.Open(Host.Address);
        await tab.Go("/live/approvals?ask=code");
        Assert.Equal(1, await tab.Page.Locator("dialog#code:modal").CountAsync());
        Assert.Equal("true", await tab.Page.GetAttributeAsync("#f-code", "aria-invalid"));
        await tab.Page.ClickAsync("#code [data-cancel]");
        await Assertions.Expect(tab.Page.Locator("dialog:modal")).ToHaveCountAsync(0);
        await Assertions.Expect(tab.Page.Locator("#code")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task without_script_a_refused_dialog_is_part_of_the_page()
    {
        await using var tab = await browser.Open(Host.Address, script: false);
        await tab.Go("/live/approvals?ask=code");
        await Assertions.Expect(tab.Page.Locator("#code .alert")).ToBeVisibleAsync();
        Assert.Equal(0, await tab.Page.Locator("dialog:modal").CountAsync());
    }

    [Fact]
    public async Task two_quick_clicks_send_one_form()
    {
        await using var tab = await browser.Open(Host.Address);
        await tab.Go("/live/transfers/new/review");
        var before = Host.Sent;
        await tab.Page.EvaluateAsync("() => { const b = document.querySelector('main .btn.primary'); b.click(); b.click(); b.click() }");
        await tab.Arrives("/live/home");
        Assert.Equal(before + 1, Host.Sent);
    }

    [Fact]
    public async Task errors_take_the_focus_and_lead_to_their_fields()
    {
        await using var tab = await browser.Open(Host.Address);
        await tab.Go("/live/transfers/new?bad=1");
        Assert.Equal("alert", await tab.Page.EvaluateAsync<string>("document.activeElement.getAttribute('role')"));
        Assert.Equal("1,5", await tab.Page.Locator("#f-amount").InputValueAsync());
        Assert.Equal("f-accountNumber-h f-accountNumber-m", await tab.Page.GetAttributeAsync("#f-accountNumber", "aria-describedby"));
        await tab.Page.ClickAsync(".alert a >> nth=0");
        Assert.Equal("accountNumber", await tab.Focused());
        await tab.Page.FillAsync("#f-remark", "typed");
        await tab.Page.ClickAsync(".alert a >> nth=1");
        await tab.Page.WaitForTimeoutAsync(400);
        Assert.Equal("typed", await tab.Page.Locator("#f-remark").InputValueAsync());
        Assert.Equal(1, await tab.Page.Locator(".alert").CountAsync());
    }

    [Fact]
    public async Task continuing_after_a_secret_leaves_the_page_that_showed_it()
    {
        await using var tab = await browser.Open(Host.Address);
        await tab.Go("/live/settings");
        await tab.Mark();
        await tab.Page.ClickAsync(".secret .btn.primary");
        Assert.True(await tab.Kept());
        await tab.Page.CheckAsync(".secret input[type=checkbox]");
        await tab.Page.ClickAsync(".secret .btn.primary");
        await tab.Page.WaitForFunctionAsync("window.kept === undefined");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task the_chosen_theme_is_in_the_first_byte_of_the_next_page(bool script)
    {
        await using var tab = await browser.Open(Host.Address, script: script);
        await tab.Go("/live/transfers?search=dewi");
        await tab.Page.ClickAsync("[popovertarget=me-menu]");
        await tab.Page.ClickAsync("#me-menu [value=dark]");
        await tab.Arrives("/live/transfers?search=dewi");
        Assert.Equal("dark", await tab.Page.GetAttributeAsync("html", "data-theme"));
        Assert.Contains("data-theme=\"dark\"", await (await tab.Go("/live/home")).TextAsync());
    }

    [Fact]
    public async Task a_form_without_its_token_is_refused()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Host.Address) };
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("theme", "dark")]);
        var answer = await http.PostAsync(new Uri("/preferences/theme", UriKind.Relative), form);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task copying_puts_the_whole_value_on_the_clipboard()
    {
        await using var tab = await browser.Open(Host.Address);
        await tab.Go("/live/settings");
        await tab.Page.ClickAsync("[data-copy^=bk_test]");
        Assert.StartsWith("bk_test_7f3e", await tab.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task a_page_with_a_secret_is_neither_stored_nor_compressed()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Host.Address) };
        http.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        var answer = await http.GetAsync(new Uri("/live/settings", UriKind.Relative));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Empty(answer.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task the_menu_slides_in_and_out_on_a_phone()
    {
        await using var tab = await browser.Open(Host.Address, View.NarrowLight);
        await tab.Go("/live/home");
        await Assertions.Expect(tab.Page.Locator("#side")).ToBeHiddenAsync();
        await tab.Page.ClickAsync("header [data-nav-toggle]");
        await Assertions.Expect(tab.Page.Locator("#side")).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tab.Page.Locator("#side")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task the_files_stay_within_their_budgets_and_the_cold_home_asks_for_few()
    {
        Assert.InRange(SiteFiles.All.Css.Brotli.Length, 1000, 9 * 1024);
        Assert.InRange(SiteFiles.All.Script.Brotli.Length, 1000, 5 * 1024);
        Assert.InRange(SiteFiles.All.Icons.Brotli.Length, 500, 3 * 1024);

        await using var tab = await browser.Open(Host.Address);
        var asked = new List<string>();
        tab.Page.Request += (_, request) => asked.Add(request.Url);
        var home = await tab.Go("/live/home");
        await tab.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.True(asked.Count <= 6, string.Join('\n', asked));
        var (homeBytes, listBytes) = (Brotli(await home.TextAsync()), Brotli(await (await tab.Go("/live/transfers")).TextAsync()));
        Assert.InRange(homeBytes, 1000, 12 * 1024);
        Assert.InRange(listBytes, 1000, 12 * 1024);
        TestContext.Current.TestOutputHelper?.WriteLine(
                $"home {homeBytes} list {listBytes} css {SiteFiles.All.Css.Brotli.Length} js {SiteFiles.All.Script.Brotli.Length} "
                + $"icons {SiteFiles.All.Icons.Brotli.Length} requests {asked.Count}");
    }

    private static int Brotli(string text)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Optimal)) brotli.Write(Encoding.UTF8.GetBytes(text));
        return output.ToArray().Length;
    }
}

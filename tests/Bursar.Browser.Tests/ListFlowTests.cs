using Bursar.Browser.Tests.Gallery;
using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests;

/// <summary>What ui.js promises about a list: same document, focus kept, Back restores, the drawer gives the focus back.</summary>
public sealed class ListFlowTests(RealBrowser browser, GalleryFixture gallery)
{
    private const string List = "/live/transfers";

    [Fact]
    public async Task search_keeps_document_focus_and_text()
    {
        await using var tab = await Open(List);
        var box = tab.Page.Locator("[data-key=f]");
        await box.PressSequentiallyAsync("dewi", new() { Delay = 30 });
        await tab.Arrives("/transfers?search=dewi");
        await Assertions.Expect(tab.Page.Locator("#main")).Not.ToHaveAttributeAsync("aria-busy", "true");
        Assert.True(await tab.Kept());
        Assert.Equal("search", await tab.Focused());
        Assert.Equal("dewi", await box.InputValueAsync());
        await Assertions.Expect(tab.Page.Locator("tbody tr td.strong").First).ToHaveTextAsync("Dewi Wijaya");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task back_restores_list_inputs_and_boxes()
    {
        await using var tab = await Open(List);
        await tab.Page.ClickAsync("[popovertarget=f-state]");
        await tab.Page.CheckAsync("#f-state input[value=failed]");
        await tab.Page.ClickAsync("#f-state .btn");
        await tab.Arrives("/transfers?state=failed");
        await Assertions.Expect(tab.Page.Locator("[popovertarget=f-state]")).ToHaveTextAsync("Status: Failed");
        await Assertions.Expect(tab.Page.Locator("#f-state")).ToBeHiddenAsync();
        await tab.Page.GoBackAsync();
        await Assertions.Expect(tab.Page.Locator("[popovertarget=f-state]")).ToHaveTextAsync("Status");
        Assert.False(await tab.Page.Locator("#f-state input[value=failed]").IsCheckedAsync());
        await tab.Page.GoForwardAsync();
        await Assertions.Expect(tab.Page.Locator("[popovertarget=f-state]")).ToHaveTextAsync("Status: Failed");
        Assert.True(await tab.Page.Locator("#f-state input[value=failed]").IsCheckedAsync());
        Assert.True(await tab.Kept());
    }

    [Fact]
    public async Task drawer_takes_the_focus_and_gives_it_back_at_the_same_place()
    {
        await using var tab = await Open(List);
        var row = tab.Page.Locator(".row-link").Nth(30);
        await row.ScrollIntoViewIfNeededAsync();
        var y = await tab.Page.EvaluateAsync<double>("scrollY");
        await row.ClickAsync();
        await tab.Page.WaitForSelectorAsync("#drawer");
        Assert.StartsWith("Transfer to", await tab.Focused());
        Assert.Equal(y, await tab.Page.EvaluateAsync<double>("scrollY"));
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.WaitForSelectorAsync("#drawer", new() { State = WaitForSelectorState.Detached });
        Assert.Equal(SampleTransfers.All[30].Id,
            await tab.Page.EvaluateAsync<string>("new URL(document.activeElement.href).searchParams.get('id')"));
        Assert.Equal(y, await tab.Page.EvaluateAsync<double>("scrollY"));
        Assert.EndsWith(List, tab.Page.Url);
        Assert.True(await tab.Kept());
    }

    [Fact]
    public async Task keys_move_open_and_close()
    {
        await using var tab = await Open(List);
        foreach (var key in (string[])["j", "j", "j", "k", "Enter"]) await tab.Page.Keyboard.PressAsync(key);
        await tab.Page.WaitForSelectorAsync("#drawer");
        Assert.Contains("id=" + SampleTransfers.All[1].Id, tab.Page.Url);
        await tab.Page.Keyboard.PressAsync("j");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Arrives("id=" + SampleTransfers.All[2].Id);
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.WaitForSelectorAsync("#drawer", new() { State = WaitForSelectorState.Detached });
        await tab.Page.Keyboard.PressAsync("f");
        Assert.Equal("search", await tab.Focused());
        await tab.Page.Keyboard.PressAsync("n");
        Assert.Equal("n", await tab.Page.Locator("[data-key=f]").InputValueAsync());
    }

    [Fact]
    public async Task keys_can_be_switched_off()
    {
        await using var tab = await Open(List);
        await tab.Page.Keyboard.PressAsync("?");
        await tab.Page.CheckAsync("[data-keys-off]");
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("f");
        Assert.NotEqual("search", await tab.Focused());
    }

    [Fact]
    public async Task going_there_by_letter()
    {
        await using var tab = await Open(List);
        await tab.Page.Keyboard.PressAsync("g");
        await tab.Page.Keyboard.PressAsync("h");
        await tab.Arrives("/live/home");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task next_and_previous_show_the_same_rows_again(bool script)
    {
        await using var tab = await browser.Open(gallery.Host.Address, script: script);
        await tab.Go(List);
        var first = await tab.Page.Locator("tbody .row-link").AllTextContentsAsync();
        await tab.Page.ClickAsync("[rel=next]");
        await Assertions.Expect(tab.Page.Locator(".pager > span")).ToHaveTextAsync("51–100 of 180");
        await tab.Page.ClickAsync("[rel=prev]");
        await Assertions.Expect(tab.Page.Locator(".pager > span")).ToHaveTextAsync("1–50 of 180");
        Assert.Equal(first, await tab.Page.Locator("tbody .row-link").AllTextContentsAsync());
    }

    [Fact]
    public async Task sorting_twice_turns_around_and_keeps_the_filter()
    {
        await using var tab = await Open(List + "?search=dewi");
        await tab.Page.ClickAsync("th a >> text=Amount");
        await Assertions.Expect(tab.Page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Amount");
        await tab.Page.ClickAsync("th a >> text=Amount");
        await Assertions.Expect(tab.Page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("Amount");
        Assert.EndsWith("?search=dewi&sort=amount", tab.Page.Url);
    }

    [Fact]
    public async Task live_refresh_leaves_what_is_being_typed()
    {
        await using var tab = await Open(List);
        var refreshed = tab.Page.WaitForRequestAsync(r => r.Headers.ContainsKey("x-swap"));
        await tab.Page.FocusAsync(".gsearch input");
        await tab.Page.Keyboard.TypeAsync("half a wo");
        await gallery.Host.News.Writer.WriteAsync("transfers");
        await refreshed;
        await tab.Page.WaitForTimeoutAsync(300);
        Assert.Equal("half a wo", await tab.Page.Locator(".gsearch input").InputValueAsync());
        Assert.Equal("q", await tab.Focused());
        Assert.True(await tab.Kept());
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task without_script_the_list_filters_opens_and_closes()
    {
        await using var tab = await browser.Open(gallery.Host.Address, script: false);
        await tab.Go(List);
        await tab.Page.FillAsync("[data-key=f]", "dewi");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("tbody tr td.strong").First).ToHaveTextAsync("Dewi Wijaya");
        await tab.Page.Locator(".row-link").First.ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#drawer h2")).ToHaveTextAsync("Transfer to Dewi Wijaya");
        await tab.Page.ClickAsync("[data-drawer-close]");
        await Assertions.Expect(tab.Page.Locator("#drawer")).ToHaveCountAsync(0);
    }

    private async Task<BrowserTab> Open(string path)
    {
        var tab = await browser.Open(gallery.Host.Address);
        await tab.Go(path);
        await tab.Mark();
        return tab;
    }
}

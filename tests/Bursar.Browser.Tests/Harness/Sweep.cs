using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Harness;

/// <summary>
/// What holds for every page at every size and theme. Takes an address and a path, so it sweeps the gallery and the product alike;
/// for the product hand in the session's cookie.
/// </summary>
public static class Sweep
{
    /// <summary>Loads the page once and looks at it in each of the views, all of them unless told.</summary>
    public static async Task Check(
        RealBrowser browser, string address, string path, IEnumerable<Cookie>? cookies = null, string? shot = null, int status = 200,
        IReadOnlyList<View>? views = null)
    {
        await using var tab = await browser.Open(address, cookies: cookies);
        var response = await tab.Go(path);
        var wrong = new List<string>();

        if (response.Status != status) wrong.Add($"status {response.Status}");
        if (new Uri(tab.Page.Url).AbsolutePath != path.Split('?')[0]) wrong.Add($"ended at {tab.Page.Url}");
        if (!response.Headers.ContainsKey("content-security-policy")) wrong.Add("no content security policy");
        wrong.AddRange(InlineCode(await response.TextAsync()));
        if (await tab.Page.Locator("h1").CountAsync() != 1) wrong.Add("not exactly one h1");
        if (await tab.Page.Locator("#main").CountAsync() != 1) wrong.Add("no main");
        if (await tab.Page.Locator(".actions .btn.primary").CountAsync() > 1) wrong.Add("more than one primary action in the head");
        var title = await tab.Page.TitleAsync();
        if (path.StartsWith("/test/", StringComparison.Ordinal) != title.StartsWith("[Test] ", StringComparison.Ordinal))
            wrong.Add($"the title does not tell the mode: {title}");

        foreach (var view in views ?? View.All)
        {
            await tab.See(view);
            if (await tab.Overflows()) wrong.Add($"{view}: scrolls sideways");
            if (view.Narrow) wrong.AddRange((await SmallTargets(tab)).Select(t => $"{view}: target below 24 px: {t}"));
            wrong.AddRange((await tab.Axe()).Select(v => $"{view}: axe {v}"));
            if (shot is not null) await tab.Shot($"{shot}-{view}");
        }
        // A page that refuses is a failed load to the console, and right.
        wrong.AddRange(tab.Complaints
            .Where(c => status == 200 || !c.Contains($"status of {status} ", StringComparison.Ordinal))
            .Select(c => "console: " + c));

        Assert.True(wrong.Count == 0, $"{path}:\n" + string.Join('\n', wrong));
    }

    // The policy forbids both; a page that carries them was written against the rules even where a browser shrugs.
    private static IEnumerable<string> InlineCode(string html)
    {
        if (html.Contains(" style=", StringComparison.Ordinal)) yield return "an inline style";
        if (System.Text.RegularExpressions.Regex.IsMatch(html, @"<[^>]+\son[a-z]+=")) yield return "an inline handler";
        if (html.Contains("_framework/", StringComparison.Ordinal)) yield return "a framework script";
    }

    private static Task<string[]> SmallTargets(BrowserTab tab) => tab.Page.EvaluateAsync<string[]>(
        """
        [...document.querySelectorAll('button, input:not([type=hidden]), select, .btn, .nav a, .tabs a')]
          .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.check'))
          .map(e => [e, e.getBoundingClientRect()])
          .filter(([e, r]) => r.width > 0 && (r.height < 24 || r.width < 24))
          .map(([e, r]) => `${e.outerHTML.slice(0, 80)} ${r.width}×${r.height}`)
        """);
}

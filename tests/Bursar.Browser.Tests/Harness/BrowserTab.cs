using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Harness;

/// <summary>One page of a browser, with everything that it complained about.</summary>
public sealed class BrowserTab : IAsyncDisposable
{
    // The library's own call opens another page for each run, to put frames together; ours have none.
    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript();
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private BrowserTab(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }
    /// <summary>Console errors, uncaught exceptions and policy violations, in their order.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    internal static async Task<BrowserTab> New(IBrowserContext context)
    {
        var tab = new BrowserTab(context, await context.NewPageAsync());
        tab.Page.Console += (_, message) =>
        {
            if (message.Type is "error" && !Harmless(message.Text)) tab._complaints.Add(message.Text);
            else if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) tab._complaints.Add(message.Text);
        };
        tab.Page.PageError += (_, error) => { if (!Harmless(error)) tab._complaints.Add(error); };
        return tab;
    }

    public async Task<IResponse> Go(string path)
    {
        var response = await Page.GotoAsync(path);
        return response ?? throw new InvalidOperationException($"no answer for {path}");
    }

    /// <summary>Waits until the address ends so; also right where the navigation was over before anybody waited.</summary>
    public async Task Arrives(string end)
    {
        for (var tries = 0; tries < 100 && !Page.Url.EndsWith(end, StringComparison.Ordinal); tries++) await Page.WaitForTimeoutAsync(50);
        Assert.EndsWith(end, Page.Url);
    }

    /// <summary>Sees the page that is open as another window would.</summary>
    public async Task See(View view)
    {
        await Page.SetViewportSizeAsync(view.Width, view.Height);
        await Page.EmulateMediaAsync(new() { ColorScheme = view.Dark ? ColorScheme.Dark : ColorScheme.Light });
    }

    public async Task<string> Shot(string name)
    {
        var folder = Environment.GetEnvironmentVariable("BURSAR_SCREENS") is { Length: > 0 } given
            ? given
            : Path.Combine(Root(), "artifacts", "screens");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name + ".png");
        await Page.ScreenshotAsync(new() { Path = path });
        return path;
    }

    /// <summary>What axe finds wrong, one line per place.</summary>
    public async Task<IReadOnlyList<string>> Axe()
    {
        if (!await Page.EvaluateAsync<bool>("'axe' in window")) await Page.EvaluateAsync(AxeScript);
        return await Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ['violations'] }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help} at ${n.target} ${n.html}`))
            """);
    }

    public Task<bool> Overflows() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth");

    /// <summary>The focused element, as its text or name.</summary>
    public Task<string> Focused() =>
        Page.EvaluateAsync<string>(
            "document.activeElement.name || document.activeElement.textContent.trim() || document.activeElement.tagName");

    /// <summary>True until the document is replaced: marks it, to prove that it was kept.</summary>
    public Task Mark() => Page.EvaluateAsync("window.kept = true");
    public Task<bool> Kept() => Page.EvaluateAsync<bool>("window.kept === true");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    // A view transition is dropped where a navigation is redirected; Chromium reports that as an unhandled rejection.
    private static bool Harmless(string text) =>
        text.Contains("view transition", StringComparison.OrdinalIgnoreCase) || text.Contains("ViewTransition", StringComparison.Ordinal);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Bursar.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}

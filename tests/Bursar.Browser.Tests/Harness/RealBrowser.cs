using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Harness;

/// <summary>
/// One Chromium for all tests: $BURSAR_CHROMIUM, else Debian's. Without one the tests are skipped and say so; where CI=true that is
/// a failure, because a check that never runs is worse than none.
/// </summary>
public sealed class RealBrowser : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("BURSAR_CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium";
        if (!File.Exists(path))
        {
            _missing = $"No browser at {path}: install the package chromium or set BURSAR_CHROMIUM.";
            if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException(_missing);
            return;
        }
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A fresh profile: no cookies, no storage. <paramref name="cookies"/> bring a session for the real product.</summary>
    public async Task<BrowserTab> Open(
        string address, View? view = null, bool script = true, IEnumerable<Cookie>? cookies = null, string? locale = null)
    {
        if (_missing is not null) Assert.Skip(_missing);
        var seen = view ?? View.WideLight;
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = new() { Width = seen.Width, Height = seen.Height },
            ColorScheme = seen.Dark ? ColorScheme.Dark : ColorScheme.Light,
            DeviceScaleFactor = seen.Narrow ? 2 : 1,
            JavaScriptEnabled = script,
            Locale = locale,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        if (cookies is not null) await context.AddCookiesAsync(cookies);
        return await BrowserTab.New(context);
    }
}

public sealed record View(int Width, int Height, bool Dark)
{
    public static readonly View WideLight = new(1440, 900, false);
    public static readonly View WideDark = new(1440, 900, true);
    public static readonly View NarrowLight = new(390, 844, false);
    public static readonly View NarrowDark = new(390, 844, true);
    public static readonly IReadOnlyList<View> All = [WideLight, WideDark, NarrowLight, NarrowDark];

    public bool Narrow => Width < 820;
    public override string ToString() => $"{(Narrow ? "narrow" : "wide")}-{(Dark ? "dark" : "light")}";
}

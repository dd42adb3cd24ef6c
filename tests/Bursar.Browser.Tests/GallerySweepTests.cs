using Bursar.Browser.Tests.Gallery;
using Bursar.Browser.Tests.Harness;

[assembly: AssemblyFixture(typeof(RealBrowser))]
[assembly: AssemblyFixture(typeof(Bursar.Browser.Tests.GalleryFixture))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Bursar.Browser.Tests;

public sealed class GalleryFixture : IAsyncLifetime
{
    public GalleryHost Host { get; private set; } = null!;
    public async ValueTask InitializeAsync() => Host = await GalleryHost.Start();
    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class GallerySweepTests(RealBrowser browser, GalleryFixture gallery)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("home", "/live/home"), ("home-90", "/test/home?days=90"),
        ("transfers", "/test/transfers"),
        ("transfers-filtered", "/live/transfers?search=a&state=succeeded&state=failed&createdFrom=2026-11-15&sort=-amount"),
        ("transfers-none", "/live/transfers?search=nobody"),
        ("transfers-bad-query", "/live/transfers?createdFrom=abc&state=xyz&amountFrom=1,5&sort=none&after=zz&id=nothing"),
        ("drawer", "/live/transfers?id=" + SampleTransfers.All[1].Id), ("service", "/live/transfers?role=cs"),
        ("approvals", "/live/approvals"), ("code", "/live/approvals?ask=code"),
        ("form", "/live/transfers/new"), ("form-errors", "/test/transfers/new?bad=1"), ("review", "/live/transfers/new/review"),
        ("settings", "/live/settings"), ("sign-in", "/public/sign-in"), ("sign-in-refused", "/public/sign-in?bad=1"),
        ("error", "/test/refused"), ("operator", "/operator"), ("parts", "/live/parts"),
    ];

    public static TheoryData<string, string> All()
    {
        var data = new TheoryData<string, string>();
        foreach (var (name, path) in Pages) data.Add(name, path);
        return data;
    }

    [Theory, MemberData(nameof(All))]
    public Task every_page_is_sound(string name, string path) =>
        Sweep.Check(browser, gallery.Host.Address, path, shot: name);
}

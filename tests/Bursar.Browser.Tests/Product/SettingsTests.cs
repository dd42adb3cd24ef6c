using System.Net;
using System.Net.Sockets;
using Bursar.Browser.Tests.Harness;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>"Settings" of the PINTI guide, heading by heading.</summary>
[Collection(ProductFixture.Name)]
public sealed class SettingsTests(RealBrowser browser, ProductFixture product)
{
    private async Task<BrowserTab> Open() => await browser.Open(product.Address, cookies: [(await product.As("admin")).Cookie]);

    [Fact]
    public async Task workspace_shows_its_name_and_id()
    {
        await using var tab = await Open();
        await tab.Go("/test/settings/workspace");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("ws_");
        Assert.Contains("Nusantara", await tab.Page.InputValueAsync("#f-name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task plan_shows_its_limits_and_connector_keys_are_public()
    {
        await using var tab = await Open();
        await tab.Go("/test/settings/plan");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("USD 29");
        await tab.Go("/test/settings/connector-keys");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("ES256");
    }

    [Fact]
    public async Task notifications_take_an_email_an_address_and_a_test_that_shows_its_result()
    {
        using var receiver = new HttpListener();
        var port = FreePort();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        var statuses = new Queue<int>([204, 500]);
        var answering = Task.Run(async () =>
        {
            while (statuses.TryDequeue(out var status))
            {
                var call = await receiver.GetContextAsync();
                call.Response.StatusCode = status;
                call.Response.Close();
            }
        }, TestContext.Current.CancellationToken);

        await using var tab = await Open();
        await tab.Go("/test/settings/notifications");
        await tab.Page.FillAsync("#f-url", "http://10.0.0.1/hook");
        await tab.Page.ClickAsync("form[action$='notifications/webhook'] .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .alert")).ToBeVisibleAsync();
        Assert.Equal("http://10.0.0.1/hook", await tab.Page.InputValueAsync("#f-url"));

        await tab.Page.FillAsync("#f-url", $"http://127.0.0.1:{port}/approvals");
        await tab.Page.ClickAsync("form[action$='notifications/webhook'] .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .secret-box, main code").First).ToContainTextAsync("whsec_");
        await tab.Go("/test/settings/notifications");
        await tab.Page.ClickAsync("text=Test webhook");
        await Assertions.Expect(tab.Page.Locator("main .notice")).ToContainTextAsync("the receiver answered 204");
        await tab.Page.ClickAsync("text=Test webhook");
        await Assertions.Expect(tab.Page.Locator("main .notice")).ToContainTextAsync("The receiver answered 500");
        await answering;
        receiver.Stop();

        await tab.Page.FillAsync("#f-notificationEmail", "finance@demo.test");
        await tab.Page.ClickAsync("form[action$='settings/notifications'] .btn.primary");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("Saved");
        Assert.Equal("finance@demo.test", await tab.Page.InputValueAsync("#f-notificationEmail"));
        // As it was: nothing is sent, and mails go to people again.
        await tab.Page.FillAsync("#f-notificationEmail", "");
        await tab.Page.ClickAsync("form[action$='settings/notifications'] .btn.primary");
        await tab.Page.FillAsync("#f-url", "");
        await tab.Page.ClickAsync("form[action$='notifications/webhook'] .btn.primary");
        await Assertions.Expect(tab.Page.GetByText("Test webhook")).ToHaveCountAsync(0);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

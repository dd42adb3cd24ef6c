using Bursar.Browser.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>"Payment Handles" of the PINTI seed, step by step: Create, Configure, Set default, Health check.</summary>
[Collection(ProductFixture.Name)]
public sealed class PaymentHandlesTests(RealBrowser browser, ProductFixture product)
{
    [Fact]
    public async Task create_configure_set_default_and_check_the_health_of_an_external_executor()
    {
        await using var executor = await Executor();
        await using var tab = await browser.Open(product.Address, cookies: [(await product.As("developer")).Cookie]);

        // Create: go to Handles and click "Create handle"; choose SDK Guard or External Executor.
        await tab.Go("/test/agents/handles");
        await Assertions.Expect(tab.Page.Locator("main tbody tr", new() { HasText = "SDK guard" })).ToContainTextAsync("Default");
        await tab.Page.ClickAsync("main .actions .btn.primary");
        await Assertions.Expect(tab.Page.Locator("main .card").First).ToContainTextAsync("Your agent (via your code)");
        await tab.Page.ClickAsync("text=Choose External Executor");

        // Configure: the backend's URL and auth token. What does not go is said of its field, and what was typed stays.
        await tab.Page.FillAsync("#f-name", "Bandung backend");
        await tab.Page.FillAsync("#f-url", "http://10.0.0.1:8080/pay");
        await tab.Page.FillAsync("#f-authToken", "token-of-bandung");
        await tab.Page.ClickAsync("main .form .btn.primary");
        await Assertions.Expect(tab.Page.Locator(".field-message")).ToContainTextAsync("private or reserved");
        await Assertions.Expect(tab.Page.Locator("#f-name")).ToHaveValueAsync("Bandung backend");
        Assert.Empty(await tab.Axe());
        await tab.Page.FillAsync("#f-url", Address(executor) + "/pay");
        await tab.Page.FillAsync("#f-authToken", "token-of-bandung");
        await tab.Page.ClickAsync("main .form .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#secret")).ToContainTextAsync("hsk_");
        await tab.Page.CheckAsync(".secret-foot input");
        await tab.Page.ClickAsync(".secret-foot .btn");
        var row = tab.Page.Locator("main tbody tr", new() { HasText = "Bandung backend" });
        await Assertions.Expect(row).ToContainTextAsync("External Executor");
        Assert.DoesNotContain("/pay", await tab.Page.ContentAsync(), StringComparison.Ordinal);

        // Set default: one handle is.
        await row.GetByText("Make default").ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("This handle is the default now");
        await Assertions.Expect(row).ToContainTextAsync("Default");
        await Assertions.Expect(tab.Page.Locator("main tbody .tag")).ToHaveCountAsync(1);

        // Health check: the button says whether the backend is reachable.
        await row.GetByText("Health check").ClickAsync();
        await Assertions.Expect(tab.Page.Locator("main .badge")).ToHaveTextAsync("Healthy");
        Assert.Empty(await tab.Axe());
        await executor.StopAsync();
        await tab.Page.ClickAsync("text=Health check");
        await Assertions.Expect(tab.Page.Locator("main .badge")).ToHaveTextAsync("Unreachable");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("the connection was refused");

        // Another secret, another name, and away with it: the others' tests find the default that they know.
        await tab.Page.ClickAsync("text=Rotate secret");
        await tab.Page.ClickAsync("dialog[open] .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#secret")).ToContainTextAsync("hsk_");
        await tab.Go("/test/agents/handles");
        await tab.Page.Locator("main tbody tr", new() { HasText = "SDK guard" }).GetByText("Make default").ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("This handle is the default now");
        await row.Locator("a").First.ClickAsync();
        await tab.Page.FillAsync("#f-name", "Bandung backend, old");
        await tab.Page.ClickAsync("main .form .btn.primary");
        await Assertions.Expect(row).ToContainTextAsync("Bandung backend, old");
        await row.Locator("a").First.ClickAsync();
        await tab.Page.ClickAsync("main .actions .btn.danger");
        await tab.Page.ClickAsync("dialog[open] .btn.danger");
        await Assertions.Expect(tab.Page.Locator(".toast")).ToContainTextAsync("Handle archived");
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    private static string Address(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static async Task<WebApplication> Executor()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/pay", (HttpContext http) =>
            http.Request.Headers.Authorization == "Bearer token-of-bandung" ? Results.Ok() : Results.Unauthorized());
        await app.StartAsync();
        return app;
    }
}

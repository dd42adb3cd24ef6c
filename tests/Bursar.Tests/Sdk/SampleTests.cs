using System.Diagnostics;
using System.Net;
using Bursar.Sdk;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Sdk;

/// <summary>samples/Shop as a process of its own: pays through the SDK and hears of it by a webhook that it verifies.</summary>
public sealed class SampleTests(Product product)
{
    [Fact]
    public async Task the_sample_shop_pays_a_supplier_and_learns_what_became_of_it()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var port = RunningProgram.FreePort();
        using var bursar = new BursarClient(new BursarOptions { Address = product.Address, ApiKey = w.Key });
        var endpoint = await bursar.WebhookEndpoints.Create(
            new NewWebhookEndpoint($"http://127.0.0.1:{port}/bursar") { Events = ["transfer.*"] });
        var token = (await w.Api.Get("/v1/validation-token")).Text("token");
        using var shop = await Start(port, w.Key, endpoint.Secret!, token);
        try
        {
            var client = new Client(new Uri($"http://127.0.0.1:{port}"), null);
            var order = new { amount = 40_000, bankCode = "bca", accountNumber = "5270997481" };
            var first = (await client.Post("/orders/77/payout", order)).Is(HttpStatusCode.Accepted);
            Assert.Equal(first.Text("id"), (await client.Post("/orders/77/payout", order)).Is(HttpStatusCode.Accepted).Text("id"));
            await Eventually(async () => (await client.Get("/orders/77")).Text("state") == "succeeded");
            (await client.Post("/orders/78/payout", new { amount = 5, bankCode = "bca", accountNumber = "5270997481" }))
                .Is(HttpStatusCode.UnprocessableEntity);
            (await client.Post("/bursar", new { type = "transfer.succeeded" })).Is(HttpStatusCode.BadRequest);
            Assert.Single(await bursar.Transfers.All().ToListAsync());
            Assert.Contains(await bursar.Deliveries.All("delivered").ToListAsync(), d => d.EventType == "transfer.succeeded");
        }
        finally
        {
            shop.Kill();
            await shop.WaitForExitAsync();
        }
    }

    private async Task<Process> Start(int port, string key, string secret, string token)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples/Shop/bin", configuration, "net10.0/Shop.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BURSAR_API_KEY"] = key;
        start.Environment["BURSAR_URL"] = product.Address.ToString();
        start.Environment["SHOP_WEBHOOK_SECRET"] = secret;
        start.Environment["SHOP_CALLBACK_TOKEN"] = token;
        var shop = Process.Start(start)!;
        _ = shop.StandardOutput.ReadToEndAsync();
        _ = shop.StandardError.ReadToEndAsync();
        await Eventually(async () =>
        {
            try { return (await new Client(new Uri($"http://127.0.0.1:{port}"), null).Get("/orders/0")).Status == HttpStatusCode.OK; }
            catch (HttpRequestException) { return false; }
        });
        return shop;
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 300; i++)
        {
            if (await holds()) return;
            await Task.Delay(100);
        }
        Assert.Fail("not within 30 s");
    }
}

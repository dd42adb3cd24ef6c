using System.Diagnostics;
using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Sdk;

/// <summary>samples/Agent buys at samples/Market, both as processes of their own: allowed, denied, approved, reported, frozen.</summary>
public sealed class AgentSampleTests(Product product)
{
    [Fact]
    public async Task the_sample_agent_lives_its_whole_story()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", maxSingleAmount = 1_000_000, requireApprovalOver = 100_000 });
        var key = await w.SpendKey("shopper");
        var approver = await w.Member(Role.Approver);
        var address = new Uri($"http://127.0.0.1:{RunningProgram.FreePort()}");
        using var shop = Sample("Market", ["--urls", address.ToString()]);
        try
        {
            var market = new Client(address, null);
            await Eventually(async () => await Try(() => market.Get("/prices")) is { Status: HttpStatusCode.OK });

            var first = await Buy("basket-1", "paper", "desk", "boat");
            Assert.Matches("paper: paid 60000 IDR, rcp_[0-9a-z]{26}\ndesk: refused: EXCEEDS_SINGLE_LIMIT\nboat: not for sale\n", first);

            var buying = Buy("basket-1", "paper", "chair");
            string? approval = null;
            await Eventually(async () => (approval = (await approver.Get("/v1/approvals?state=pending")).Json["data"]!.AsArray()
                .FirstOrDefault()?["id"]!.GetValue<string>()) is not null);
            Assert.Single((await market.Get("/payments")).Json.AsArray());
            var shown = await approver.Get($"/v1/approvals/{approval}");
            (await approver.Post($"/v1/approvals/{approval}/decision",
                new { verdict = "approve", contentHash = shown.Text("contentHash") })).Is(HttpStatusCode.OK);
            var second = await buying;
            Assert.Contains($"chair: waiting for a person to decide {approval}\nchair: paid 400000 IDR, rcp_", second);
            // Paper was bought the first time: the second time it is only told.
            Assert.Equal(first.Split('\n')[0], second.Split('\n')[0]);
            Assert.Equal(2, (await market.Get("/payments")).Json.AsArray().Count);

            (await (await w.AdminSession()).Post("/v1/agents/shopper/freeze", new { })).Is(HttpStatusCode.OK);
            Assert.Equal("paper: refused: I am frozen\n", await Buy("basket-2", "paper"));
            Assert.Equal(2, (await market.Get("/payments")).Json.AsArray().Count);

            var listed = (await w.Api.Get("/v1/spend-requests")).Json["data"]!.AsArray().Select(s => s!["state"]!.GetValue<string>());
            Assert.Equal(["denied", "denied", "succeeded", "succeeded"], listed.Order());
            Assert.Empty((await w.Api.Get("/v1/anomalies")).Json["data"]!.AsArray());
            await w.BooksAreRight();
        }
        finally
        {
            shop.Kill();
            await shop.WaitForExitAsync();
        }

        async Task<string> Buy(params string[] words)
        {
            using var agent = Sample("Agent", words,
                ("BURSAR_API_KEY", key), ("BURSAR_URL", product.Address.ToString()), ("MARKET_URL", address.ToString()));
            var errors = agent.StandardError.ReadToEndAsync();
            var said = await agent.StandardOutput.ReadToEndAsync();
            await agent.WaitForExitAsync();
            Assert.True(agent.ExitCode == 0, said + await errors);
            return said;
        }
    }

    private static Process Sample(string name, string[] words, params (string Name, string Value)[] environment)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, $"samples/{name}/bin", configuration, $"net10.0/{name}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    private static async Task<Answer?> Try(Func<Task<Answer>> call)
    {
        try { return await call(); }
        catch (HttpRequestException) { return null; }
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

using System.Net;
using Bursar.Tests.Given;
using Bursar.Tests.Spending;

namespace Bursar.Tests.Faults;

/// <summary>
/// kill -9 between an executor's payment and its answer: it is asked, never called again, and the hold stands until then.
/// </summary>
public sealed class ExecutorCrashTests
{
    [Fact]
    public async Task a_killed_program_asks_for_what_it_sent_and_pays_nothing_twice()
    {
        await using var folder = new DataFolder();
        using var executor = new FakeExecutor { Answer = FakeExecutor.Hangs };
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var client = await program.Workspace();
        (await client.Post("/v1/policies", new { name = "Agents", dailyLimit = 100_000 })).Is(HttpStatusCode.Created);
        executor.Secret = (await client.Post("/v1/handles", new
        {
            name = "Backend", type = "external_executor", url = executor.Url, authToken = FakeExecutor.Token, isDefault = true,
                autoExecute = true,
        })).Is(HttpStatusCode.Created).Text("signingSecret");
        var spends = new List<string>();
        for (var i = 0; i < 5; i++)
            spends.Add((await client.Post("/v1/spend-requests", Spends.SpendBody(20_000))).Is(HttpStatusCode.OK).Text("spendRequestId"));
        for (var i = 0; i < 100 && executor.Posts < 5; i++) await Task.Delay(100);
        Assert.Equal(5, executor.Payments.Count);
        await program.Kill();
        executor.Answer = FakeExecutor.Completed;
        await program.Start();
        // Nobody knows yet, so nothing is free.
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await client.Post("/v1/spend-requests", Spends.SpendBody(1))).Text("decisionReason"));
        foreach (var id in spends)
        {
            for (var i = 0; i < 900 && (await client.Get($"/v1/spend-requests/{id}")).Text("state") != "succeeded"; i++) await Task.Delay(100);
            Assert.Equal("succeeded", (await client.Get($"/v1/spend-requests/{id}")).Text("state"));
        }
        Assert.Equal((5, 5, 0), (executor.Posts, executor.Payments.Distinct().Count(), executor.Unsigned));
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
    }
}

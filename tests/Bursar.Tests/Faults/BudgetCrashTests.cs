using System.Collections.Concurrent;
using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Faults;

/// <summary>
/// Agents ask a thousand times for a budget of a hundred while the program is killed: what was answered is answered again, and in the end
/// exactly a hundred were allowed (QUALITY CP1).
/// </summary>
public sealed class BudgetCrashTests(ITestOutputHelper output)
{
    private const int Asked = 1_000;
    private const int Budget = 100;

    [Fact]
    public async Task a_budget_for_a_hundred_allows_a_hundred_over_kills_of_the_program()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var client = await program.Workspace();
        (await client.Post("/v1/policies", new { name = "Month", monthlyLimit = Budget * 1_000 })).Is(HttpStatusCode.Created);

        var answered = new ConcurrentDictionary<int, (string Id, string Decision)>();
        // The first kill comes while the budget is being used up, the others while it is guarded.
        foreach (var killAt in new[] { Budget / 3, Budget * 2 / 3, Asked / 2 })
        {
            var load = AskAll();
            while (answered.Count < killAt) await Task.Delay(2);
            await program.Kill();
            await load;
            Assert.InRange(answered.Count, killAt, Asked - 1);
            await program.Start();
        }
        var first = new Dictionary<int, (string Id, string Decision)>(answered);
        answered.Clear();
        await AskAll();

        Assert.Equal(Asked, answered.Count);
        Assert.All(first, told => Assert.Equal(told.Value, answered[told.Key]));
        Assert.Equal(Budget, answered.Values.Count(a => a.Decision == "ALLOW"));
        Assert.Equal(Asked, answered.Values.Select(a => a.Id).Distinct().Count());
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
        var early = first.Values.Count(a => a.Decision == "ALLOW");
        output.WriteLine($"{first.Count} of {Asked} were answered over 3 kills, {early} of them allowed");

        Task AskAll()
        {
            var open = Enumerable.Range(0, Asked).Where(n => !answered.ContainsKey(n));
            return Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (n, _) =>
            {
                try
                {
                    var told = (await client.Post("/v1/spend-requests", Spends.SpendBody(1_000), $"ask-{n}")).Is(HttpStatusCode.OK);
                    answered[n] = (told.Text("spendRequestId"), told.Text("decision"));
                }
                catch (HttpRequestException)
                {
                    // Killed: this one is asked again with its key.
                }
            });
        }
    }
}

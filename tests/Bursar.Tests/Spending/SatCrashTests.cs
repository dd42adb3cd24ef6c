using System.Collections.Concurrent;
using System.Net;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>
/// Executors consume tokens while the program is killed: what was acknowledged is used up, and nothing is used up twice (QUALITY SA2).
/// </summary>
public sealed class SatCrashTests(ITestOutputHelper output)
{
    private const int Tokens = 400;
    private const int Executors = 8;

    [Fact]
    public async Task a_token_is_used_up_once_over_kills_of_the_program()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var client = await program.Workspace();
        (await client.Post("/v1/policies", new { name = "Agents", dailyLimit = 1_000_000_000 })).Is(HttpStatusCode.Created);
        var sats = new List<string>();
        for (var n = 0; n < Tokens; n++) sats.Add((await client.Post("/v1/spend-requests",
            Spends.SpendBody(1_000))).Is(HttpStatusCode.OK).Text("sat"));

        var wins = new ConcurrentDictionary<string, string>();
        var next = -1;
        for (var cycle = 0; cycle < 3; cycle++)
        {
            var until = Math.Min(Tokens, (cycle + 1) * Tokens / 3);
            var load = Enumerable.Range(0, Executors).Select(_ => Consume(until)).ToList();
            while (Volatile.Read(ref next) < until - Tokens / 6) await Task.Delay(5);
            await program.Kill();
            await Task.WhenAll(load);
            Volatile.Write(ref next, until - 1);
            await program.Start();
        }

        // Everybody asks again about everything: who had won stays the winner, what nobody knew of is used up exactly once.
        var first = wins.Count;
        foreach (var sat in sats)
        {
            var again = await client.Post("/v1/sats/consumption", new { sat }, key: "");
            if (wins.TryGetValue(sat, out var at)) Assert.Equal(at, again.Refuses("sat_already_used").Json["firstUsedAt"]!.ToJsonString());
            else if (again.Status != HttpStatusCode.OK) again.Refuses("sat_already_used");
            (await client.Post("/v1/sats/consumption", new { sat }, key: "")).Refuses("sat_already_used");
        }
        Assert.InRange(first, Tokens / 4, Tokens - 1);
        output.WriteLine($"{first} of {Tokens} were acknowledged over 3 kills");
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);

        async Task Consume(int until)
        {
            for (var n = Interlocked.Increment(ref next); n < until; n = Interlocked.Increment(ref next))
                try
                {
                    var answer = await client.Post("/v1/sats/consumption", new { sat = sats[n] }, key: "");
                    if (answer.Status == HttpStatusCode.OK) Assert.True(wins.TryAdd(sats[n], answer.Json["consumedAt"]!.ToJsonString()));
                }
                catch (HttpRequestException)
                {
                    return;
                }
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;
using Bursar.Tests.Webhooks;

namespace Bursar.Tests.Faults;

/// <summary>
/// What a book's bad receivers cost its good one (WO3; QUALITY §3.1): the program as a process of its own sends to a healthy receiver, in
/// turns beside as many healthy neighbours and beside a zoo of bad ones, so that both turns send as much on the same machine.
/// </summary>
public sealed class ReceiverZooLoadTests(ITestOutputHelper output)
{
    private const int PerTurn = 40;
    private static readonly int Turns = LongRuns.Count(small: 3, full: 12);
    private static readonly string[] Heard = ["transfer.succeeded"], Nothing = ["test.ping"];

    [Fact]
    public async Task bad_receivers_hold_up_neither_the_good_one_nor_the_process()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var (code, made) = await program.Verb("a long zoo password", "workspace", "create", "--name", "Zoo", "--email", "zoo@example.test",
            "--password-stdin", "--json");
        Assert.True(code == 0, made);
        var api = new Client(program.Address, JsonNode.Parse(made)!["testKey"]!.GetValue<string>());
        var topUp = await api.Post("/v1/top-ups", new { amount = 900_000_000, bankCode = "bca" });
        (await api.Post("/v1/test/payments", new { collectionId = topUp.Text("id") })).Is(HttpStatusCode.Created);

        await using var good = await Receiver.Start();
        var endpoint = await api.Post("/v1/webhook-endpoints", new { url = good.Url, events = Heard });
        good.Secret = endpoint.Is(HttpStatusCode.Created).Text("secret");
        var arrived = new ConcurrentDictionary<string, DateTimeOffset>();
        good.Taken = body => arrived[body["id"]!.GetValue<string>()] = TimeProvider.System.GetUtcNow();
        using var neighbour = new ZooReceiver(ZooReceiver.Text("HTTP/1.1 204 Thanks\r\n\r\n"));
        using var zoo = new Zoo();
        var healthy = await Listen(api, zoo.Urls.Select((_, i) => $"{neighbour.Url}?{i}"));
        var bad = await Listen(api, zoo.Urls);

        var (alone, beside) = (new List<double>(), new List<double>());
        // The first turn of each warms the process up and is not counted.
        var (before, most) = (program.Size(), program.Size());
        for (var turn = 0; turn <= Turns; turn++)
        {
            await Switch(api, off: bad, on: healthy);
            await Turn(api, good, arrived, alone);
            await Switch(api, off: healthy, on: bad);
            await Turn(api, good, arrived, beside);
            var size = program.Size();
            if (turn == 0)
            {
                (before, most) = (size, size);
                alone.Clear();
                beside.Clear();
            }
            most = (Math.Max(most.Threads, size.Threads), Math.Max(most.Megabytes, size.Megabytes));
        }
        foreach (var (delays, neighbours) in new[] { (alone, "healthy"), (beside, "bad") })
            output.WriteLine($"{delays.Count} deliveries to the good receiver beside {bad.Count} {neighbours} ones: "
                + $"median {Share(delays, 0.5):0.0} ms, p95 {Share(delays, 0.95):0.0} ms");
        output.WriteLine($"ratio of the medians {Share(beside, 0.5) / Share(alone, 0.5):0.00}, "
            + $"of the p95 {Share(beside, 0.95) / Share(alone, 0.95):0.00}; the zoo was called {zoo.Calls} times");
        output.WriteLine($"threads {before.Threads}, at most {most.Threads}; memory {before.Megabytes} MB, at most {most.Megabytes} MB");

        Assert.Equal(0, good.Refused);
        Assert.True(zoo.Calls > bad.Count, "the zoo was not called");
        // One call to the hanging receiver takes 15 s: nothing of it may reach the good one, however slow the machine.
        Assert.True(beside.Max() < 10_000, $"a delivery took {beside.Max():0} ms");
        Assert.True(most.Threads - before.Threads < 40, $"{before.Threads} threads became {most.Threads}");
    }

    /// <summary>Transfers at a steady rate; how long each took from its booking to the good receiver, in milliseconds.</summary>
    private static async Task Turn(Client api, Receiver good, ConcurrentDictionary<string, DateTimeOffset> arrived, List<double> delays)
    {
        var already = good.Accepted;
        arrived.Clear();
        for (var i = 0; i < PerTurn; i++)
        {
            var sent = await api.Post("/v1/transfers", new { amount = 10_000, bankCode = "bca", accountNumber = "5270997481" });
            sent.Is(HttpStatusCode.Created);
            await Task.Delay(25);
        }
        for (var i = 0; i < 600 && good.Accepted < already + PerTurn; i++) await Task.Delay(50);
        Assert.Equal(already + PerTurn, good.Accepted);
        foreach (var (_, _, id, body) in good.Events.Where(e => arrived.ContainsKey(e.EventId)))
            delays.Add((arrived[id] - JsonNode.Parse(body)!["occurredAt"]!.GetValue<DateTimeOffset>()).TotalMilliseconds);
    }

    private static async Task<IReadOnlyList<string>> Listen(Client api, IEnumerable<string> urls)
    {
        var ids = new List<string>();
        foreach (var url in urls)
        {
            var made = await api.Post("/v1/webhook-endpoints", new { url, events = Nothing });
            ids.Add(made.Is(HttpStatusCode.Created).Text("id"));
        }
        return ids;
    }

    /// <summary>Who is off hears of nothing and is not tried again.</summary>
    private static async Task Switch(Client api, IReadOnlyList<string> off, IReadOnlyList<string> on)
    {
        foreach (var (id, change) in off.Select(id => (id, new { events = Nothing, state = "paused" }))
            .Concat(on.Select(id => (id, new { events = Heard, state = "active" }))))
            (await api.Patch($"/v1/webhook-endpoints/{id}", change)).Is(HttpStatusCode.OK);
    }

    private static double Share(List<double> of, double share) => of.Order().ElementAt((int)(share * (of.Count - 1)));

    /// <summary>They hang, drip, flood, reset, redirect in a circle, send great headers, ask for patience, or are not there.</summary>
    private sealed class Zoo : IDisposable
    {
        private readonly List<ZooReceiver> receivers =
        [
            new(ZooReceiver.Hang), new(ZooReceiver.Drip), new(ZooReceiver.Endless), new(ZooReceiver.Reset),
            new(ZooReceiver.Text("HTTP/1.1 307 Round\r\nLocation: /hook\r\nContent-Length: 0\r\n\r\n")),
            new(ZooReceiver.Text($"HTTP/1.1 200 OK\r\nX-Big: {new string('a', 1_000_000)}\r\nContent-Length: 0\r\n\r\n")),
            new(ZooReceiver.Text("HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")),
        ];

        public IReadOnlyList<string> Urls => [.. receivers.Select(r => r.Url), $"http://127.0.0.1:{RunningProgram.FreePort()}/nobody"];

        public int Calls => receivers.Sum(r => r.Calls);

        public void Dispose() => receivers.ForEach(r => r.Dispose());
    }
}

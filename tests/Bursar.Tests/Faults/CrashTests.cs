using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;
using Bursar.Tests.Webhooks;

namespace Bursar.Tests.Faults;

/// <summary>
/// kill -9 of the program at random moments under load, and PostgreSQL stopped immediately: nothing acknowledged is lost, nothing
/// is paid twice, verify is clean, every outcome is told to a receiver in the end. BURSAR_CRASH_CYCLES makes it long (25 for a
/// release).
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly int Cycles = int.TryParse(Environment.GetEnvironmentVariable("BURSAR_CRASH_CYCLES"), out var given) ? given : 3;

    [Fact]
    public async Task nothing_acknowledged_is_lost_over_kills_of_program_and_database()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var folder = new DataFolder();
        await using var receiver = await Receiver.Start();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var client = await program.Workspace();
        receiver.Secret = (await client.Post("/v1/webhook-endpoints", new { url = receiver.Url, events = new[] { "transfer.*" } }))
            .Is(HttpStatusCode.Created).Text("secret");
        var topUp = await client.Post("/v1/top-ups", new { amount = 900_000_000_000, bankCode = "bca" });
        (await client.Post("/v1/test/payments", new { collectionId = topUp.Text("id") })).Is(HttpStatusCode.Created);

        var acknowledged = new ConcurrentDictionary<string, (string Account, string Body)>();
        var uncertain = new ConcurrentDictionary<string, string>();
        for (var cycle = 0; cycle < Cycles + Math.Max(1, Cycles / 5); cycle++)
        {
            using var stop = new CancellationTokenSource();
            var before = acknowledged.Count;
            var load = Enumerable.Range(0, 8)
                .Select(worker => Ask(client, $"{cycle}-{worker}", acknowledged, uncertain, stop.Token)).ToList();
            // Cold code answers late: the random moment counts from the first answer of the cycle.
            for (var i = 0; i < 200 && acknowledged.Count == before; i++) await Task.Delay(50);
            await Task.Delay(random.Next(20, 2_000));
            if (cycle < Cycles) await program.Kill();
            else await program.CrashPostgres();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            if (cycle >= Cycles) await program.Kill();
            var ready = await program.Start();
            output.WriteLine(
                $"cycle {cycle}: {acknowledged.Count} acknowledged, {uncertain.Count} uncertain, "
                + $"ready after {ready.TotalMilliseconds:0} ms");
        }
        output.WriteLine($"seed {seed}");

        Assert.True(acknowledged.Count > Cycles, "the load was no load");
        foreach (var (key, (account, body)) in acknowledged)
        {
            var again = (await Transfer(client, key, account)).Is(HttpStatusCode.Created);
            Assert.Equal(body, again.Body);
            Assert.True(again.Headers.ContainsKey("Idempotency-Replayed"), key);
        }
        foreach (var (key, account) in uncertain) (await Transfer(client, key, account)).Is(HttpStatusCode.Created);

        var ids = acknowledged.Values.Select(a => JsonNode.Parse(a.Body)!["id"]!.GetValue<string>()).ToHashSet();
        await Eventually(
            async () => (await client.Get("/v1/transfers?state=approved&state=executing&state=unknown&limit=1"))
                .Json["data"]!.AsArray().Count == 0,
            90);
        await Eventually(
            () => Task.FromResult(ids.All(id =>
                receiver.Subjects("transfer.succeeded").Contains(id) || receiver.Subjects("transfer.failed").Contains(id))),
            60);
        Assert.Equal(0, receiver.Refused);
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
        output.WriteLine(
            $"{ids.Count} acknowledged, none lost; {uncertain.Count} uncertain asked again; "
            + $"{receiver.Accepted} deliveries accepted\n{report}");
    }

    private static async Task Ask(
        Client client, string name, ConcurrentDictionary<string, (string, string)> acknowledged,
        ConcurrentDictionary<string, string> uncertain, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var key = $"{name}-{n}";
            // Some accounts answer late or refuse: outcomes of every kind are on their way when the kill comes.
            var account = (n % 10) switch { 3 => "990001", 7 => "990000", _ => "5270997481" };
            try
            {
                var answer = await Transfer(client, key, account);
                if (answer.Status == HttpStatusCode.Created) acknowledged[key] = (account, answer.Body);
                else uncertain[key] = account;
            }
            catch (HttpRequestException)
            {
                uncertain[key] = account;
                return;
            }
            await Task.Delay(40, CancellationToken.None);
        }
    }

    private static Task<Answer> Transfer(Client client, string key, string account) =>
        client.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = account }, key);

    private static async Task Eventually(Func<Task<bool>> holds, int seconds)
    {
        for (var i = 0; i < seconds * 5; i++)
        {
            if (await holds()) return;
            await Task.Delay(200);
        }
        Assert.Fail($"does not hold after {seconds} s");
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>
/// The largest file there may be, through a process of its own: what it takes to check it, and that its totals are the same in file, batch,
/// ledger and download. 500 rows on every build, 20,000 with BURSAR_LONG_RUNS=1.
/// </summary>
public sealed class LargeBatchTests(ITestOutputHelper output)
{
    private static readonly int Count = LongRuns.Count(500, 20_000);
    private const string Password = "a long batch password";

    [Fact]
    public async Task the_largest_file_is_checked_submitted_approved_in_slices_paid_and_adds_up()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var (key, maker, approver) = await People(program);
        var topUp = await key.Post("/v1/top-ups", new { amount = 900_000_000_000, bankCode = "bca" });
        (await key.Post("/v1/test/payments", new { collectionId = topUp.Text("id") })).Is(HttpStatusCode.Created);
        var funded = await Available(key);
        var idle = program.PeakMegabytes();

        var bad = Given.Batches.Rows(Count, "bad").Split('\n');
        for (var i = 1; i <= Count; i += 7) bad[i] = $"12,{bad[i]}";
        var watch = Stopwatch.StartNew();
        var invalid = await maker.BatchReaches(await maker.Uploaded(string.Join('\n', bad)), "invalid", 60);
        Assert.Equal((Count + 6) / 7, invalid.Json["errors"]!.AsArray().Select(e => (int)e!["line"]!).Distinct().Count());
        Say("refused with every error", watch);

        var csv = Given.Batches.Rows(Count);
        watch.Restart();
        var id = await maker.Uploaded(csv, ("submit", "false"));
        Say("uploaded", watch);
        var ready = await maker.BatchReaches(id, "ready", 60);
        var seconds = watch.Elapsed.TotalSeconds;
        output.WriteLine($"{Count} rows validated in {seconds:0.0} s; peak memory {program.PeakMegabytes()} MB ({idle} MB before)");
        var total = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Sum(l => long.Parse(l.Split(',')[0], CultureInfo.InvariantCulture));
        Assert.Equal((Count, total), (ready.Number("rows"), ready.Number("total")));
        Assert.True(program.PeakMegabytes() < 250, $"{program.PeakMegabytes()} MB");

        watch.Restart();
        (await maker.Post($"{Given.Batches.Path}/{id}/submission", new { })).Is(HttpStatusCode.OK);
        var submitted = await maker.BatchReaches(id, "submitted", 300);
        Say("submitted", watch);
        Assert.Equal(Count, submitted.In("pending_approval"));
        var fees = submitted.Number("fees");
        Assert.Equal(funded - total - fees, await Available(key));

        watch.Restart();
        foreach (var slice in Enumerable.Range(2, Count).Chunk(Count / 4))
        {
            var decided = (await approver.Post($"{Given.Batches.Path}/{id}/decision",
                new { verdict = "approve", contentHash = submitted.Text("contentHash"), rows = slice })).Is(HttpStatusCode.OK);
            Assert.Equal(slice.Length, decided.Number("decided"));
        }
        Say("approved in four slices", watch);
        var done = await maker.BatchReaches(id, "completed", 300);
        Say("paid, counted from the first approval", watch);

        await AddsUp(await maker.File($"/test/transfers/batches/{id}/results.csv"), csv, fees, key);
        Assert.Equal((Count, total, fees), (done.In("succeeded"), done.Json["results"]![0]!["amount"]!.GetValue<long>(),
            done.Json["results"]![0]!["fees"]!.GetValue<long>()));
        var deposit = (await key.Get("/v1/balances")).Json["data"]![0]!;
        Assert.Equal((funded - total - fees, 0, funded - total - fees), (deposit["available"]!.GetValue<long>(),
            deposit["held"]!.GetValue<long>(), deposit["posted"]!.GetValue<long>()));
        (await maker.Upload(csv)).Refuses("duplicate_batch");
        var (code, report) = await program.Verb("", "verify");
        Assert.True(code == 0, report);
        output.WriteLine($"peak memory over all {program.PeakMegabytes()} MB");

        void Say(string what, Stopwatch since) => output.WriteLine($"{Count} rows {what}: {since.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>Every row of the download is its line of the file, paid, and all together are what the ledger moved.</summary>
    private static async Task AddsUp(byte[] results, string csv, long fees, Client key)
    {
        var rows = Encoding.UTF8.GetString(results).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(line => line.Split(',')).ToList();
        var file = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(Count, rows.Count);
        Assert.All(rows.Zip(file, Enumerable.Range(2, Count)), both => Assert.Equal(
            (both.Third.ToString(CultureInfo.InvariantCulture), "Successful",
                both.Second[0], both.Second[1], both.Second[2], both.Second[4]),
            (both.First[0], both.First[1], both.First[2], both.First[4], both.First[5], both.First[8])));
        Assert.Equal(Count, rows.Select(r => r[10]).Where(id => id.StartsWith("tr_", StringComparison.Ordinal)).Distinct().Count());
        var amounts = rows.Sum(r => long.Parse(r[2], CultureInfo.InvariantCulture));
        Assert.Equal(fees, rows.Sum(r => long.Parse(r[3], CultureInfo.InvariantCulture)));
        var accounts = (await key.Get("/v1/ledger/accounts")).Is(HttpStatusCode.OK).Json["data"]!.AsArray()
            .ToDictionary(a => (string)a!["account"]!, a => (long)a!["posted"]!);
        Assert.Equal((amounts, fees), (accounts["payouts"], accounts["fees"]));
    }

    private static async Task<(Client Key, Client Maker, Client Approver)> People(RunningProgram program)
    {
        var (code, made) = await program.Verb(
            Password, "workspace", "create", "--name", "Large", "--email", "large@example.test", "--password-stdin", "--json");
        Assert.True(code == 0, made);
        var workspace = JsonNode.Parse(made)!;
        return (new Client(program.Address, workspace["testKey"]!.GetValue<string>()), await Join("maker"), await Join("approver"));

        async Task<Client> Join(string role)
        {
            var email = $"{role}@large.example.test";
            var (added, said) = await program.Verb(Password, "member", "add", "--workspace", workspace["workspaceId"]!.GetValue<string>(),
                "--email", email, "--role", role, "--password-stdin", "--json");
            Assert.True(added == 0, said);
            var client = new Client(program.Address, null);
            var session = (await client.Post("/v1/sessions", new { email, password = Password })).Is(HttpStatusCode.Created);
            client.Session(session.Text("csrfToken"));
            return client;
        }
    }

    private static async Task<long> Available(Client key) =>
        (await key.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();
}

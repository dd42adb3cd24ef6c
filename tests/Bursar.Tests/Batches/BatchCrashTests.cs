using System.Net;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>kill -9 while a batch is checked and submitted: it goes on where it was, and no row is asked for twice.</summary>
public sealed class BatchCrashTests(ITestOutputHelper output)
{
    private static readonly int Count = LongRuns.Count(1_500, 20_000);

    [Fact]
    public async Task no_row_is_asked_for_twice_over_kills_of_the_program()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var client = await program.Workspace();
        var topUp = await client.Post("/v1/top-ups", new { amount = 900_000_000_000, bankCode = "bca" });
        (await client.Post("/v1/test/payments", new { collectionId = topUp.Text("id") })).Is(HttpStatusCode.Created);

        var id = await client.Uploaded(Given.Batches.Rows(Count), ("mode", "atomic"));
        await program.Kill();
        await program.Start();
        var seen = 0L;
        for (var kill = 1; kill <= 2; kill++)
        {
            // Some way further than the last time, so that each kill hits another slice.
            for (var i = 0; i < 6_000 && seen < Count * kill / 3; i++)
            {
                var batch = (await client.Get($"{Given.Batches.Path}/{id}")).Is(HttpStatusCode.OK);
                seen = batch.Text("state") is "checking" or "ready" ? 0 : batch.Number("submitted");
                await Task.Delay(5);
            }
            await program.Kill();
            output.WriteLine($"killed when {seen} of {Count} were submitted");
            await program.Start();
        }

        // A lease of the dead process runs out first.
        var done = await client.BatchReaches(id, "completed", 180);
        Assert.Equal((Count, Count), (done.Number("submitted"), done.In("succeeded")));
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
    }
}

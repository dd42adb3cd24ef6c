using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>What keeps a batch from being paid twice, and from being seen by whom it does not concern.</summary>
public sealed class BatchGuardTests(Product product)
{
    /// <summary>Rows without references: those are refused for ever.</summary>
    private static readonly string Plain = Given.Batches.Header + "20000,bca,5270997481,,,\n30000,bri,5270997482,,,\n";

    [Fact]
    public async Task the_same_rows_are_remembered_for_90_days_and_no_longer()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var first = await w.Api.Uploaded(Plain);
        await w.Api.BatchReaches(first, "completed");
        await Age(w, 89);
        (await w.Api.Upload(Plain)).Refuses("duplicate_batch");
        var twins = await w.Api.BatchReaches(await w.Api.Uploaded(Plain.Replace("30000", "31000"), ("submit", "false")), "ready");
        Assert.Equal(1, Flagged(twins, "duplicate_of_transfer"));
        await Age(w, 2);
        var again = await w.Api.BatchReaches(await w.Api.Uploaded(Plain, ("submit", "false")), "ready");
        Assert.Equal((0, 2), (Flagged(again, "duplicate_of_transfer"), Flagged(again, "new_payee")));
    }

    [Fact]
    public async Task each_row_is_let_go_once_however_many_approve_the_same_slices_at_once()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var before = (await w.Api.Get("/v1/balances")).Json["data"]![0]!["posted"]!.GetValue<long>();
        var maker = await w.Member(Role.Maker);
        var people = new[] { await w.Member(Role.Approver), await w.Member(Role.Approver) };
        var id = await maker.Uploaded(Given.Batches.Rows(40));
        var waits = await maker.BatchReaches(id, "submitted");
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => people[i % 2].Post($"{Given.Batches.Path}/{id}/decision", new
        {
            verdict = i == 7 ? "reject" : "approve",
            contentHash = waits.Text("contentHash"),
            rows = Enumerable.Range(2 + i % 4 * 8, 16).ToArray(),
        })));
        var (decided, amount) = (0L, 0L);
        foreach (var answer in verdicts)
            if (answer.Status == HttpStatusCode.OK)
                (decided, amount) = (decided + answer.Number("decided"), amount + answer.Number("amount"));
            else answer.Refuses("already_resolved");
        Assert.Equal((40, waits.Number("total")), (decided, amount));
        var done = await maker.BatchReaches(id, "completed");
        Assert.Equal(40, done.In("succeeded") + done.In("rejected"));
        Assert.Equal(done.In("succeeded"), await w.Facts("transfer.succeeded"));
        var paid = done.Json["results"]!.AsArray().Single(r => (string)r!["state"]! == "succeeded")!;
        Assert.Equal(before - (long)paid["amount"]! - (long)paid["fees"]!,
            (await w.Api.Get("/v1/balances")).Json["data"]![0]!["posted"]!.GetValue<long>());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task old_batches_are_closed_to_customer_service_but_by_their_id_and_the_journal_knows()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Api.Uploaded(Plain);
        await w.Api.BatchReaches(id, "completed");
        var service = await w.Member(Role.CustomerService);
        Assert.Single((await service.Get(Given.Batches.Path)).Json["data"]!.AsArray());
        await Age(w, 8);
        Assert.Empty((await service.Get(Given.Batches.Path)).Json["data"]!.AsArray());
        (await service.Get($"{Given.Batches.Path}/{id}/rows")).Refuses("permission_denied");
        (await service.Get($"{Given.Batches.Path}/{id}")).Is(HttpStatusCode.OK);
        Assert.Equal(1, await w.Facts("history.searched"));
        Assert.Single((await w.Api.Get(Given.Batches.Path)).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task what_another_workspace_uploaded_is_not_there_and_the_same_rows_are_its_own()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var foreign = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Api.Uploaded(Plain);
        await w.Api.BatchReaches(id, "completed");
        var pages = await foreign.AdminPages();
        foreach (var path in new[] { "", "/results.csv", "/errors.csv", "/progress" })
            (await pages.Get($"/test/transfers/batches/{id}{path}")).Is(HttpStatusCode.NotFound);
        Assert.Equal(0, await foreign.Facts("export.downloaded"));
        var own = await foreign.Api.BatchReaches(await foreign.Api.Uploaded(Plain, ("submit", "false")), "ready");
        Assert.Equal((0, 2), (Flagged(own, "duplicate_of_transfer"), Flagged(own, "new_payee")));
    }

    private static long Flagged(Answer batch, string flag) => batch.Json["risk"]!["flags"]!.AsArray()
        .FirstOrDefault(f => (string)f!["flag"]! == flag)?["rows"]!.GetValue<long>() ?? 0;

    /// <summary>Lets days pass for its batches and transfers.</summary>
    private async Task Age(Workspace w, int days)
    {
        foreach (var table in new[] { "transfer_batches", "disbursements" })
            await product.Execute($"update bursar.{table} set created_at = created_at - interval '{days} days' where workspace_id = $1",
                w.Book.Workspace.Value);
    }
}

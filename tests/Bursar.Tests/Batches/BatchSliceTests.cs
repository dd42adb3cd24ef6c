using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Batches;
using Bursar.Rooms.Payouts.Transfers;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Batches;

/// <summary>QUALITY PO7: however rows fall into slices, and whoever submits which, a batch gives the same transfers and the same ledger.</summary>
public sealed class BatchSliceTests(Product product, ITestOutputHelper output)
{
    private const int Rows = 60;

    [Theory, InlineData("continue"), InlineData("atomic")]
    public async Task rows_are_asked_for_once_however_the_slices_fall(string mode)
    {
        for (var run = 0; run < LongRuns.Count(2, 40); run++)
        {
            var seed = Environment.TickCount + run;
            output.WriteLine($"seed {seed}");
            var w = await (await product.Workspace()).WithDeposit(10_000_000);
            var before = await Available(w);
            var id = await w.Api.Uploaded(Given.Batches.Rows(Rows), ("mode", mode), ("submit", "false"));
            var ready = await w.Api.BatchReaches(id, "ready");
            (await w.Api.Post($"{Given.Batches.Path}/{id}/submission", new { })).Is(HttpStatusCode.OK);
            // Beside the product's own worker, others submit slices of their own that overlap with its and each other's.
            Assert.True(BatchId.TryParse(id, out var batch));
            await Task.WhenAll(Slices(new Random(seed)).Select(lines => Submit(w, batch, lines)));
            var done = await w.Api.BatchReaches(id, "completed");
            Assert.Equal((Rows, Rows), (done.Number("submitted"), done.In("succeeded")));
            Assert.Equal(Rows, await w.Rows("disbursements"));
            Assert.Equal(before - ready.Number("total") - ready.Number("fees"), await Available(w));
            await w.BooksAreRight();
        }
    }

    private static IEnumerable<int[]> Slices(Random random) => Enumerable.Range(0, 12).Select(_ =>
    {
        var first = random.Next(2, Rows + 2);
        return Enumerable.Range(first, random.Next(1, Rows + 3 - first)).ToArray();
    });

    private async Task Submit(Workspace w, BatchId batch, int[] lines)
    {
        var create = product.Services.GetRequiredService<CreateTransfer>();
        await using var connection = await product.Owner.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(int Line, long Amount, string Bank, string Account, string Reference)>("""
            select line, amount, bank_code, account_number, reference from bursar.batch_rows where batch_id = @id and line = any(@lines)
            """, new { id = batch.Value, lines });
        var rails = await product.Services.GetRequiredService<PayoutRouting>().Rails();
        var wanted = rows.Select(r => new WantedRow(r.Line, create.Parse(w.Admin,
            new CreateTransfer.Request(r.Amount, r.Bank, r.Account, Reference: r.Reference), rails))).ToList();
        var key = product.Services.GetRequiredService<BatchReads>();
        var maker = (await key.Find(w.Book, batch))!.Maker;
        await product.Services.GetRequiredService<IPosting>().Submit(
            new SubmitRows(maker, batch.Value, wanted, product.Services.GetRequiredService<DisbursementShapes>())
            {
                Needs = Permission.CreateTransactions,
            });
    }

    private static async Task<long> Available(Workspace w) =>
        (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();
}

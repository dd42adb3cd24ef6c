using System.Net;
using System.Text.RegularExpressions;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Ledger;

/// <summary>The postings of docs/ledger.md are what the books hold.</summary>
public sealed partial class DocsLedgerTests(Product product)
{
    [Fact]
    public async Task every_posting_of_the_page_is_true()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "ledger.md"));
        var examples = Example().Matches(page).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim().Split('\n'));
        Assert.Equal(["batch_whole", "top_up", "transfer_failed", "transfer_held", "transfer_reversed", "transfer_succeeded"], examples.Keys.Order());

        var w = await product.Workspace();
        var topUp = await w.Api.Post("/v1/top-ups", new { amount = 1_000_000, bankCode = "bca" });
        await w.Api.Post("/v1/test/payments", new { collectionId = topUp.Text("id") });
        var payAmount = topUp.Number("payAmount").ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(examples["top_up"].Select(l => l.Replace("1000417", payAmount, StringComparison.Ordinal)),
            await Lines(w, topUp.Text("id")));

        var waiting = (await w.Transfer(50_000, "990006")).Is(HttpStatusCode.Created).Text("id");
        Assert.Equal(examples["transfer_held"], await Lines(w, waiting));
        var failed = (await w.Transfer(50_000, "990000")).Text("id");
        var paid = (await w.Transfer(50_000)).Text("id");
        await w.Reaches(failed, "failed");
        await w.Reaches(paid, "succeeded");
        Assert.Equal(examples["transfer_failed"], await Lines(w, failed));
        Assert.Equal(examples["transfer_succeeded"], await Lines(w, paid));
        (await w.Api.Post($"/v1/test/disbursements/{paid}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        Assert.Equal(examples["transfer_reversed"], await Lines(w, paid));

        await w.WithDeposit(10_000_000);
        var rows = Enumerable.Range(0, 300).Select(i => new { amount = 20_000, bankCode = "bca", accountNumber = $"52709{i + 10_007}" });
        var batch = (await w.Api.Post(Given.Batches.Path, new { rows, mode = "atomic" })).Is(HttpStatusCode.Created).Text("id");
        await w.Api.BatchReaches(batch, "completed");
        Assert.Equal(examples["batch_whole"], await Lines(w, batch));
    }

    private async Task<IEnumerable<string>> Lines(Workspace w, string id)
    {
        var subject = TransferId.TryParse(id, out var transfer) ? transfer.Value
            : TopUpId.TryParse(id, out var topUp) ? topUp.Value
            : BatchId.TryParse(id, out var batch) ? batch.Value
            : default;
        await using var connection = await product.Database.Login.OpenConnectionAsync();
        return await connection.QueryAsync<string>("""
            select concat_ws(' ', (array['direct', 'pending', 'post', 'void'])[t.kind],
                (array['funding', 'deposit', 'collected', 'token', 'payouts', 'fees'])[d.code],
                (array['funding', 'deposit', 'collected', 'token', 'payouts', 'fees'])[c.code], t.amount)
            from bursar.ledger_transfers t
            join bursar.accounts d on d.workspace_id = t.workspace_id and d.mode = t.mode and d.account_id = t.debit_account
            join bursar.accounts c on c.workspace_id = t.workspace_id and c.mode = t.mode and c.account_id = t.credit_account
            where t.workspace_id = @w and t.reference = @subject order by t.booked_at, t.debit_version, t.credit_version
            """, new { w = w.Book.Workspace.Value, subject });
    }

    [GeneratedRegex("```postings (\\w+)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

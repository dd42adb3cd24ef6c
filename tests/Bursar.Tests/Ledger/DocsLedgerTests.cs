using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Ledger;
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
        Assert.Equal(["line_in_suspense", "line_matched", "line_out", "line_to_return", "top_up",
            "transfer_failed", "transfer_held", "transfer_reversed", "transfer_succeeded"], examples.Keys.Order());

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
        await TheHouse(examples);
    }

    private async Task TheHouse(Dictionary<string, string[]> examples)
    {
        var desk = await StatementDesk.Open(product);
        var live = (await desk.Customer()).Live;
        var topUp = await desk.TopUp(live, 1_000_000);
        var payAmount = topUp.Number("payAmount");
        var today = StatementDesk.Today;
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(today, "A", payAmount), new CsvLine(today, "B", 75_000),
            new CsvLine(today, "C", -50_000)));
        async Task<IEnumerable<string>> House(long amount) => (await Lines(Platform.Statements.House.Id.Value,
            StatementLineId.TryParse(await desk.OnlyLine(amount), out var line) ? line.Value : default))
            .Select(l => System.Text.RegularExpressions.Regex.Replace(l, "bank_[0-9]+", "bank_1"));
        for (var i = 0; i < 200 && (await desk.Lines()).Any(l => l.State == "matching"); i++) await Task.Delay(50);
        Assert.Equal(examples["line_matched"].Select(l => l.Replace("1000417",
            payAmount.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)), await House(payAmount));
        Assert.Equal(examples["line_in_suspense"], await House(75_000));
        (await desk.Decide(await desk.OnlyLine(75_000), "return", ("note", "Unknown"))).Is(HttpStatusCode.Redirect);
        Assert.Equal(examples["line_to_return"], await House(75_000));
        Assert.Equal(examples["line_out"], await House(-50_000));
    }

    private async Task<IEnumerable<string>> Lines(Workspace w, string id)
    {
        var subject = TransferId.TryParse(id, out var transfer) ? transfer.Value
            : TopUpId.TryParse(id, out var topUp) ? topUp.Value
            : default;
        return await Lines(w.Book.Workspace.Value, subject);
    }

    private async Task<IEnumerable<string>> Lines(Guid w, Guid subject)
    {
        await using var connection = await product.Database.Login.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(short Kind, short Debit, short Credit, long Amount)>("""
            select t.kind, d.code, c.code, t.amount
            from bursar.ledger_transfers t
            join bursar.accounts d on d.workspace_id = t.workspace_id and d.mode = t.mode and d.account_id = t.debit_account
            join bursar.accounts c on c.workspace_id = t.workspace_id and c.mode = t.mode and c.account_id = t.credit_account
            where t.workspace_id = @w and t.reference = @subject order by t.booked_at, t.debit_version, t.credit_version
            """, new { w, subject });
        return rows.Select(r => FormattableString.Invariant(
            $"{((TransferKind)r.Kind).ToString().ToLowerInvariant()} {Name(r.Debit)} {Name(r.Credit)} {r.Amount}"));
    }

    private static string Name(short code) => AccountCodes.Name((AccountCode)code);

    [GeneratedRegex("```postings (\\w+)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

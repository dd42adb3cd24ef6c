using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
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
        var examples = await Examples();
        // Those of payments that a statement proves are run where a rail is set up: MoneyOutTests.
        string[] told = ["batch_whole", "line_came_back", "line_charge", "line_in_suspense", "line_matched", "line_out", "line_own_in",
            "line_own_out", "line_paid", "line_put_back", "line_to_return", "refund_failed", "refund_held", "refund_succeeded", "top_up",
            "transfer_failed", "transfer_held", "transfer_reversed", "transfer_succeeded"];
        Assert.Equal(told, examples.Keys.Order());

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
        Assert.Equal(examples["refund_held"], await Lines(w, await Refund(w, topUp.Text("id"), null)));
        Assert.Equal(examples["refund_succeeded"], await Lines(w, await Refund(w, topUp.Text("id"), "approve")));
        await w.WithDeposit(1_000_000);
        var second = (await w.Api.Get("/v1/top-ups")).Json["data"]![0]!["id"]!.GetValue<string>();
        Assert.Equal(examples["refund_failed"], await Lines(w, await Refund(w, second, "reject")));
        await TheHouse(examples);
        await w.WithDeposit(10_000_000);
        var rows = Enumerable.Range(0, 300).Select(i => new { amount = 20_000, bankCode = "bca", accountNumber = $"52709{i + 10_007}" });
        var batch = (await w.Api.Post(Given.Batches.Path, new { rows, mode = "atomic" })).Is(HttpStatusCode.Created).Text("id");
        await w.Api.BatchReaches(batch, "completed");
        Assert.Equal(examples["batch_whole"], await Lines(w, batch));
    }

    private static async Task<string> Refund(Workspace w, string topUp, string? verdict)
    {
        var refund = (await w.Api.Post("/v1/refunds",
            new { resource = topUp, amount = 400_000, reason = "Sent twice", bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        if (verdict is null) return refund.Text("id");
        var approver = await w.Member(Role.Approver);
        var approval = await approver.Get($"/v1/approvals/{refund.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision", new { verdict, contentHash = approval.Text("contentHash") }))
            .Is(HttpStatusCode.OK);
        for (var i = 0; i < 200; i++)
        {
            if ((await w.Api.Get($"/v1/refunds/{refund.Text("id")}")).Text("state") is "succeeded" or "rejected") return refund.Text("id");
            await Task.Delay(50);
        }
        throw new InvalidOperationException("The refund has not ended after 10 s.");
    }

    private async Task TheHouse(Dictionary<string, string[]> examples)
    {
        var desk = await StatementDesk.Open(product);
        var live = (await desk.Customer()).Live;
        var topUp = await desk.TopUp(live, 1_000_000);
        var payAmount = topUp.Number("payAmount");
        var today = StatementDesk.Today;
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(today, "A", payAmount), new CsvLine(today, "B", 75_000),
            new CsvLine(today, "C", -50_000), new CsvLine(today, "D", -2_500), new CsvLine(today, "E", -400_000),
            new CsvLine(today, "F", 400_000), new CsvLine(today, "G", -6_500)));
        Task<IEnumerable<string>> House(long amount) => OfLine(product, desk, amount);
        for (var i = 0; i < 200 && (await desk.Lines()).Any(l => l.State == "matching"); i++) await Task.Delay(50);
        Assert.Equal(examples["line_matched"].Select(l => l.Replace("1000417",
            payAmount.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)), await House(payAmount));
        Assert.Equal(examples["line_in_suspense"], await House(75_000));
        (await desk.Decide(await desk.OnlyLine(75_000), "return", ("note", "Unknown"))).Is(HttpStatusCode.Redirect);
        Assert.Equal(examples["line_to_return"], await House(75_000));
        Assert.Equal(examples["line_out"], await House(-50_000));
        async Task Said(long amount, string what) => (await desk.Decide(await desk.OnlyLine(amount), what)).Is(HttpStatusCode.Redirect);
        await Said(-2_500, "bank-charge");
        Assert.Equal(examples["line_charge"], await House(-2_500));
        await Said(-400_000, "own-transfer");
        Assert.Equal(examples["line_own_out"], await House(-400_000));
        await Said(400_000, "own-transfer");
        Assert.Equal(examples["line_own_in"], await House(400_000));
        await Said(-6_500, "bank-charge");
        await Said(-6_500, "reopening");
        Assert.Equal(examples["line_put_back"], await House(-6_500));
    }

    /// <summary>The page's examples by their names.</summary>
    public static async Task<Dictionary<string, string[]>> Examples()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "ledger.md"));
        return Example().Matches(page).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim().Split('\n'));
    }

    /// <summary>What the house's book holds of the account's one line of this amount.</summary>
    public static async Task<IEnumerable<string>> OfLine(Product product, StatementDesk desk, long amount) =>
        (await Lines(product, Platform.Statements.House.Id.Value,
            StatementLineId.TryParse(await desk.OnlyLine(amount), out var line) ? line.Value : default))
            .Select(l => Regex.Replace(l, "bank_[0-9]+", "bank_1"));

    private async Task<IEnumerable<string>> Lines(Workspace w, string id)
    {
        var subject = TransferId.TryParse(id, out var transfer) ? transfer.Value
            : RefundId.TryParse(id, out var refund) ? refund.Value
            : TopUpId.TryParse(id, out var topUp) ? topUp.Value
            : BatchId.TryParse(id, out var batch) ? batch.Value
            : default;
        return await Lines(product, w.Book.Workspace.Value, subject);
    }

    private static async Task<IEnumerable<string>> Lines(Product product, Guid w, Guid subject)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(short Kind, short Debit, short Credit, long Amount)>("""
            select t.kind, d.code, c.code, t.amount
            from bursar.ledger_transfers t
            join bursar.accounts d on d.workspace_id = t.workspace_id and d.mode = t.mode and d.account_id = t.debit_account
            join bursar.accounts c on c.workspace_id = t.workspace_id and c.mode = t.mode and c.account_id = t.credit_account
            where t.workspace_id = @w and t.reference = @subject order by t.booked_at, t.kind <> 1, t.debit_version, t.credit_version
            """, new { w, subject });
        return rows.Select(r => FormattableString.Invariant(
            $"{((TransferKind)r.Kind).ToString().ToLowerInvariant()} {Name(r.Debit)} {Name(r.Credit)} {r.Amount}"));
    }

    private static string Name(short code) => AccountCodes.Name((AccountCode)code);

    [GeneratedRegex("```postings (\\w+)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
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
        Assert.Equal(["refund_failed", "refund_held", "refund_succeeded", "top_up", "transfer_failed", "transfer_held", "transfer_reversed", "transfer_succeeded"], examples.Keys.Order());

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

    private async Task<IEnumerable<string>> Lines(Workspace w, string id)
    {
        var subject = TransferId.TryParse(id, out var transfer) ? transfer.Value
            : RefundId.TryParse(id, out var refund) ? refund.Value
            : TopUpId.TryParse(id, out var topUp) ? topUp.Value
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

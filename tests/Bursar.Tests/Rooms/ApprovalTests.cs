using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Rooms;

public sealed class ApprovalTests(Product product)
{
    private static readonly object Wanted = new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" };

    [Fact]
    public async Task a_makers_transfer_waits_for_an_approver_and_then_goes()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (maker, approver, reviewer) = (await w.Member(Role.Maker), await w.Member(Role.Approver), await w.Member(Role.Reviewer));
        var asked = (await maker.Post("/v1/transfers", Wanted)).Is(HttpStatusCode.Created);
        Assert.Equal("pending_approval", asked.Text("state"));
        var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        var verdict = new { verdict = "approve", contentHash = approval.Text("contentHash") };
        var refused = (await maker.Post($"/v1/approvals/{approval.Text("id")}/decision", verdict)).Refuses("permission_denied");
        Assert.Equal("approve_transactions", refused.Text("missingPermission"));
        (await reviewer.Post($"/v1/approvals/{approval.Text("id")}/decision", verdict)).Refuses("permission_denied");
        (await w.Api.Post($"/v1/approvals/{approval.Text("id")}/decision", verdict)).Refuses("permission_denied");
        var stale = new { verdict = "approve", contentHash = new string('0', 64) };
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision", stale)).Refuses("version_mismatch");
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision", verdict)).Is(HttpStatusCode.OK);
        await w.Settled();
        Assert.Equal("succeeded", (await reviewer.Get($"/v1/transfers/{asked.Text("id")}")).Text("state"));
        await w.BooksAreRight();
    }

    /// <summary>Whoever can write to the database changes a row behind the approval: what people were shown is not what would be paid.</summary>
    [Fact]
    public async Task what_was_changed_behind_an_approval_is_not_let_go()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (maker, approver) = (await w.Member(Role.Maker), await w.Member(Role.Approver));
        var transfer = (await maker.Post("/v1/transfers", Wanted)).Is(HttpStatusCode.Created);
        await w.Policy(new { name = "Ask people", requireApprovalOver = 0 });
        var spend = await w.Spend(1_000);
        Assert.True(TransferId.TryParse(transfer.Text("id"), out var transferId));
        Assert.True(SpendRequestId.TryParse(spend.Text("spendRequestId"), out var spendId));
        foreach (var (asked, id, column, mine) in new[]
        {
            (transfer, transferId.Value, "account_number", "5270990000"), (spend, spendId.Value, "merchant", "elsewhere.example"),
        })
        {
            var shown = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
            var verdict = new { verdict = "approve", contentHash = shown.Text("contentHash") };
            var path = $"/v1/approvals/{asked.Text("approvalId")}/decision";
            await product.Execute($"update bursar.disbursements set {column} = '{mine}' where disbursement_id = $1", id);
            (await approver.Post(path, verdict)).Refuses("version_mismatch");
            var own = column == "merchant" ? "tokopedia.com" : "5270997481";
            await product.Execute($"update bursar.disbursements set {column} = '{own}' where disbursement_id = $1", id);
            (await approver.Post(path, verdict)).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task nobody_approves_their_own_request_while_duties_are_separated()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var executor = await w.Member(Role.Executor);
        var asked = (await executor.Post("/v1/transfers", Wanted)).Is(HttpStatusCode.Created);
        var approval = await executor.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await executor.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") }))
            .Refuses("self_approval_forbidden");
    }

    [Fact]
    public async Task a_key_makers_own_request_by_key_is_theirs_too()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Api.Post("/v1/policies",
            new { name = "ask", requireApprovalOver = 10_000, scope = new { kinds = new[] { "money_transfer" } } }))
            .Is(HttpStatusCode.Created);
        var asked = (await w.Api.Post("/v1/transfers", Wanted)).Is(HttpStatusCode.Created);
        var admin = await w.AdminSession();
        var approval = await admin.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await admin.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") }))
            .Refuses("self_approval_forbidden");
    }

    [Fact]
    public async Task rejection_and_cancellation_give_every_hold_back()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Api.Post("/v1/policies", new { name = "cap", dailyLimit = 60_000, scope = new { kinds = new[] { "money_transfer" } } }))
            .Is(HttpStatusCode.Created);
        var (maker, approver) = (await w.Member(Role.Maker), await w.Member(Role.Approver));
        for (var round = 0; round < 2; round++)
        {
            var asked = (await maker.Post("/v1/transfers", Wanted)).Is(HttpStatusCode.Created);
            (await maker.Post("/v1/transfers", Wanted)).Refuses("policy_denied");
            if (round == 0) (await maker.Post($"/v1/transfers/{asked.Text("id")}/cancellation", new { })).Is(HttpStatusCode.OK);
            else
            {
                var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
                var no = new { verdict = "reject", contentHash = approval.Text("contentHash"), note = "no" };
                (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision", no)).Is(HttpStatusCode.OK);
            }
            Assert.Equal(0, (await w.Api.Get("/v1/balances")).Json["data"]![0]!["held"]!.GetValue<long>());
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_cancellation_and_an_execution_race_and_exactly_one_wins()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        for (var round = 0; round < 20; round++)
        {
            var sent = (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
            var cancelled = await w.Api.Post($"/v1/transfers/{sent.Text("id")}/cancellation", new { });
            await w.Settled();
            Assert.Equal(
                cancelled.Status == HttpStatusCode.OK ? "cancelled" : "succeeded",
                (await w.Api.Get($"/v1/transfers/{sent.Text("id")}")).Text("state"));
            if (cancelled.Status != HttpStatusCode.OK) cancelled.Refuses("state_conflict");
        }
        await w.BooksAreRight();
    }
}

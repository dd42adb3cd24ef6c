using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>Money goes back when people say so, and never more than there was (PRODUCT P8, QUALITY L7).</summary>
public sealed class RefundTests(Product product)
{
    private async Task<(Workspace W, string TopUp, long Paid)> ToppedUp()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var topUp = (await w.Api.Get("/v1/top-ups")).Json["data"]![0]!;
        return (w, topUp["id"]!.GetValue<string>(), topUp["payAmount"]!.GetValue<long>());
    }

    private static object Asking(string resource, long amount, string account = "5270997481") =>
        new { resource, amount, reason = "Sent twice", bankCode = "bca", accountNumber = account };

    private static async Task<Answer> Decide(Client who, Answer refund, string verdict = "approve")
    {
        var approval = await who.Get($"/v1/approvals/{refund.Text("approvalId")}");
        return await who.Post($"/v1/approvals/{refund.Text("approvalId")}/decision",
            new { verdict, contentHash = approval.Text("contentHash") });
    }

    private static async Task<(long Available, long Held)> Deposit(Workspace w)
    {
        var deposit = (await w.Api.Get("/v1/balances")).Json["data"]![0]!;
        return (deposit["available"]!.GetValue<long>(), deposit["held"]!.GetValue<long>());
    }

    private static async Task<Answer> Reaches(Workspace w, Answer refund, string state)
    {
        for (var i = 0; i < 200; i++)
        {
            var now = await w.Api.Get($"/v1/refunds/{refund.Text("id")}");
            if (now.Text("state") == state) return now;
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"{refund.Text("id")} is not {state} after 10 s");
    }

    [Fact]
    public async Task an_unused_top_up_goes_back_to_its_sender_once_somebody_approves()
    {
        var (w, topUp, paid) = await ToppedUp();
        var (service, approver) = (await w.Member(Role.CustomerService), await w.Member(Role.Approver));
        var refund = (await service.Post("/v1/refunds", Asking(topUp, 400_000))).Is(HttpStatusCode.Created);
        Assert.Equal(("requested", topUp, "top_up"), (refund.Text("state"), refund.Text("resource"), refund.Text("kind")));
        Assert.Equal((paid - 400_000, 400_000), await Deposit(w));
        (await Decide(approver, refund)).Is(HttpStatusCode.OK);
        var done = await Reaches(w, refund, "succeeded");
        Assert.NotNull(done.Json["completedAt"]);
        Assert.Equal((paid - 400_000, 0), await Deposit(w));
        Assert.Equal("succeeded", (await service.Get($"/v1/refunds?resource={topUp}")).Json["data"]![0]!["state"]!.GetValue<string>());
        var events = (await w.Api.Get("/v1/events?limit=200")).Json["data"]!.AsArray()
            .Where(e => e!["type"]!.GetValue<string>().StartsWith("refund.", StringComparison.Ordinal))
            .Select(e => (e!["type"]!.GetValue<string>(), e["data"]!["id"]!.GetValue<string>()));
        Assert.Equal(new[] { "refund.requested", "refund.approved", "refund.succeeded" }.Select(type => (type, refund.Text("id"))), events);
        // What went back is gone from the top-up, however much the deposit holds.
        await w.WithDeposit(1_000_000);
        Assert.Equal(paid - 400_000,
            (await service.Post("/v1/refunds", Asking(topUp, paid - 400_000 + 1))).Refuses("not_refundable").Number("refundable"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task rejected_expired_or_refused_by_the_bank_the_money_stays_and_may_be_asked_for_again()
    {
        var (w, topUp, paid) = await ToppedUp();
        var (asker, approver) = (await w.Member(Role.DepositAdmin), await w.Member(Role.Approver));
        var rejected = (await asker.Post("/v1/refunds", Asking(topUp, paid))).Is(HttpStatusCode.Created);
        (await asker.Post("/v1/refunds", Asking(topUp, 1))).Refuses("not_refundable");
        (await Decide(approver, rejected, "reject")).Is(HttpStatusCode.OK);
        Assert.Equal("rejected", (await w.Api.Get($"/v1/refunds/{rejected.Text("id")}")).Text("state"));
        Assert.Equal((paid, 0), await Deposit(w));

        var expired = (await asker.Post("/v1/refunds", Asking(topUp, paid))).Is(HttpStatusCode.Created);
        await product.Execute("update bursar.approvals set expires_at = now() where workspace_id = $1", w.Book.Workspace.Value);
        Assert.Equal("APPROVAL_EXPIRED", (await Reaches(w, expired, "rejected")).Text("failureReason"));
        (await Decide(approver, expired)).Refuses("already_resolved");

        var refused = (await asker.Post("/v1/refunds", Asking(topUp, paid, "990000"))).Is(HttpStatusCode.Created);
        (await Decide(approver, refused)).Is(HttpStatusCode.OK);
        Assert.Equal("INACTIVE_ACCOUNT", (await Reaches(w, refused, "failed")).Text("failureReason"));
        Assert.Equal((paid, 0), await Deposit(w));
        (await asker.Post("/v1/refunds", Asking(topUp, paid))).Is(HttpStatusCode.Created);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_forty_requests_at_once_only_as_many_are_taken_as_the_top_up_holds()
    {
        var (w, topUp, paid) = await ToppedUp();
        // The deposit would bear them all: it is the top-up that ends.
        await w.WithDeposit(50_000_000);
        var asked = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => w.Api.Post("/v1/refunds", Asking(topUp, 100_000))));
        Assert.Equal(paid / 100_000, asked.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(asked.Where(a => a.Status != HttpStatusCode.Created), a =>
            Assert.Equal(paid % 100_000, a.Refuses("not_refundable").Number("refundable")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_many_who_decide_at_once_one_wins()
    {
        var (w, topUp, _) = await ToppedUp();
        var people = new[] { await w.Member(Role.Approver), await w.Member(Role.Approver) };
        for (var round = 0; round < 5; round++)
        {
            var refund = (await w.Api.Post("/v1/refunds", Asking(topUp, 10_000))).Is(HttpStatusCode.Created);
            var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
                Decide(people[i % 2], refund, i % 3 == 0 ? "reject" : "approve")));
            var winner = Assert.Single(verdicts, v => v.Status == HttpStatusCode.OK);
            Assert.All(verdicts.Where(v => v != winner), v => v.Refuses("already_resolved"));
            await Reaches(w, refund, winner.Text("state") == "rejected" ? "rejected" : "succeeded");
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task nobody_approves_the_refund_that_they_asked_for_and_a_policy_may_want_two_people()
    {
        var (w, topUp, _) = await ToppedUp();
        (await w.Api.Post("/v1/policies", new
        {
            name = "Two for large refunds", requireApprovalOver = 100_000, approvalTiers = new[] { new { over = 100_000, approvals = 2 } },
            scope = new { kinds = new[] { "refund" } },
        })).Is(HttpStatusCode.Created);
        var executor = await w.Member(Role.Executor);
        var refund = (await executor.Post("/v1/refunds", Asking(topUp, 200_000))).Is(HttpStatusCode.Created);
        (await Decide(executor, refund)).Refuses("self_approval_forbidden");
        Assert.Equal("pending", (await Decide(await w.Member(Role.Approver), refund)).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal("approved", (await Decide(await w.Member(Role.Approver), refund)).Is(HttpStatusCode.OK).Text("state"));
        await Reaches(w, refund, "succeeded");
    }

    [Fact]
    public async Task a_transfer_that_its_bank_cannot_take_comes_back_with_its_fee()
    {
        var (w, _, paid) = await ToppedUp();
        var (maker, approver, service) = (await w.Member(Role.Maker), await w.Member(Role.Approver), await w.Member(Role.CustomerService));
        var transfer = (await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        var asking = new { resource = transfer.Text("id"), amount = 50_000, reason = "It is urgent" };
        (await service.Post("/v1/refunds", asking)).Refuses("not_refundable");
        await Bank(w, "heavily_disturbed");
        (await service.Post("/v1/refunds", new { resource = transfer.Text("id"), amount = 40_000, reason = "A part" }))
            .Refuses("validation_failed");
        var refund = (await service.Post("/v1/refunds", asking)).Is(HttpStatusCode.Created);
        (await service.Post("/v1/refunds", asking)).Refuses("not_refundable");
        Assert.Equal((paid - 52_500, 52_500), await Deposit(w));
        (await Decide(approver, refund)).Is(HttpStatusCode.OK);
        Assert.Equal("succeeded", (await service.Get($"/v1/refunds/{refund.Text("id")}")).Text("state"));
        Assert.Equal("cancelled", (await w.Api.Get($"/v1/transfers/{transfer.Text("id")}")).Text("state"));
        Assert.Equal("cancelled", (await w.Api.Get($"/v1/approvals/{transfer.Text("approvalId")}")).Text("state"));
        Assert.Equal((paid, 0), await Deposit(w));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_transfer_that_left_before_its_refund_was_approved_is_not_paid_back()
    {
        var (w, _, paid) = await ToppedUp();
        var (maker, approver) = (await w.Member(Role.Maker), await w.Member(Role.Approver));
        var transfer = (await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        await Bank(w, "heavily_disturbed");
        var refund = (await w.Api.Post("/v1/refunds", new { resource = transfer.Text("id"), amount = 50_000, reason = "It is urgent" }))
            .Is(HttpStatusCode.Created);
        await Bank(w, "operational");
        (await Decide(approver, transfer)).Is(HttpStatusCode.OK);
        await w.Reaches(transfer.Text("id"), "succeeded");
        (await Decide(approver, refund)).Is(HttpStatusCode.OK);
        var failed = await Reaches(w, refund, "failed");
        Assert.Equal("ALREADY_SENT", failed.Text("failureReason"));
        Assert.Equal((paid - 52_500, 0), await Deposit(w));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_not_there_to_give_back_is_refused()
    {
        var (w, topUp, paid) = await ToppedUp();
        (await w.Api.Post("/v1/refunds", Asking(topUp, paid + 1))).Refuses("not_refundable");
        (await w.Api.Post("/v1/refunds", Asking($"pay_{new string('0', 26)}", 10_000))).Refuses("not_refundable");
        (await w.Api.Post("/v1/refunds", new { resource = topUp, amount = 10_000, reason = "No account" })).Refuses("validation_failed");
        (await w.Api.Post("/v1/refunds", Asking(topUp, 0))).Refuses("amount_out_of_range");
        var open = (await w.Api.Post("/v1/top-ups", new { amount = 50_000, bankCode = "bca" })).Is(HttpStatusCode.Created);
        (await w.Api.Post("/v1/refunds", Asking(open.Text("id"), 50_000))).Refuses("not_refundable");
        var sent = (await w.Transfer(500_000)).Text("id");
        await w.Reaches(sent, "succeeded");
        (await w.Api.Post("/v1/refunds", new { resource = sent, amount = 500_000, reason = "Sent" })).Refuses("not_refundable");
        // Half of the top-up is spent: what is left in the deposit is all that can go back.
        (await w.Api.Post("/v1/refunds", Asking(topUp, paid))).Refuses("insufficient_funds");
        var foreign = await product.Workspace();
        (await foreign.Api.Post("/v1/refunds", Asking(topUp, 10_000))).Refuses("not_found");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_transfer_that_two_must_approve_is_taken_back_by_two()
    {
        var (w, _, paid) = await ToppedUp();
        await w.Policy(new
        {
            name = "Two", requireApprovalOver = 20_000, approvalTiers = new[] { new { over = 20_000, approvals = 2 } },
            scope = new { kinds = new[] { "money_transfer" } },
        });
        var transfer = (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        await Bank(w, "heavily_disturbed");
        var refund = (await (await w.Member(Role.CustomerService)).Post("/v1/refunds",
            new { resource = transfer.Text("id"), amount = 50_000, reason = "It is urgent" })).Is(HttpStatusCode.Created);
        Assert.Equal("pending", (await Decide(await w.Member(Role.Approver), refund)).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal((paid - 52_500, 52_500), await Deposit(w));
        Assert.Equal("approved", (await Decide(await w.Member(Role.Approver), refund)).Is(HttpStatusCode.OK).Text("state"));
        await Reaches(w, refund, "succeeded");
        Assert.Equal((paid, 0), await Deposit(w));
    }

    private static async Task Bank(Workspace w, string status) =>
        (await w.Api.Post("/v1/test/bank-status", new { bankCode = "bca", status })).Is(HttpStatusCode.OK);
}

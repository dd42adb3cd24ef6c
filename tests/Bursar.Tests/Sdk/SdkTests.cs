using System.Net;
using Bursar.Sdk;
using Bursar.Tests.Given;

namespace Bursar.Tests.Sdk;

/// <summary>Bursar.Sdk against the real product.</summary>
public sealed class SdkTests(Product product)
{
    [Fact]
    public async Task sends_money_once_and_reads_it_back_in_every_way()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        using var bursar = For(w);
        var wanted = new NewTransfer(25_000, "bca", "5270997481")
        {
            Remark = "Invoice 1",
            Reference = "inv-1",
            RecipientEmails = ["a@example.test"],
        };
        var made = await bursar.Transfers.Create(wanted, "invoice-1");
        Assert.Equal(made, await bursar.Transfers.Create(wanted, "invoice-1"));
        await w.Settled();
        var now = await bursar.Transfers.Get(made.Id);
        Assert.Equal((TransferState.Succeeded, 25_000, "IDR", "inv-1"), (now.State, now.Amount, now.Currency, now.Reference));
        var filter = new TransferFilter { Reference = "inv-1", State = [TransferState.Succeeded] };
        Assert.Equal([made.Id], await bursar.Transfers.All(filter).Select(t => t.Id).ToListAsync());
        Assert.Empty(await bursar.Transfers.All(new TransferFilter { CreatedTo = now.CreatedAt.AddDays(-1) }).ToListAsync());
        var events = await bursar.Events.After(0).ToListAsync();
        Assert.Equal(now, events.Single(e => e.Type == "transfer.succeeded").DataAs<Transfer>());
        Assert.Equal(events.Select(e => e.Sequence).Order(), events.Select(e => e.Sequence));
        var deposit = (await bursar.Balances.All()).Single(b => b.Account == "deposit");
        Assert.Equal((deposit.Posted, 0), (deposit.Available, deposit.Held));
    }

    [Fact]
    public async Task reads_every_page_of_a_list()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        using var bursar = For(w);
        var made = await Task.WhenAll(Enumerable.Range(0, 210)
            .Select(_ => bursar.Transfers.Create(new NewTransfer(10_000, "bca", "5270997481"))));
        var listed = await bursar.Transfers.All().Select(t => t.Id).ToListAsync();
        Assert.Equal(made.Select(t => t.Id).Order(), listed.Order());
    }

    [Fact]
    public async Task tops_up_sets_policies_and_sees_approvals()
    {
        var w = await product.Workspace();
        using var bursar = For(w);
        var topUp = await bursar.TopUps.Create(new NewTopUp(100_000, "bca") { Note = "Float" });
        Assert.Equal("waiting", topUp.State);
        Assert.Equal("confirmed_by_user", (await bursar.TopUps.Confirm(topUp.Id)).State);
        Assert.Equal("completed", (await bursar.TopUps.PayInTest(topUp.Id)).State);
        Assert.Equal([topUp.Id], await bursar.TopUps.All(["completed"]).Select(t => t.Id).ToListAsync());
        var policy = await bursar.Policies.Create(new PolicyFields("Ask")
        {
            RequireApprovalOver = 20_000,
            Scope = new() { Kinds = ["money_transfer"] },
        });
        var asked = await bursar.Transfers.Create(new NewTransfer(50_000, "bca", "5270997481"));
        Assert.Equal(TransferState.PendingApproval, asked.State);
        var approval = await bursar.Approvals.Get(asked.ApprovalId!);
        Assert.Equal(("pending", asked.Id), (approval.State, approval.Subject.Id));
        Assert.Equal(TransferState.Cancelled, (await bursar.Transfers.Cancel(asked.Id)).State);
        Assert.Equal([approval.Id], await bursar.Approvals.All(["cancelled"]).Select(a => a.Id).ToListAsync());
        Assert.Equal(2, (await bursar.Policies.Change(policy.Id, policy with { RequireApprovalOver = 90_000 })).Version);
        var open = await bursar.Policies.Change(policy.Id, policy with { RequireApprovalOver = null, DailyLimit = 1_000_000 });
        Assert.Equal((3, null, 1_000_000), (open.Version, open.RequireApprovalOver, open.DailyLimit));
        await bursar.Policies.Archive(policy.Id);
        Assert.Empty(await bursar.Policies.All());
    }

    [Fact]
    public async Task a_refusal_is_an_exception_with_everything_the_problem_says()
    {
        var w = await product.Workspace();
        using var bursar = For(w);
        var poor = await Assert.ThrowsAsync<BursarException>(() => bursar.Transfers.Create(new NewTransfer(25_000, "bca", "5270997481")));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "insufficient_funds", EffectOutcome.None, RetryAdvice.NewRequest),
            (poor.Status, poor.Code, poor.Outcome, poor.Retry));
        Assert.StartsWith("req_", poor.RequestId);
        Assert.Equal(0, poor.Problem!.Value.GetProperty("available").GetInt64());
        var wrong = await Assert.ThrowsAsync<BursarException>(() => bursar.Transfers.Create(new NewTransfer(1, "no bank", "x")));
        Assert.Equal(["/amount", "/bankCode", "/accountNumber"], wrong.Errors.Select(e => e.Pointer));
        await bursar.Policies.Create(new PolicyFields("One"), CancellationToken.None);
        using var stranger = new BursarClient(new BursarOptions { Address = product.Address, ApiKey = "bk_test_nobody" });
        Assert.Equal("api_key_invalid", (await Assert.ThrowsAsync<BursarException>(() => stranger.Balances.All())).Code);
    }

    private BursarClient For(Workspace w) => new(new BursarOptions { Address = product.Address, ApiKey = w.Key });
}

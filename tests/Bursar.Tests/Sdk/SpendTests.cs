using System.Net;
using Bursar.Core.Access;
using Bursar.Sdk;
using Bursar.Tests.Given;

namespace Bursar.Tests.Sdk;

/// <summary>The SDK's guard against the real product: every decision is an outcome, and a payment happens once.</summary>
public sealed class SpendTests(Product product)
{
    [Fact]
    public async Task pays_only_what_is_allowed_and_reports_it()
    {
        var (w, bursar) = await Agent(new { name = "Agents", currency = "IDR", maxSingleAmount = 100_000, dailyLimit = 150_000 });
        using var _ = bursar;
        var till = new Till();
        var paid = Assert.IsType<SpendPaid>(await bursar.Spends.Guard(Spend(60_000), till.Pay));
        Assert.Equal((1, 0), (till.Payments.Count, paid.Receipt.Anomalies.Count));
        Assert.DoesNotContain(paid.Request.Sat!, paid.ToString());
        Assert.Equal("succeeded", (await bursar.Spends.Get(paid.Request.SpendRequestId)).State);
        var denied = Assert.IsType<SpendDenied>(await bursar.Spends.Guard(Spend(100_000), till.Pay));
        Assert.Equal("EXCEEDS_DAILY_LIMIT", denied.Reason);
        var rule = denied.Explain!.Rules.Single(r => r.Rule == denied.Reason);
        Assert.Equal((150_000, 60_000, 90_000), (rule.Limit, rule.Used, rule.Remaining));
        Assert.True(rule.ResetsAt > TimeProvider.System.GetUtcNow());
        // More was paid than allowed: it is reported all the same, and flagged.
        till.Amount = 10_005;
        var more = Assert.IsType<SpendPaid>(await bursar.Spends.Guard(Spend(10_000), till.Pay));
        Assert.Equal(["AMOUNT_MISMATCH"], more.Receipt.Anomalies);
        Assert.Equal(2, till.Payments.Count);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task waits_for_people_as_long_as_it_is_told()
    {
        var (w, bursar) = await Agent(new { name = "Agents", currency = "IDR", requireApprovalOver = 10_000 });
        using var _ = bursar;
        var till = new Till();
        var order = new SpendOptions { IdempotencyKey = "order-1" };
        var open = Assert.IsType<ApprovalRequired>(await bursar.Spends.Guard(Spend(60_000), till.Pay, order));
        var soon = Assert.IsType<ApprovalRequired>(await bursar.Spends.Guard(Spend(60_000), till.Pay,
            order with { WaitForApproval = TimeSpan.FromSeconds(1) }));
        Assert.Equal(open.ApprovalId, soon.ApprovalId);
        var approver = await w.Member(Role.Approver);
        var waiting = bursar.Spends.Guard(Spend(60_000), till.Pay, order with { WaitForApproval = TimeSpan.FromMinutes(1) });
        await Decide(approver, open.ApprovalId, "approve");
        Assert.IsType<SpendPaid>(await waiting);
        Assert.Single(till.Payments);
        var second = new SpendOptions { IdempotencyKey = "order-2" };
        var other = Assert.IsType<ApprovalRequired>(await bursar.Spends.Authorize(Spend(70_000), second));
        await Decide(approver, other.ApprovalId, "reject");
        var no = Assert.IsType<SpendDenied>(await bursar.Spends.Guard(Spend(70_000), till.Pay, second));
        Assert.Equal("REJECTED", no.Reason);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bursar.Spends.Authorize(Spend(80_000),
            new SpendOptions { WaitForApproval = TimeSpan.FromMinutes(1) }, impatient.Token));
        Assert.Single(till.Payments);
    }

    [Fact]
    public async Task asked_again_it_pays_the_same_payment_or_none()
    {
        var (_, bursar) = await Agent(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        using var __ = bursar;
        var till = new Till { Fails = true };
        var order = new SpendOptions { IdempotencyKey = "order-1" };
        // The process dies after the payment and before the report: the next try pays under the same key and reports.
        await Assert.ThrowsAsync<IOException>(() => bursar.Spends.Guard(Spend(60_000), till.Pay, order));
        till.Fails = false;
        var paid = Assert.IsType<SpendPaid>(await bursar.Spends.Guard(Spend(60_000), till.Pay, order));
        Assert.Equal(2, till.Payments.Count);
        Assert.Single(till.Payments.Distinct());
        // Once it is reported, nobody pays any more.
        var again = Assert.IsType<SpendPaid>(await bursar.Spends.Guard(Spend(60_000), till.Pay, order));
        Assert.Equal((2, paid.Receipt.ReceiptId), (till.Payments.Count, again.Receipt.ReceiptId));
    }

    [Fact]
    public async Task a_frozen_agent_is_told_so_before_and_after_it_was_allowed()
    {
        var (w, bursar) = await Agent(new { name = "Agents", currency = "IDR", requireApprovalOver = 10_000 });
        using var _ = bursar;
        var order = new SpendOptions { IdempotencyKey = "order-1" };
        var open = Assert.IsType<ApprovalRequired>(await bursar.Spends.Authorize(Spend(60_000), order));
        await Decide(await w.Member(Role.Approver), open.ApprovalId, "approve");
        (await (await w.AdminSession()).Post("/v1/agents/shopper/freeze", new { })).Is(HttpStatusCode.OK);
        Assert.IsType<AgentFrozen>(await bursar.Spends.Authorize(Spend(1_000)));
        Assert.Equal("approved", Assert.IsType<NothingToPay>(await bursar.Spends.Authorize(Spend(60_000), order)).Request.State);
    }

    [Fact]
    public async Task the_end_of_the_plan_is_an_outcome_and_a_mistake_is_an_exception()
    {
        var (w, bursar) = await Agent(null);
        using var _ = bursar;
        Assert.Equal("NO_ACTIVE_POLICY", Assert.IsType<SpendDenied>(await bursar.Spends.Authorize(Spend(1_000))).Reason);
        var wrong = await Assert.ThrowsAsync<BursarException>(() => bursar.Spends.Authorize(Spend(1_000) with { Reason = "" }));
        Assert.Equal(("validation_failed", "/reason"), (wrong.Code, wrong.Errors.Single().Pointer));
        using var live = await LiveOnAFullPlan(w);
        var full = Assert.IsType<PlanLimitReached>(await live.Spends.Authorize(Spend(1_000)));
        Assert.True(full.ResetsAt > TimeProvider.System.GetUtcNow());
    }

    /// <summary>A client of live mode, where today's hundred evaluations of the free plan are used up.</summary>
    private async Task<BursarClient> LiveOnAFullPlan(Workspace w)
    {
        var live = w.Admin with { Book = w.Book with { Mode = Mode.Live } };
        var keys = (Platform.Access.ApiKeys)product.Services.GetService(typeof(Platform.Access.ApiKeys))!;
        var key = (await keys.Create(live, new Platform.Access.NewApiKey("Live", KeyScope.Spend))).Value.Key!;
        var client = new BursarClient(new BursarOptions { Address = product.Address, ApiKey = key });
        var workspace = w.Book.Workspace.Value;
        await product.Execute("update bursar.workspaces set plan = 'free' where workspace_id = $1", workspace);
        await product.Execute("update bursar.books set control_version = control_version + 1 where workspace_id = $1", workspace);
        await client.Spends.Authorize(Spend(1_000));
        await product.Execute("update bursar.plan_usage set evaluations = 100 where workspace_id = $1 and mode = 2", workspace);
        return client;
    }

    private async Task<(Workspace, BursarClient)> Agent(object? policy)
    {
        var w = await product.Workspace();
        if (policy is not null) await w.Policy(policy);
        return (w, new BursarClient(new BursarOptions { Address = product.Address, ApiKey = await w.SpendKey("shopper") }));
    }

    private static NewSpend Spend(long amount) => new("shopper", amount, "IDR", "tokopedia.com", "Printer paper");

    private static async Task Decide(Client approver, string approval, string verdict)
    {
        var shown = await approver.Get($"/v1/approvals/{approval}");
        var word = new { verdict, contentHash = shown.Text("contentHash") };
        (await approver.Post($"/v1/approvals/{approval}/decision", word)).Is(HttpStatusCode.OK);
    }

    /// <summary>The agent's own way to pay: what it was called with, and once under each key.</summary>
    private sealed class Till
    {
        public List<string> Payments { get; } = [];
        public long Amount { get; set; } = 60_000;
        public bool Fails { get; set; }

        public Task<Payment> Pay(SpendAllowed allowed, CancellationToken ct)
        {
            Payments.Add(allowed.PaymentKey);
            Assert.Equal(3, allowed.Sat.Split('.').Length);
            Assert.DoesNotContain(allowed.Sat, allowed.ToString());
            if (Fails) throw new IOException("the process ends here");
            return Task.FromResult(new Payment("custom:till", "t-" + allowed.PaymentKey, Amount, "IDR"));
        }
    }
}

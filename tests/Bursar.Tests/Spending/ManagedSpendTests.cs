using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Rooms.Spending.Sats;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Spending;

/// <summary>Spends that Bursar pays itself, from the deposit; and what may be taken back, by whom.</summary>
public sealed class ManagedSpendTests(Product product)
{
    private async Task<Workspace> With(string account = "5270997481", bool autoExecute = false)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        await w.Policy(new { name = "Agents", dailyLimit = 800_000 });
        await w.Handle(new
        {
            name = "Supplier", type = "managed", managed = new { bankCode = "bca", accountNumber = account }, isDefault = true, autoExecute,
        });
        return w;
    }

    private static async Task<(long Available, long Held)> Deposit(Workspace w)
    {
        var deposit = (await w.Api.Get("/v1/balances")).Json["data"]!.AsArray().Single(b =>
            b!["account"]!.GetValue<string>() == "deposit")!;
        return (deposit["available"]!.GetValue<long>(), deposit["held"]!.GetValue<long>());
    }

    [Fact]
    public async Task the_deposit_holds_amount_and_fee_and_pays_when_the_agent_says_so()
    {
        var w = await With();
        var (before, _) = await Deposit(w);
        var asked = (await w.Spend(100_000)).Is(HttpStatusCode.OK);
        Assert.Equal((before - 102_500, 102_500), await Deposit(w));
        var paid = await w.Api.Post($"/v1/spend-requests/{asked.Text("spendRequestId")}/execution", new { sat = asked.Text("sat") });
        Assert.Equal(("succeeded", 2_500), (paid.Is(HttpStatusCode.OK).Text("state"), paid.Number("fee")));
        Assert.Equal((before - 102_500, 0), await Deposit(w));
        var receipt = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Json["receipt"]!;
        Assert.Equal(100_000, receipt["actualAmount"]!.GetValue<long>());
        // The budget counts the amount alone.
        Assert.Equal("ALLOW", (await w.Spend(700_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_the_deposit_does_not_cover_is_denied_and_a_refused_payment_frees_all()
    {
        var poor = await product.Workspace();
        await poor.Policy(new { name = "Agents", dailyLimit = 800_000 });
        await poor.Handle(new { name = "Supplier", type = "managed",
            managed = new { bankCode = "bca", accountNumber = "5270997481" }, isDefault = true });
        Assert.Equal("INSUFFICIENT_FUNDS", (await poor.Spend(100_000)).Text("decisionReason"));
        var w = await With("5270990000", autoExecute: true);
        var (before, _) = await Deposit(w);
        var asked = (await w.Spend(800_000)).Is(HttpStatusCode.OK);
        Assert.Equal("INACTIVE_ACCOUNT", (await w.Becomes(asked.Text("spendRequestId"), "failed")).Text("failureReason"));
        Assert.Equal((before, 0), await Deposit(w));
        Assert.Equal("ALLOW", (await w.Spend(800_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_unanswered_payment_keeps_deposit_and_budget_until_it_is_known()
    {
        var w = await With("5270990001");
        var asked = await w.Spend(800_000);
        var id = asked.Text("spendRequestId");
        var sent = await w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = asked.Text("sat") });
        Assert.Equal("unknown", sent.Is(HttpStatusCode.Accepted).Text("state"));
        Assert.Equal(802_500, (await Deposit(w)).Held);
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(1)).Text("decisionReason"));
        await w.Becomes(id, "succeeded");
        Assert.Equal(0, (await Deposit(w)).Held);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task with_an_sdk_guard_there_is_nothing_to_execute()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 800_000 });
        var asked = await w.Spend();
        var path = $"/v1/spend-requests/{asked.Text("spendRequestId")}";
        (await w.Api.Post(path + "/execution", new { sat = asked.Text("sat") })).Refuses("state_conflict");
        // Nor to cancel: the agent may have paid. Before a token was issued it may.
        (await w.Api.Post(path + "/cancellation", new { })).Refuses("state_conflict");
        (await (await w.AdminSession()).Post(path + "/cancellation", new { })).Refuses("state_conflict");
        await w.Policy(new { name = "Ask people", requireApprovalOver = 10_000 });
        var waiting = await w.Spend();
        var cancelled = await w.Api.Post($"/v1/spend-requests/{waiting.Text("spendRequestId")}/cancellation", new { });
        Assert.Equal(("cancelled", "DENY"), (cancelled.Is(HttpStatusCode.OK).Text("state"), cancelled.Text("decision")));
        var approver = await w.Member(Role.Approver);
        Assert.Equal("cancelled", (await approver.Get($"/v1/approvals/{waiting.Text("approvalId")}")).Text("state"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_token_that_is_out_is_taken_back_by_a_member_only_and_frees_everything()
    {
        var w = await With();
        var (before, _) = await Deposit(w);
        var asked = await w.Spend(800_000);
        var path = $"/v1/spend-requests/{asked.Text("spendRequestId")}";
        (await w.Api.Post(path + "/cancellation", new { })).Refuses("state_conflict");
        (await (await w.Member(Role.Maker)).Post(path + "/cancellation", new { })).Refuses("state_conflict");
        var approver = await w.Member(Role.Approver);
        Assert.Equal("cancelled", (await approver.Post(path + "/cancellation", new { })).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal((before, 0), await Deposit(w));
        (await w.Api.Post(path + "/execution", new { sat = asked.Text("sat") })).Refuses("state_conflict");
        Assert.Equal("ALLOW", (await w.Spend(800_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_an_execution_and_a_cancellation_at_once_exactly_one_wins()
    {
        var w = await With();
        var admin = await w.AdminSession();
        for (var i = 0; i < 8; i++)
        {
            var asked = await w.Spend(1_000);
            var path = $"/v1/spend-requests/{asked.Text("spendRequestId")}";
            var both = await Task.WhenAll(w.Api.Post(path + "/execution", new { sat = asked.Text("sat") }),
                admin.Post(path + "/cancellation", new { }));
            var state = (await w.Api.Get(path)).Text("state");
            Assert.Equal(state == "cancelled", both[1].Status == HttpStatusCode.OK);
            Assert.Contains(state, new[] { "cancelled", "succeeded" });
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_token_of_another_spend_a_dead_one_or_none_at_all_executes_nothing()
    {
        var w = await With();
        var (first, second) = (await w.Spend(1_000), await w.Spend(2_000));
        var path = $"/v1/spend-requests/{second.Text("spendRequestId")}/execution";
        var key = await product.Services.GetRequiredService<SatKeys>().Signing(Mode.Test);
        var claims = SatClaims.Read(System.Buffers.Text.Base64Url.DecodeFromChars(second.Text("sat").Split('.')[1]))!;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var dead = Jws.Sign(key.Key, key.Header, (claims with { Iat = now - 181, Nbf = now - 181, Exp = now - 61 }).Write());
        foreach (var sat in new[] { first.Text("sat"), "", "a.b.c", second.Text("sat") + "x", dead })
            (await w.Api.Post(path, new { sat })).Refuses("sat_invalid");
        Assert.Equal("approved", (await w.Api.Get($"/v1/spend-requests/{second.Text("spendRequestId")}")).Text("state"));
    }
}

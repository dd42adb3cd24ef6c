using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

public sealed class ReceiptTests(Product product)
{
    private const string Due = "update bursar.disbursements set receipt_due = now() where disbursement_id = $1 and receipt_due is not null";

    [Fact]
    public async Task a_receipt_ends_the_spend_and_counts_what_was_paid()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var spend = await Allowed(w, 80_000);
        var first = (await w.Receipt(spend, 60_000)).Is(HttpStatusCode.Created);
        Assert.StartsWith("rcp_", first.Text("receiptId"));
        Assert.Empty(first.Json["anomalies"]!.AsArray());
        var now = await w.Api.Get($"/v1/spend-requests/{spend.Text("spendRequestId")}");
        Assert.Equal("succeeded", now.Text("state"));
        Assert.Equal(60_000, now.Json["receipt"]!["actualAmount"]!.GetValue<long>());
        Assert.Equal(1, await w.Facts("spend.receipt_recorded"));
        // 60,000 of the 80,000 was used: 40,000 are left, and no more.
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(40_001)).Text("decisionReason"));
        Assert.Equal("ALLOW", (await w.Spend(40_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_repeat_gets_the_same_receipt_and_another_payment_is_an_anomaly()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var spend = await Allowed(w, 50_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => w.Receipt(spend, 50_000, "pi_1")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.Single(answers.Select(a => a.Text("receiptId")).Distinct());
        Assert.All(answers, a => Assert.Empty(a.Json["anomalies"]!.AsArray()));
        foreach (var _ in new[] { 1, 2 })
        {
            var other = (await w.Receipt(spend, 50_000, "pi_2")).Is(HttpStatusCode.OK);
            Assert.Equal(answers[0].Text("receiptId"), other.Text("receiptId"));
            Assert.Equal(["SECOND_RECEIPT"], Names(other));
        }
        Assert.Equal(1, await w.Facts("anomaly.opened"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task more_than_was_authorized_counts_whole_even_past_the_cap()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var over = (await w.Receipt(await Allowed(w, 50_000), 120_000, merchant: "elsewhere.example")).Is(HttpStatusCode.Created);
        Assert.Equal(["AMOUNT_MISMATCH", "MERCHANT_MISMATCH"], Names(over));
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(1)).Text("decisionReason"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task in_another_currency_the_authorized_amount_counts()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var foreign = (await w.Receipt(await Allowed(w, 50_000), 1_000, currency: "USD")).Is(HttpStatusCode.Created);
        Assert.Equal(["CURRENCY_MISMATCH"], Names(foreign));
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(50_001)).Text("decisionReason"));
        Assert.Equal("ALLOW", (await w.Spend(50_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_merchant_is_the_same_in_any_spelling_and_one_payment_pays_for_one_spend()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var first = await Allowed(w, 50_000);
        Assert.Empty(Names(await w.Receipt(first, 50_000, "pi_same", merchant: " Tokopedia.COM. ")));
        var second = await w.Receipt(await Allowed(w, 50_000), 50_000, "pi_same");
        Assert.Equal(["DUPLICATE_PROVIDER_TX"], Names(second.Is(HttpStatusCode.Created)));
        var anomaly = (await w.Api.Get("/v1/anomalies?kind=DUPLICATE_PROVIDER_TX&state=open")).Json["data"]!.AsArray().Single()!;
        Assert.Contains(first.Text("spendRequestId"), anomaly["detail"]!.GetValue<string>());
        // Another book knows nothing of it.
        var other = await product.Workspace();
        await other.Policy(new { name = "Agents", currency = "IDR" });
        Assert.Empty(Names(await other.Receipt(await Allowed(other, 50_000), 50_000, "pi_same")));
    }

    [Fact]
    public async Task a_receipt_without_its_own_token_is_kept_and_flagged()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var other = (await Allowed(w, 50_000)).Text("sat");
        foreach (var (sat, why) in new (string?, string)[] { (null, "No token"), (other, "another spend's"),
            (other[..^6] + "AAAAAA", "not valid") })
        {
            var spend = await Allowed(w, 50_000);
            var told = await w.Api.Post($"/v1/spend-requests/{spend.Text("spendRequestId")}/receipt",
                Spends.ReceiptBody(50_000, Guid.CreateVersion7().ToString("N"), sat: sat));
            Assert.Equal(["RECEIPT_WITHOUT_SAT"], Names(told.Is(HttpStatusCode.Created)));
            var of = await w.Api.Get($"/v1/anomalies?spendRequestId={spend.Text("spendRequestId")}");
            Assert.Contains(why, of.Json["data"]![0]!["detail"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task a_late_receipt_is_recorded_and_its_token_still_proves_it()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var spend = await Allowed(w, 100_000);
        await product.Execute(
            "update bursar.disbursements set authorized_until = now() - interval '1 minute' where disbursement_id = $1", Id(spend));
        for (var i = 0; (await State(w, spend)) != "expired"; i++)
        {
            Assert.True(i < 200, "it is not expired after 20 s");
            await Task.Delay(100);
        }
        Assert.Equal(["LATE_RECEIPT"], Names((await w.Receipt(spend, 90_000)).Is(HttpStatusCode.Created)));
        Assert.Equal("expired", await State(w, spend));
        Assert.Equal("ALLOW", (await w.Spend(10_000)).Text("decision"));
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(1)).Text("decisionReason"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_a_rail_paid_has_its_receipt_by_that()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var handle = await w.Handle(new
        {
            name = "Managed", type = "managed", autoExecute = true, managed = new { bankCode = "bca", accountNumber = "5270997481" },
        });
        var body = new { agentId = "shopper", amount = 50_000, currency = "IDR", merchant = "tokopedia.com", reason = "Ink",
            handleId = handle };
        var spend = (await w.Api.Post("/v1/spend-requests", body)).Is(HttpStatusCode.OK);
        await w.Settled();
        var told = await w.Api.Get($"/v1/spend-requests/{spend.Text("spendRequestId")}");
        Assert.Equal(("succeeded", 50_000), (told.Text("state"), told.Json["receipt"]!["actualAmount"]!.GetValue<long>()));
        Assert.Empty(Names(told));
        // The agent tells the same payment, and gets the receipt that is there.
        var receipt = told.Json["receipt"]!;
        var again = await w.Receipt(spend, 50_000, receipt["providerTransactionId"]!.GetValue<string>());
        Assert.Equal(receipt["receiptId"]!.GetValue<string>(), again.Is(HttpStatusCode.OK).Text("receiptId"));
        Assert.Empty(Names(again));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_was_never_allowed_is_recorded_all_the_same()
    {
        var w = await product.Workspace();
        await w.Policy(new
        {
            name = "Agents", currency = "IDR", maxSingleAmount = 500_000, requireApprovalOver = 10_000, dailyLimit = 500_000,
        });
        var denied = await w.Spend(500_001);
        Assert.Equal(["NOT_AUTHORIZED", "RECEIPT_WITHOUT_SAT"], Names((await w.Receipt(denied, 500_001)).Is(HttpStatusCode.Created)));
        var waiting = await w.Spend(400_000);
        Assert.Equal(["NOT_AUTHORIZED", "RECEIPT_WITHOUT_SAT"], Names((await w.Receipt(waiting, 300_000)).Is(HttpStatusCode.Created)));
        Assert.Equal("denied", (await w.Api.Get($"/v1/spend-requests/{denied.Text("spendRequestId")}")).Text("state"));
        // What was held for the waiting one is used now, as much as was paid; a rejection gives none of it back.
        var approver = await w.Member(Role.Approver);
        var approval = waiting.Text("approvalId");
        var hash = (await approver.Get($"/v1/approvals/{approval}")).Text("contentHash");
        (await approver.Post($"/v1/approvals/{approval}/decision", new { verdict = "reject", contentHash = hash })).Is(HttpStatusCode.OK);
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(200_001)).Text("decisionReason"));
        Assert.Equal("REQUIRE_APPROVAL", (await w.Spend(200_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_receipt_that_does_not_come_is_missed_once_over_two_processes_and_explained_when_it_comes()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var (second, _) = await product.Serve();
        try
        {
            var spend = await Allowed(w, 50_000);
            var told = await Allowed(w, 50_000);
            (await w.Receipt(told, 50_000)).Is(HttpStatusCode.Created);
            foreach (var s in new[] { spend, told }) await product.Execute(Due, Id(s));
            var anomaly = await w.Anomaly("MISSING_RECEIPT");
            Assert.Equal(spend.Text("spendRequestId"), anomaly["spendRequestId"]!.GetValue<string>());
            await Task.Delay(TimeSpan.FromSeconds(6));
            Assert.Equal(1, await w.Facts("anomaly.opened"));
            Assert.Equal(["MISSING_RECEIPT"], Names((await w.Receipt(spend, 50_000)).Is(HttpStatusCode.Created)));
            var after = await w.Api.Get($"/v1/anomalies/{anomaly["id"]}");
            Assert.Equal("explained", after.Text("state"));
        }
        finally
        {
            await second.StopAsync();
            await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task an_approver_explains_or_dismisses_an_anomaly_once_and_says_why()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        await w.Receipt(await Allowed(w, 50_000), 60_000);
        var id = (await w.Anomaly("AMOUNT_MISMATCH"))["id"]!.GetValue<string>();
        var approver = await w.Member(Role.Approver);
        var path = $"/v1/anomalies/{id}/resolution";
        (await approver.Post(path, new { state = "explained", note = " " })).Refuses("validation_failed");
        (await approver.Post(path, new { state = "open", note = "Again" })).Refuses("validation_failed");
        (await (await w.Member(Role.Maker)).Post(path, new { state = "explained", note = "Mine" })).Refuses("permission_denied");
        var done = (await approver.Post(path, new { state = "explained", note = "Delivery was added" })).Is(HttpStatusCode.OK);
        Assert.Equal(
            ("explained", "Delivery was added", "Approver person"), (done.Text("state"), done.Text("note"), done.Text("resolvedBy")));
        var late = (await approver.Post(path, new { state = "dismissed", note = "No" })).Refuses("already_resolved");
        Assert.Equal("Approver person", late.Json["winner"]!["by"]!.GetValue<string>());
        Assert.Empty((await w.Api.Get("/v1/anomalies?state=open")).Json["data"]!.AsArray());
        Assert.Equal(1, await w.Facts("anomaly.resolved"));
    }

    [Fact]
    public async Task a_member_gives_the_budget_back_that_an_agent_did_not_spend()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 100_000 });
        var spend = await Allowed(w, 100_000);
        var path = $"/v1/spend-requests/{spend.Text("spendRequestId")}/release";
        (await w.Api.Post(path, new { note = "I did not pay" })).Refuses("permission_denied");
        var admin = await w.AdminSession();
        (await admin.Post(path, new { note = "It crashed" })).Refuses("otp_required");
        await admin.StepUp();
        var released = (await admin.Post(path, new { note = "It crashed" })).Is(HttpStatusCode.OK);
        Assert.Equal(("cancelled", "NOT_PAID"), (released.Text("state"), released.Text("failureReason")));
        (await admin.Post(path, new { note = "Again" })).Refuses("state_conflict");
        Assert.Equal(1, await w.Facts("spend.released"));
        var next = await Allowed(w, 100_000);
        // It was paid after all: that is recorded, and counts.
        Assert.Equal(["NOT_AUTHORIZED"], Names((await w.Receipt(spend, 100_000)).Is(HttpStatusCode.Created)));
        (await w.Receipt(next, 100_000)).Is(HttpStatusCode.Created);
        (await admin.Post($"/v1/spend-requests/{next.Text("spendRequestId")}/release", new { note = "No" })).Refuses("state_conflict");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_key_reports_only_what_it_asked_itself()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR" });
        var spend = await Allowed(w, 50_000);
        var admin = await (await w.AdminSession()).StepUp();
        var key = (await admin.Post("/v1/api-keys", new { name = "Other", scope = "spend" })).Is(HttpStatusCode.Created).Text("key");
        var other = new Client(product.Address, key);
        var body = Spends.ReceiptBody(50_000, "pi_x");
        (await other.Post($"/v1/spend-requests/{spend.Text("spendRequestId")}/receipt", body)).Refuses("not_found");
        (await w.Receipt(spend, 0)).Refuses("amount_out_of_range");
        (await w.Receipt(spend, 5, currency: "XXX")).Refuses("currency_unsupported");
        (await w.Receipt(spend, 5, "")).Refuses("validation_failed");
        Assert.Equal(0, await w.Rows("receipts"));
    }

    private static async Task<Answer> Allowed(Workspace w, long amount)
    {
        var spend = (await w.Spend(amount)).Is(HttpStatusCode.OK);
        Assert.Equal("ALLOW", spend.Text("decision"));
        return spend;
    }

    private static async Task<string> State(Workspace w, Answer spend) =>
        (await w.Api.Get($"/v1/spend-requests/{spend.Text("spendRequestId")}")).Text("state");

    private static Guid Id(Answer spend) =>
        SpendRequestId.TryParse(spend.Text("spendRequestId"), out var id) ? id.Value : throw new InvalidOperationException();

    private static List<string> Names(Answer answer) => [.. answer.Json["anomalies"]!.AsArray().Select(a => a!.GetValue<string>())];
}

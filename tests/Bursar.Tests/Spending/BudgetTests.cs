using System.Net;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Spending;

/// <summary>CP1 to CP7 through the whole product: what is asked at once, in two processes, with a rule that changes meanwhile.</summary>
public sealed class BudgetTests(Product product)
{
    [Theory]
    [InlineData("monthly", "EXCEEDS_MONTHLY_LIMIT")]
    [InlineData("hourly", "VELOCITY_LIMIT_HOUR")]
    [InlineData("overlapping", "EXCEEDS_DAILY_LIMIT")]
    public async Task a_thousand_at_once_through_two_processes_never_pass_a_limit(string limit, string reason)
    {
        var w = await product.Workspace();
        if (limit == "monthly") await w.Policy(new { name = "Month", monthlyLimit = 100_000 });
        if (limit == "hourly") await w.Policy(new { name = "Hour", maxTransactionsPerHour = 100 });
        if (limit == "overlapping")
        {
            await w.Policy(new { name = "All", dailyLimit = 150_000 });
            await w.Policy(new { name = "Shopper", dailyLimit = 100_000, scope = new { agentIds = new[] { "shopper" } } });
        }
        var (other, address) = await product.Serve();
        await using (other)
        {
            var through = new[] { w.Api, w.Through(address) };
            var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
                through[i % 2].Post("/v1/spend-requests", Spends.SpendBody(1_000))));
            Assert.All(answers, a => a.Is(HttpStatusCode.OK));
            // An hour of velocity may end while they are asked.
            var allowed = answers.Count(a => a.Text("decision") == "ALLOW");
            Assert.True(limit == "hourly" ? allowed is 100 or 200 : allowed == 100, $"{allowed} were allowed");
            Assert.All(answers.Where(a => a.Text("decision") != "ALLOW"), a => Assert.Equal(reason, a.Text("decisionReason")));
            // The other agent has what the overlapping policy leaves: 50,000.
            if (limit == "overlapping")
                Assert.Equal(50, (await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => w.Spend(1_000, agent: "buyer"))))
                    .Count(a => a.Text("decision") == "ALLOW"));
            await other.StopAsync();
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_edited_limit_holds_for_the_very_next_decision_in_both_of_two_processes()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new { name = "Single", maxSingleAmount = 100_000 });
        var (other, address) = await product.Serve();
        await using (other)
        {
            var second = w.Through(address);
            for (var i = 0; i < 20; i++)
            {
                var (writer, reader) = i % 2 == 0 ? (w.Api, second) : (second, w.Api);
                var limit = 50_000 - i;
                (await writer.Patch($"/v1/policies/{id}", new { maxSingleAmount = limit })).Is(HttpStatusCode.OK);
                Assert.Equal("EXCEEDS_SINGLE_LIMIT", await Reason(limit + 1));
                Assert.Equal("OK", await Reason(limit));

                async Task<string> Reason(long amount) =>
                    (await reader.Post("/v1/spend-requests", Spends.SpendBody(amount))).Text("decisionReason");
            }
            await other.StopAsync();
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_revoked_key_asks_nothing_more_in_either_of_two_processes()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents" });
        var (other, address) = await product.Serve();
        await using (other)
        {
            var admin = await (await w.AdminSession()).StepUp();
            for (var i = 0; i < 5; i++)
            {
                var made = (await admin.Post("/v1/api-keys", new { name = "Agents", scope = "spend" })).Is(HttpStatusCode.Created);
                Client[] doors = [new(product.Address, made.Text("key")), new(address, made.Text("key"))];
                foreach (var door in doors)
                    Assert.Equal("ALLOW", (await door.Post("/v1/spend-requests", Spends.SpendBody(1_000))).Text("decision"));
                (await admin.Delete($"/v1/api-keys/{made.Text("id")}")).Is(HttpStatusCode.OK);
                foreach (var door in doors)
                    (await door.Post("/v1/spend-requests", Spends.SpendBody(1_000))).Is(HttpStatusCode.Unauthorized);
            }
            await other.StopAsync();
        }
        Assert.Equal(10, await w.Facts("spend.decided"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task every_stored_decision_is_the_same_when_it_is_made_again_from_what_it_saw()
    {
        var w = await product.Workspace();
        var caps = await w.Policy(
            new { name = "Caps", dailyLimit = 400_000, requireApprovalOver = 60_000, maxTransactionsPerMinute = 500 });
        await w.Policy(new { name = "Lists", blockedMerchants = new[] { "casino.com" }, maxSingleAmount = 90_000 });
        string[] merchants = ["tokopedia.com", "CASINO.com.", "cаsino.com", "gojek.com"];
        for (var i = 0; i < 60; i++)
        {
            var edited = new { dailyLimit = 900_000, requireApprovalOver = 20_000 };
            if (i == 30) (await w.Api.Patch($"/v1/policies/{caps}", edited)).Is(HttpStatusCode.OK);
            (await w.Spend(1_000 + i * 1_700 % 99_000, merchant: merchants[i % 4])).Is(HttpStatusCode.OK);
        }
        var rows = await product.Database.Read(w.Book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @w
            """, new { w = w.Book.Workspace.Value }, DisbursementTable.ReadRow);
        Assert.Equal(60, rows.Count);
        var reads = product.Services.GetRequiredService<PolicyReads>();
        var reasons = new HashSet<string>();
        foreach (var d in rows)
        {
            var record = d.Decision;
            var known = await reads.Known(w.Book, [.. record.Inputs]);
            var versions = record.Inputs.Select(i => known.Single(p => p.Id == i.Policy && p.Version == i.Version)).ToList();
            var again = record.Again(Order.InstructionOf(d), versions);
            Assert.Equal((record.Verdict, record.Reason, record.Quorum), (again.Verdict, again.Reason, again.Quorum));
            reasons.Add(again.Reason);
        }
        var expected = new HashSet<string> { "OK", "BLOCKED_MERCHANT", "EXCEEDS_SINGLE_LIMIT", "REQUIRES_APPROVAL", "EXCEEDS_DAILY_LIMIT" };
        Assert.Superset(expected, reasons);
    }

    [Fact]
    public async Task a_replay_tells_what_a_draft_would_have_done_to_agents_and_people_and_writes_nothing()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Policy(new { name = "Caps", dailyLimit = 300_000, blockedMerchants = new[] { "gojek.com" } });
        (await w.Spend(100_000)).Is(HttpStatusCode.OK);
        (await w.Spend(150_000)).Is(HttpStatusCode.OK);
        (await w.Spend(90_000)).Is(HttpStatusCode.OK); // above the cap
        (await w.Spend(10_000, merchant: "gojek.com")).Is(HttpStatusCode.OK);
        var transfer = (await w.Transfer(70_000)).Is(HttpStatusCode.Created);
        await w.Reaches(transfer.Text("id"), "succeeded");
        var before = await w.Rows("journal");

        var same = (await w.Api.Post($"/v1/policies/{id}/replay", new { })).Is(HttpStatusCode.OK);
        Assert.Equal((5, 0, 0, 0), Figures(same));
        var draft = new
        {
            name = "Caps", dailyLimit = 250_000, requireApprovalOver = 120_000,
            scope = new { kinds = new[] { "agent_spend", "money_transfer" } },
        };
        var changed = (await w.Api.Post($"/v1/policies/{id}/replay", new { draft })).Is(HttpStatusCode.OK);
        // 100 ok, 150 asks (then 0 left), 90 stays refused, gojek and the transfer find nothing left.
        Assert.Equal((5, 0, 1, 1), Figures(changed));
        var rows = changed.Json["rows"]!.AsArray();
        Assert.Equal(["DENY", "REQUIRE_APPROVAL"], rows.Select(r => r!["after"]!.GetValue<string>()));
        Assert.Equal("bca:5270997481", rows[0]!["merchant"]!.GetValue<string>());
        Assert.StartsWith("tr_", rows[0]!["id"]!.GetValue<string>());
        Assert.Equal("EXCEEDS_DAILY_LIMIT", rows[0]!["afterReason"]!.GetValue<string>());
        var open = (await w.Api.Post($"/v1/policies/{id}/replay", new { draft = new { name = "Open" } })).Is(HttpStatusCode.OK);
        Assert.Equal((5, 2, 0, 0), Figures(open));
        Assert.Equal(100_000, open.Json["newlyAllowed"]!["total"]!.GetValue<long>());
        Assert.Equal(before, await w.Rows("journal"));

        (await w.Api.Post($"/v1/policies/{id}/replay", new { from = "yesterday" })).Refuses("validation_failed");
        (await w.Api.Post($"/v1/policies/{id}/replay", new { from = "2026-01-01", to = "2026-11-01" })).Refuses("validation_failed");
        (await w.Api.Post($"/v1/policies/{id}/replay", new { from = "2026-01-02", to = "2026-01-01" })).Refuses("validation_failed");
        var longAgo = (await w.Api.Post($"/v1/policies/{id}/replay", new { from = "2026-01-01", to = "2026-01-31" })).Is(HttpStatusCode.OK);
        Assert.Equal((0, 0, 0, 0), Figures(longAgo));
    }

    private static (long Asked, long Allowed, long Approvals, long Denied) Figures(Answer a) =>
        (Count(a, "asked"), Count(a, "newlyAllowed"), Count(a, "newApprovals"), Count(a, "newlyDenied"));

    private static long Count(Answer a, string sum) => a.Json[sum]!["count"]!.GetValue<long>();
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Ids;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>One verdict or several: who counts, how often, and until when (PRODUCT S7; QUALITY AP1, AP2, AP4, AP5).</summary>
public sealed class QuorumTests(Product product)
{
    private const long Large = 400_000;

    /// <summary>Above 100,000 people are asked, above 300,000 this many of them.</summary>
    private async Task<Given.Workspace> Tiered(int approvals, string kind = "agent_spend", long dailyLimit = 1_000_000)
    {
        var w = await (await product.Workspace()).WithDeposit(5_000_000);
        await w.Policy(new
        {
            name = "Tiers", currency = "IDR", requireApprovalOver = 100_000, dailyLimit, scope = new { kinds = new[] { kind } },
            approvalTiers = new[] { new { over = 300_000, approvals } },
        });
        return w;
    }

    private static async Task<(Answer Asked, Answer Approval)> Ask(Given.Workspace w, Client reader, string kind = "agent_spend")
    {
        var asked = kind == "agent_spend" ? (await w.Spend(Large)).Is(HttpStatusCode.OK)
            : (await w.Transfer(Large)).Is(HttpStatusCode.Created);
        return (asked, (await reader.Get($"/v1/approvals/{asked.Text("approvalId")}")).Is(HttpStatusCode.OK));
    }

    private static Guid Id<TKind>(string text) where TKind : IIdKind => Core.Ids.Id<TKind>.TryParse(text, out var id) ? id.Value : default;

    private static Task<Answer> Decide(Client who, Answer approval, string verdict = "approve", string? note = null) => who.Post(
        $"/v1/approvals/{approval.Text("id")}/decision", new { verdict, note, contentHash = approval.Text("contentHash") });

    private static async Task<string> StateOf(Given.Workspace w, Answer asked) => asked.Json["spendRequestId"] is null
        ? (await w.Api.Get($"/v1/transfers/{asked.Text("id")}")).Text("state")
        : (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Text("state");

    [Theory]
    [InlineData("agent_spend", "approved")]
    [InlineData("money_transfer", "succeeded")]
    public async Task a_large_amount_needs_two_different_people(string kind, string goesOnTo)
    {
        var w = await Tiered(2, kind);
        var (first, second) = (await w.Member(Role.Approver), await w.Member(Role.Executor));
        var (asked, approval) = await Ask(w, first, kind);
        Assert.Equal((2, 0), ((int)approval.Number("quorum"), approval.Json["approvedBy"]!.AsArray().Count));
        var one = (await Decide(first, approval)).Is(HttpStatusCode.OK);
        Assert.Equal("pending", one.Text("state"));
        Assert.Equal(first.MemberId, one.Json["approvedBy"]![0]!["memberId"]!.GetValue<string>());
        Assert.Equal("pending_approval", await StateOf(w, asked));
        Assert.Equal(2, (await Decide(first, approval)).Refuses("already_voted").Number("quorum"));
        var two = (await Decide(second, approval, note: "Seen")).Is(HttpStatusCode.OK);
        Assert.Equal(("approved", "Executor person", "Seen"), (two.Text("state"), two.Text("resolvedBy"), two.Text("note")));
        Assert.Equal(2, two.Json["approvedBy"]!.AsArray().Count);
        if (kind == "money_transfer") await w.Settled();
        Assert.Equal(goesOnTo, await StateOf(w, asked));
        (await Decide(first, approval)).Refuses("already_resolved");
        Assert.Equal(1, await w.Facts("approval.resolved"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task one_rejection_is_enough_and_gives_the_budget_back()
    {
        var w = await Tiered(3);
        var (first, second) = (await w.Member(Role.Approver), await w.Member(Role.Approver));
        var (asked, approval) = await Ask(w, first);
        (await Decide(first, approval)).Is(HttpStatusCode.OK);
        var no = (await Decide(second, approval, "reject", "Too much")).Is(HttpStatusCode.OK);
        Assert.Equal(("rejected", "Too much"), (no.Text("state"), no.Text("note")));
        Assert.Equal("rejected", await StateOf(w, asked));
        // The cap of 1,000,000 is whole again: what is sent to people now fits.
        await Ask(w, first);
        await Ask(w, first);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_voice_counts_no_more_when_its_person_lost_the_role_before_the_last_one_came()
    {
        var w = await Tiered(2);
        var (first, second, third) = (await w.Member(Role.Approver), await w.Member(Role.Approver), await w.Member(Role.Approver));
        var (asked, approval) = await Ask(w, first);
        (await Decide(first, approval)).Is(HttpStatusCode.OK);
        var admin = await w.AdminSession();
        (await admin.Patch($"/v1/members/{first.MemberId}", new { role = "reviewer" })).Is(HttpStatusCode.OK);
        Assert.Empty((await second.Get($"/v1/approvals/{approval.Text("id")}")).Json["approvedBy"]!.AsArray());
        Assert.Equal("pending", (await Decide(second, approval)).Is(HttpStatusCode.OK).Text("state"));
        var done = (await Decide(third, approval)).Is(HttpStatusCode.OK);
        Assert.Equal("approved", done.Text("state"));
        var counted = done.Json["approvedBy"]!.AsArray().Select(v => v!["memberId"]!.GetValue<string>());
        Assert.Equal([second.MemberId!, third.MemberId!], counted);
        Assert.Equal("approved", await StateOf(w, asked));
    }

    [Fact]
    public async Task the_one_who_asked_is_no_voice_however_many_are_needed_nor_is_the_maker_of_the_key()
    {
        var w = await Tiered(2);
        var approver = await w.Member(Role.Approver);
        var (asked, approval) = await Ask(w, approver);
        (await Decide(approver, approval)).Is(HttpStatusCode.OK);
        (await Decide(await w.AdminSession(), approval)).Refuses("self_approval_forbidden");
        (await Decide(w.Api, approval)).Refuses("permission_denied");
        (await Decide(w.Api, approval, "reject")).Refuses("permission_denied");
        Assert.Equal("pending_approval", await StateOf(w, asked));
    }

    [Theory]
    [InlineData("agent_spend")]
    [InlineData("money_transfer")]
    public async Task of_many_people_at_once_exactly_as_many_as_needed_are_heard_and_it_ends_once(string kind)
    {
        var w = await Tiered(2, kind, dailyLimit: 10_000_000);
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => w.Member(Role.Approver)));
        for (var round = 0; round < 5; round++)
        {
            var (_, approval) = await Ask(w, people[0], kind);
            var mixed = round % 2 == 1;
            var answers = await Task.WhenAll(people.SelectMany((p, i) => new[]
                { Decide(p, approval), Decide(p, approval, mixed && i == 3 ? "reject" : "approve") }));
            foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.OK))
                Assert.Contains(refused.Code, new[] { "already_voted", "already_resolved" });
            var end = await people[0].Get($"/v1/approvals/{approval.Text("id")}");
            var state = end.Text("state");
            Assert.Contains(state, mixed ? ["approved", "rejected"] : new[] { "approved" });
            Assert.Single(answers, a => a.Status == HttpStatusCode.OK && a.Text("state") == state);
            Assert.True(end.Json["approvedBy"]!.AsArray().Count <= 2);
            var winner = answers.First(a => a.Status != HttpStatusCode.OK && a.Code == "already_resolved").Json["winner"]!;
            Assert.Equal((state, end.Text("resolvedBy")), (winner["state"]!.GetValue<string>(), winner["by"]!.GetValue<string>()));
            if (kind == "money_transfer") await w.Settled();
            Assert.Equal(round + 1, await w.Facts("approval.resolved"));
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_approval_that_ran_out_approves_no_more_and_is_no_rejection()
    {
        var w = await Tiered(2);
        var approver = await w.Member(Role.Approver);
        var (asked, approval) = await Ask(w, approver);
        var day = DateTimeOffset.Parse(approval.Text("expiresAt"), null) - DateTimeOffset.Parse(approval.Text("createdAt"), null);
        Assert.Equal(TimeSpan.FromHours(24), day);
        await product.Execute("update bursar.approvals set expires_at = created_at where approval_id = $1",
            Id<ApprovalKind>(approval.Text("id")));
        var late = await Decide(approver, approval);
        Assert.Contains(late.Code, new[] { "expired", "already_resolved" });
        for (var i = 0; i < 200 && await StateOf(w, asked) != "expired"; i++) await Task.Delay(50);
        var now = await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}");
        Assert.Equal(("expired", "DENY", "APPROVAL_EXPIRED"), (now.Text("state"), now.Text("decision"), now.Text("decisionReason")));
        Assert.Equal("expired", (await approver.Get($"/v1/approvals/{approval.Text("id")}")).Text("state"));
        Assert.Equal(1, await w.Facts("approval.resolved"));
        await Ask(w, approver);
        await Ask(w, approver);
        await w.BooksAreRight();
    }
}

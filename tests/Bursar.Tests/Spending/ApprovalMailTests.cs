using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Spending;

/// <summary>
/// Who gets a mail about what waits, in which language, how often; and that its link only shows (PRODUCT S7; QUALITY AP6).
/// </summary>
public sealed class ApprovalMailTests(Product product)
{
    private async Task<Given.Workspace> Asking()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Ask", currency = "IDR", requireApprovalOver = 10_000 });
        return w;
    }

    private async Task<IReadOnlyList<string>> Mails(string address, int count)
    {
        for (var i = 0; i < 120; i++)
        {
            var found = (await product.MessagesTo(address)).Where(m => m.Contains("/approvals?id=", StringComparison.Ordinal)).ToList();
            if (found.Count >= count) return found;
            await Task.Delay(100);
        }
        Assert.Fail($"no {count} mails to {address} after 12 s");
        return [];
    }

    [Fact]
    public async Task those_who_may_approve_get_a_mail_but_not_who_asked_and_its_link_only_shows()
    {
        var w = await Asking();
        var (approver, reviewer) = (await w.Member(Role.Approver), await w.Member(Role.Reviewer));
        var asked = (await w.Spend(50_000)).Is(HttpStatusCode.OK);
        var mail = Assert.Single(await Mails(approver.Email!, 1));
        Assert.Contains("Rp\u00A050.000 waits for approval", mail, StringComparison.Ordinal);
        Assert.Contains("Rp\u00A050.000 to tokopedia.com, asked for by the agent shopper", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("Printer paper", mail, StringComparison.Ordinal);
        Assert.DoesNotContain(await product.MessagesTo(reviewer.Email!), m => m.Contains("/approvals", StringComparison.Ordinal));
        // The Admin made the key that asked: duties are separated, so there is nothing for the Admin to do.
        Assert.DoesNotContain(await product.MessagesTo(await w.AdminEmail()), m => m.Contains("/approvals", StringComparison.Ordinal));
        var path = new Uri(Regex.Match(mail, @"https?://\S+/approvals\?id=\S+").Value).PathAndQuery;
        Assert.EndsWith(asked.Text("approvalId"), path);
        var stranger = new PageClient(product.Address);
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.Get(path)).Status);
        var pages = new PageClient(product.Address);
        (await pages.SignIn(approver.Email!)).Is(HttpStatusCode.Redirect);
        var card = (await pages.Get(path)).Is(HttpStatusCode.OK);
        Assert.Contains("tokopedia.com", card.Body, StringComparison.Ordinal);
        Assert.Equal("pending", (await approver.Get($"/v1/approvals/{asked.Text("approvalId")}")).Text("state"));
    }

    [Fact]
    public async Task a_notification_address_gets_it_instead_and_everybody_reads_their_own_language()
    {
        var w = await Asking();
        var admin = await w.AdminSession();
        var approver = await w.Member(Role.Approver);
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("update bursar.persons set language = 'id' where email = @Email", new { approver.Email });
        (await w.Spend(50_000)).Is(HttpStatusCode.OK);
        Assert.Contains("menunggu persetujuan", Assert.Single(await Mails(approver.Email!, 1)), StringComparison.Ordinal);
        var address = $"finance{Guid.CreateVersion7():N}@example.test";
        (await admin.Patch("/v1/workspace", new { notificationEmail = address })).Is(HttpStatusCode.OK);
        await Quiet(w);
        (await w.Spend(60_000)).Is(HttpStatusCode.OK);
        Assert.Contains("Rp\u00A060.000 waits for approval", Assert.Single(await Mails(address, 1)), StringComparison.Ordinal);
        Assert.Single(await Mails(approver.Email!, 1));
    }

    [Fact]
    public async Task a_flood_is_one_mail_a_minute_at_most_and_what_was_decided_meanwhile_is_in_none()
    {
        var w = await Asking();
        var approver = await w.Member(Role.Approver);
        (await w.Spend(11_000)).Is(HttpStatusCode.OK);
        await Mails(approver.Email!, 1);
        var flood = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => w.Spend(20_000 + i)));
        var decided = await approver.Get($"/v1/approvals/{flood[0].Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{decided.Text("id")}/decision",
            new { verdict = "reject", contentHash = decided.Text("contentHash") }))
            .Is(HttpStatusCode.OK);
        await Task.Delay(5000, TestContext.Current.CancellationToken);
        Assert.Single(await Mails(approver.Email!, 1));
        await Quiet(w);
        var second = (await Mails(approver.Email!, 2))[0];
        Assert.Contains("29 requests wait for approval", second, StringComparison.Ordinal);
        Assert.Contains("And 21 more:", second, StringComparison.Ordinal);
        Assert.DoesNotContain(decided.Text("id"), second, StringComparison.Ordinal);
        await using var connection = await product.Owner.OpenConnectionAsync();
        var wait = await connection.ExecuteScalarAsync<TimeSpan>(
            "select wait from bursar.approval_mails where workspace_id = @w", new { w = w.Book.Workspace.Value });
        Assert.Equal(TimeSpan.FromMinutes(2), wait);
    }

    /// <summary>Lets the pause after a mail be over.</summary>
    private Task Quiet(Given.Workspace w) =>
        product.Execute("update bursar.approval_mails set next_at = next_at - interval '61 seconds' where workspace_id = $1",
            w.Book.Workspace.Value);
}

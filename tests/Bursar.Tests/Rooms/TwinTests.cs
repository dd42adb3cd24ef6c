using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>The same amount to the same account within ten minutes (PRODUCT P3).</summary>
public sealed class TwinTests(Product product)
{
    private static readonly (string, string)[] Form =
        [("bankCode", "bca"), ("accountNumber", "5270997481"), ("amount", "50.000"), ("remark", ""), ("recipientEmails", "")];
    private const string Review = "/test/transfers/new/review?bankCode=bca&accountNumber=5270997481&amount=50.000";

    [Fact]
    public async Task a_person_must_say_that_they_mean_it()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var pages = await w.AdminPages();
        Assert.DoesNotContain("sendTwice", (await pages.Get(Review)).Body);
        (await pages.Post("/test/transfers", Form)).Is(HttpStatusCode.Redirect);
        var warned = (await pages.Get(Review)).Is(HttpStatusCode.OK);
        Assert.Contains("within the last 10 minutes", warned.Body);
        var refused = (await pages.Submit(warned, ("idempotencyKey", "again"))).Is(HttpStatusCode.Conflict);
        Assert.Contains("Tick this if it is to be paid twice", refused.Body);
        Assert.Equal(1, await w.Rows("disbursements"));
        (await pages.Submit(refused, ("sendTwice", "true"))).Is(HttpStatusCode.Redirect);
        Assert.Equal(2, await w.Rows("disbursements"));
        (await pages.Post("/test/transfers", [.. Form[..2], ("amount", "50.001")])).Is(HttpStatusCode.Redirect);
        (await pages.Post("/test/transfers", [("bankCode", "bri"), .. Form[1..]])).Is(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task of_ten_people_who_press_at_once_one_sends()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var pages = await w.AdminPages();
        await pages.Get(Review);
        var pressed = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => pages.Post("/test/transfers", [("idempotencyKey", $"{i}"), .. Form])));
        Assert.Single(pressed, a => a.Status == HttpStatusCode.Redirect);
        Assert.Equal(9, pressed.Count(a => a.Status == HttpStatusCode.Conflict));
        Assert.Equal(1, await w.Rows("disbursements"));
    }

    [Fact]
    public async Task by_api_another_key_is_another_transfer_unless_the_workspace_wants_a_word()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        Assert.Equal("approved", (await w.Transfer(50_000)).Is(HttpStatusCode.Created).Text("state"));
        (await (await w.AdminSession()).Patch("/v1/workspace", new { apiTwinsNeedApproval = true })).Is(HttpStatusCode.OK);
        var held = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => w.Transfer(70_000, "5270991111")));
        Assert.Single(held, a => a.Is(HttpStatusCode.Created).Text("state") == "approved");
        Assert.Equal(9, held.Count(a => a.Text("state") == "pending_approval"));
        var waiting = held.First(a => a.Text("state") == "pending_approval");
        var approval = (await w.Api.Get($"/v1/approvals/{waiting.Text("approvalId")}")).Is(HttpStatusCode.OK);
        Assert.Equal("TWIN_WITHIN_10_MINUTES", approval.Text("rule"));
        var approver = await w.Member(Role.Approver);
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        await w.Reaches(waiting.Text("id"), "succeeded");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_failed_was_cancelled_or_is_older_is_no_twin()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        (await (await w.AdminSession()).Patch("/v1/workspace", new { apiTwinsNeedApproval = true })).Is(HttpStatusCode.OK);
        (await w.Transfer(50_000, "5270990000")).Is(HttpStatusCode.Created);
        await w.Settled();
        Assert.Equal("approved", (await w.Transfer(50_000, "5270990000")).Text("state"));
        var maker = await w.Member(Role.Maker);
        var asked = await maker.Post("/v1/transfers", new { amount = 80_000, bankCode = "bca", accountNumber = "5270991112" });
        (await maker.Post($"/v1/transfers/{asked.Text("id")}/cancellation", new { })).Is(HttpStatusCode.OK);
        Assert.Equal("approved", (await w.Transfer(80_000, "5270991112")).Text("state"));
        (await w.Transfer(90_000, "5270991113")).Is(HttpStatusCode.Created);
        await product.Execute("""
            update bursar.disbursements set created_at = created_at - interval '10 minutes' where workspace_id = $1 and amount = 90000
            """, w.Book.Workspace.Value);
        Assert.Equal("approved", (await w.Transfer(90_000, "5270991113")).Text("state"));
        Assert.Equal("pending_approval", (await w.Transfer(90_000, "5270991113")).Text("state"));
    }
}

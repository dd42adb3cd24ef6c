using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>Whom a business pays again and again, and the day in which a changed account cools down (PRODUCT P3, QUALITY AP2).</summary>
public sealed class BeneficiaryTests(Product product)
{
    [Fact]
    public async Task one_is_saved_with_the_name_that_the_bank_says_found_changed_and_removed()
    {
        var w = await product.Workspace();
        var saved = (await Save(w.Api, "5270997481")).Is(HttpStatusCode.Created);
        Assert.Equal(saved.Text("accountHolder"), saved.Text("name"));
        Assert.StartsWith("bnf_", saved.Text("id"));
        var twice = (await Save(w.Api, "5270997481")).Refuses("state_conflict");
        Assert.Equal($"/v1/beneficiaries/{saved.Text("id")}", twice.Json["resource"]!["url"]!.GetValue<string>());
        var path = $"/v1/beneficiaries/{saved.Text("id")}";
        var changed = (await w.Api.Patch(path, new { name = "100% Kopi_Gayo", email = "kopi@example.test" })).Is(HttpStatusCode.OK);
        Assert.Equal(saved.Text("accountChangedAt"), changed.Text("accountChangedAt"));
        Assert.Equal(changed.Body, (await w.Api.Get(path)).Is(HttpStatusCode.OK).Body);
        foreach (var (search, found) in new[] { ("gayo", 1), ("100%25", 1), ("5270997481", 1), ("_ayo", 0), ("teh", 0), ("kopi gayo", 1) })
            Assert.True(found == (await w.Api.Get($"/v1/beneficiaries?search={search}")).Json["data"]!.AsArray().Count, search);
        Assert.Empty((await (await product.Workspace()).Api.Get("/v1/beneficiaries")).Json["data"]!.AsArray());
        var moved = (await w.Api.Patch(path, new { accountNumber = "5270991111" })).Is(HttpStatusCode.OK);
        Assert.NotEqual(saved.Text("accountChangedAt"), moved.Text("accountChangedAt"));
        (await w.Api.Delete(path)).Is(HttpStatusCode.OK);
        (await w.Api.Get(path)).Refuses("not_found");
        (await w.Api.Delete(path)).Refuses("not_found");
        (await Save(w.Api, "5270991111")).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task an_account_that_cannot_receive_is_not_saved()
    {
        var w = await product.Workspace();
        (await Save(w.Api, "5270990005")).Refuses("beneficiary_invalid");
        Assert.Contains("/name", (await Save(w.Api, "5270990006")).Refuses("validation_failed").Body);
        var named = (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = "5270990006", name = "Slow bank" }))
            .Is(HttpStatusCode.Created);
        Assert.Null(named.Json["accountHolder"]);
        (await w.Api.Patch($"/v1/beneficiaries/{named.Text("id")}", new { accountNumber = "5270990005" })).Refuses("beneficiary_invalid");
        Assert.Equal("5270990006", (await w.Api.Get($"/v1/beneficiaries/{named.Text("id")}")).Text("accountNumber"));
    }

    [Fact]
    public async Task of_ten_who_save_the_same_account_at_once_one_does()
    {
        var w = await product.Workspace();
        await Save(w.Api, "5270990005");
        var saved = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Save(w.Api, "5270991212")));
        Assert.Single(saved, a => a.Status == HttpStatusCode.Created);
        Assert.All(saved.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("state_conflict"));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("change")]
    [InlineData("remove")]
    [InlineData("by key")]
    public async Task whoever_set_the_account_does_not_approve_what_goes_there_for_a_day(string how)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (maker, other) = (await w.Member(Role.Maker), await w.Member(Role.Approver));
        var editor = how == "by key" ? await w.AdminSession() : await w.Member(Role.Executor);
        var saving = how == "by key" ? w.Api : editor;
        if (how == "change")
        {
            var known = (await Save(w.Api, "5270992222")).Is(HttpStatusCode.Created);
            (await editor.Patch($"/v1/beneficiaries/{known.Text("id")}", new { accountNumber = "5270991111" })).Is(HttpStatusCode.OK);
        }
        else
        {
            var known = (await Save(saving, "5270991111")).Is(HttpStatusCode.Created);
            if (how == "remove") (await saving.Delete($"/v1/beneficiaries/{known.Text("id")}")).Is(HttpStatusCode.OK);
        }
        var verdict = await Ask(maker, other, "5270991111");
        var refused = (await editor.Post(verdict.Path, verdict.Body)).Refuses("self_approval_forbidden");
        Assert.Contains("within the last 24 hours", refused.Text("detail"));
        (await other.Post(verdict.Path, verdict.Body)).Is(HttpStatusCode.OK);

        var later = await Ask(maker, other, "5270991111", 60_000);
        await product.Execute("update bursar.payee_changes set changed_at = changed_at - interval '24 hours' where workspace_id = $1",
            w.Book.Workspace.Value);
        (await editor.Post(later.Path, later.Body)).Is(HttpStatusCode.OK);
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_account_set_after_the_request_bars_too_and_another_account_does_not()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (maker, editor) = (await w.Member(Role.Maker), await w.Member(Role.Executor));
        var verdict = await Ask(maker, editor, "5270991111");
        (await Save(editor, "5270991111")).Is(HttpStatusCode.Created);
        (await editor.Post(verdict.Path, verdict.Body)).Refuses("self_approval_forbidden");
        var free = await Ask(maker, editor, "5270993333");
        (await editor.Post(free.Path, free.Body)).Is(HttpStatusCode.OK);
        // Together, duties bar nobody.
        (await (await (await w.AdminSession()).StepUp()).Patch("/v1/workspace", new { separationOfDuties = false })).Is(HttpStatusCode.OK);
        (await editor.Post(verdict.Path, verdict.Body)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_vote_of_somebody_who_then_sets_the_account_no_longer_counts()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Api.Post("/v1/policies", new
        {
            name = "two",
            requireApprovalOver = 10_000,
            approvalTiers = new[] { new { over = 10_000, approvals = 2 } },
            scope = new { kinds = new[] { "money_transfer" } },
        })).Is(HttpStatusCode.Created);
        var (maker, first, second, third) =
            (await w.Member(Role.Maker), await w.Member(Role.Executor), await w.Member(Role.Approver), await w.Member(Role.Approver));
        var verdict = await Ask(maker, second, "5270991111");
        (await first.Post(verdict.Path, verdict.Body)).Is(HttpStatusCode.OK);
        (await Save(first, "5270991111")).Is(HttpStatusCode.Created);
        Assert.Equal("pending", (await second.Post(verdict.Path, verdict.Body)).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal("approved", (await third.Post(verdict.Path, verdict.Body)).Is(HttpStatusCode.OK).Text("state"));
    }

    [Fact]
    public async Task pages_add_pick_and_warn_of_a_new_account()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var pages = await w.AdminPages();
        var added = await pages.Submit(await pages.Get("/test/transfers/beneficiaries/new"),
            ("bankCode", "bca"), ("accountNumber", "5270991111"), ("name", "Kopi Gayo"), ("email", "kopi@example.test"));
        var list = added.Is(HttpStatusCode.Redirect).Headers["Location"];
        var drawer = (await pages.Get(list)).Is(HttpStatusCode.OK).Body;
        Assert.Contains("set this account less than 24 hours ago", drawer);
        var id = list.Split("id=")[1];
        var form = (await pages.Get($"/test/transfers/new?beneficiaryId={id}")).Is(HttpStatusCode.OK);
        Assert.Contains($"<option value=\"{id}\" selected", form.Body);
        var review = (await pages.Submit(form, ("beneficiaryId", id), ("bankCode", ""), ("accountNumber", ""), ("amount", "50.000"),
            ("remark", ""), ("recipientEmails", ""))).Is(HttpStatusCode.Redirect).Headers["Location"];
        Assert.Contains("accountNumber=5270991111", review);
        Assert.Contains("example.test", review);
        Assert.Contains("saved this account less than 24 hours ago", (await pages.Get(review)).Is(HttpStatusCode.OK).Body);

        var maker = await w.Member(Role.Maker);
        (await maker.Post("/v1/transfers", new { amount = 70_000, bankCode = "bca", accountNumber = "5270991111" })).Is(HttpStatusCode.Created);
        Assert.Contains("set this account less than an hour ago", (await pages.Get("/test/approvals")).Body);

        var changed = await pages.Submit(await pages.Get($"/test/transfers/beneficiaries/{id}"),
            ("bankCode", "bca"), ("accountNumber", "5270990005"), ("name", "Kopi Gayo"), ("email", ""));
        Assert.Contains("the bank does not accept it", changed.Is(HttpStatusCode.UnprocessableEntity).Body);
        (await pages.Post($"/test/transfers/beneficiaries/{id}/removal")).Is(HttpStatusCode.Redirect);
        Assert.Contains("No beneficiaries yet", (await pages.Get("/test/transfers/beneficiaries")).Body);
    }

    private static Task<Answer> Save(Client by, string accountNumber) =>
        by.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber });

    private static async Task<(string Path, object Body)> Ask(Client maker, Client reader, string accountNumber, long amount = 50_000)
    {
        var asked = (await maker.Post("/v1/transfers", new { amount, bankCode = "bca", accountNumber })).Is(HttpStatusCode.Created);
        var approval = (await reader.Get($"/v1/approvals/{asked.Text("approvalId")}")).Is(HttpStatusCode.OK);
        return ($"/v1/approvals/{approval.Text("id")}/decision", new { verdict = "approve", contentHash = approval.Text("contentHash") });
    }
}

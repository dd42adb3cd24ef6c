using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Rails.Simulator;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>What an approver should look at before all the rows: payees who are new, moved, or were set a moment ago.</summary>
public sealed class BatchRiskTests(Product product)
{
    private const string Known = "5270997481";
    private static int next = 600_000;

    /// <summary>An account that nobody used, whose holder has the name of that account's, or another.</summary>
    private static async Task<string> Account(bool same, string like = Known, string ending = "77")
    {
        var rail = new SimulatorRail();
        var holder = await Holder(like);
        while (true)
        {
            var account = $"88{Interlocked.Increment(ref next)}{ending}";
            if (await Holder(account) == holder == same) return account;
        }

        async Task<string?> Holder(string account) =>
            (await rail.Inquire(new InquiryQuestion(Mode.Test, "", "bca", account), default)).AccountHolder;
    }

    /// <summary>A file that never was, so that none is the same as an earlier one.</summary>
    private static string Rows(params string[] accounts) => Given.Batches.Header
        + string.Concat(accounts.Select((a, i) => $"{20_000 + i},bca,{a},,{Guid.CreateVersion7():N},\n"));

    private static async Task<(string[] Flags, Answer Batch)> Checked(Client client, string csv)
    {
        var batch = await client.BatchReaches(await client.Uploaded(csv, ("submit", "false")), "ready");
        var rows = (await client.Get($"{Given.Batches.Path}/{batch.Text("id")}/rows")).Json["data"]!.AsArray();
        return ([.. rows.Select(r => string.Join(' ', r!["flags"]!.AsArray()))], batch);
    }

    [Fact]
    public async Task a_name_that_was_paid_at_another_account_is_counted_listed_and_in_the_download()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        // What came back proves nobody.
        var returned = await Account(same: false);
        var (same, other) = (await Account(same: true), await Account(same: true, returned));
        var sent = (await w.Transfer(50_000, returned)).Is(HttpStatusCode.Created);
        await w.Settled();
        (await w.Api.Post($"/v1/test/disbursements/{sent.Text("id")}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        var (flags, batch) = await Checked(w.Api, Rows(Known, same, other));
        Assert.Equal(["", "new_payee changed_account", "new_payee"], flags);
        var total = batch.Json["risk"]!["flags"]!.AsArray().Single(f => (string)f!["flag"]! == "changed_account")!;
        Assert.Equal((1, 20_001), ((long)total["rows"]!, (long)total["amount"]!));

        var listed = (await w.Api.Get($"{Given.Batches.Path}/{batch.Text("id")}/rows?flag=changed_account")).Json["data"]!.AsArray();
        Assert.Equal(same, (string)Assert.Single(listed)!["accountNumber"]!);
        var pages = await w.AdminPages();
        var page = (await pages.Get($"/test/transfers/batches/{batch.Text("id")}")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("Another account than before", page);
        var file = (await pages.Get($"/test/transfers/batches/{batch.Text("id")}/results.csv?flag=changed_account"))
            .Is(HttpStatusCode.OK).Body;
        Assert.Contains($"{same},", file);
        Assert.Contains("new_payee changed_account", file);
        Assert.DoesNotContain($"{other},", file);

        // Longer ago than 90 days is forgotten, and what another workspace pays is nobody's business.
        var foreign = await (await product.Workspace()).WithDeposit(1_000_000);
        Assert.Equal(["new_payee"], (await Checked(foreign.Api, Rows(same))).Flags);
        await product.Execute(
            "update bursar.disbursements set created_at = created_at - interval '91 days' where workspace_id = $1", w.Book.Workspace.Value);
        Assert.Equal(["new_payee"], (await Checked(w.Api, Rows(same))).Flags);
    }

    [Fact]
    public async Task a_beneficiary_who_has_another_account_now_is_flagged_and_for_a_day_whoever_was_set()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var (added, before, after) = (await Account(same: false), await Account(same: false), await Account(same: false));
        async Task<Answer> Save(string account, string name) =>
            (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = account, name })).Is(HttpStatusCode.Created);
        await Save(added, "New courier");
        var moving = await Save(before, "Roastery");
        (await w.Api.Patch($"/v1/beneficiaries/{moving.Text("id")}", new { accountNumber = after })).Is(HttpStatusCode.OK);
        // Each account by itself: names of the simulator meet by chance.
        Assert.Equal(["new_payee cooling_account"], (await Checked(w.Api, Rows(added))).Flags);
        Assert.Equal(["new_payee changed_account cooling_account"], (await Checked(w.Api, Rows(after))).Flags);
        await product.Execute(
            "update bursar.payee_changes set changed_at = changed_at - interval '1 day' where workspace_id = $1", w.Book.Workspace.Value);
        Assert.Equal(["new_payee", "new_payee changed_account"], (await Checked(w.Api, Rows(added, after))).Flags);
        // Once money went there, it is the account they are paid at.
        (await w.Transfer(30_000, after)).Is(HttpStatusCode.Created);
        await w.Settled();
        Assert.Equal([""], (await Checked(w.Api, Rows(after))).Flags);
    }
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>PRODUCT P4 by the API, with files that people write.</summary>
public sealed class BatchTests(Product product)
{
    [Fact]
    public async Task a_file_of_a_key_is_checked_submitted_and_paid_row_by_row()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Api.Uploaded(Given.Batches.Rows(40));
        var done = await w.Api.BatchReaches(id, "completed");
        Assert.Equal((40, 40), (done.Number("rows"), done.In("succeeded")));
        Assert.Equal(40 * 10_000 + 40 * 39 / 2, done.Number("total"));
        Assert.Equal(30 * 2_500 + 10 * 1_000, done.Number("fees"));
        Assert.Empty(done.Json["errors"]!.AsArray());
        Assert.Equal(1, await w.Facts("batch.completed"));
        Assert.Equal(40, await w.Facts("transfer.succeeded"));
        var rows = (await w.Api.Get($"{Given.Batches.Path}/{id}/rows?limit=3&cursor=2")).Json;
        Assert.Equal([3, 4, 5], rows["data"]!.AsArray().Select(r => r!["line"]!.GetValue<int>()));
        var first = (await w.Api.Get($"/v1/transfers/{rows["data"]![0]!["transferId"]!.GetValue<string>()}")).Is(HttpStatusCode.OK);
        Assert.Equal(("a-1", 10_001), (first.Text("reference"), first.Number("amount")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_same_rows_again_create_nothing_whatever_file_they_come_in()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var csv = Given.Batches.Rows(5);
        var first = (await w.Api.Upload(csv, "key-1")).Is(HttpStatusCode.Created);
        var again = (await w.Api.Upload(csv, "key-1")).Is(HttpStatusCode.Created);
        Assert.Equal(first.Body, again.Body);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        await w.Api.BatchReaches(first.Text("id"), "completed");
        var columns = csv.Replace(',', ';').Replace("\n", "\r\n", StringComparison.Ordinal);
        foreach (var same in new[] { csv, "\uFEFF" + columns })
        {
            var refused = (await w.Api.Upload(same)).Refuses("duplicate_batch");
            Assert.Equal(first.Text("id"), refused.Json["resource"]!["id"]!.GetValue<string>());
        }
        (await w.Api.Upload(Given.Batches.Rows(6), "key-1")).Refuses("idempotency_key_reused");
        Assert.Equal((1, 5), (await w.Rows("transfer_batches"), await w.Rows("batch_rows")));
        Assert.Equal(5, await w.Rows("disbursements"));
    }

    [Fact]
    public async Task every_wrong_cell_is_named_by_line_and_column_and_nothing_goes_out()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Api.Uploaded(""""
            Remark;amount;BANKCODE;accountNumber;reference;recipientEmails
            Kopi;50000;bca;5270997481;r-1;a@example.test, b@example.test
            ;1.5;bca;5270997481;;
            ;;bca;5270997481;;
            ;9999;nope;52 70;;nobody
            longer than eighteen;50000;bca;5270997481;r-1;

            "quoted; with ""quotes""";50.000;ovo;0812999000;;
            ;50000;bca;990005;;
            ;50000;bca;5270997481;;;;too many
            """");
        var batch = await w.Api.BatchReaches(id, "invalid");
        var errors = batch.Json["errors"]!.AsArray().Select(e => $"{e!["line"]} {e["column"]} {e["code"]}");
        Assert.Equal(
        [
            "3 amount invalid", "4 amount required", "5 amount too_small", "5 bankCode unknown", "5 accountNumber invalid",
            "5 recipientEmails invalid", "6 remark invalid", "6 reference reference_duplicate", "8 remark invalid",
            "9 accountNumber beneficiary_invalid", "10  column_count",
        ], errors);
        Assert.Equal(0, await w.Rows("disbursements"));
        (await w.Api.Post($"{Given.Batches.Path}/{id}/submission", new { })).Refuses("state_conflict");
        // What went nowhere keeps nobody from trying again.
        Assert.Equal("cancelled", (await w.Api.Post($"{Given.Batches.Path}/{id}/cancellation", new { })).Is(HttpStatusCode.OK).Text("state"));
    }

    [Theory]
    [InlineData("", "/file", "required")]
    [InlineData("\n", "/file", "file_empty")]
    [InlineData("amount,bankCode\n1,bca\n", "/file", "column_missing")]
    [InlineData("amount,bankCode,accountNumber,iban\n", "/file", "column_unknown")]
    [InlineData("amount,bankCode,accountNumber,Amount\n", "/file", "duplicate_header")]
    [InlineData("amount,bankCode,accountNumber\n", "/file", "file_empty")]
    [InlineData("amount,bankCode,accountNumber\n50000,bca,\"527\n", "/file", "unclosed_quote")]
    [InlineData("amount,bankCode,accountNumber\n50000,bca,5270\u0000\n", "/file", "bad_character")]
    public async Task what_is_no_batch_is_refused_at_the_door(string csv, string pointer, string code)
    {
        var w = await product.Workspace();
        var refused = (await w.Api.Upload(csv)).Refuses("validation_failed");
        Assert.Equal((pointer, code), (refused.Json["errors"]![0]!["pointer"]!.GetValue<string>(),
            refused.Json["errors"]![0]!["code"]!.GetValue<string>()));
        Assert.Equal(0, await w.Rows("batch_rows"));
    }

    [Fact]
    public async Task json_rows_are_a_batch_too()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var rows = new[] { new { amount = 20_000, bankCode = "bca", accountNumber = "5270997481" } };
        var made = (await w.Api.Post(Given.Batches.Path, new { rows, mode = "atomic" })).Is(HttpStatusCode.Created);
        var done = await w.Api.BatchReaches(made.Text("id"), "completed");
        Assert.Equal(("atomic", 1), (done.Text("mode"), done.In("succeeded")));
        (await w.Api.Post(Given.Batches.Path, new { rows = Array.Empty<object>() })).Refuses("validation_failed");
    }

    [Fact]
    public async Task rows_stand_alone_so_one_that_is_refused_is_only_its_own_result()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        await w.Policy(new { name = "Small ones", maxSingleAmount = 40_000, scope = new { kinds = new[] { "money_transfer" } } });
        var id = await w.Api.Uploaded(
            Given.Batches.Header + "20000,bca,5270997481,,,\n50000,bca,5270997482,,,\n30000,bca,990000,,,\n9000000000,bri,5270997483,,,\n");
        var done = await w.Api.BatchReaches(id, "completed");
        Assert.Equal((1, 1, 2), (done.In("succeeded"), done.In("failed"), done.In("refused")));
        var refused = (await w.Api.Get($"{Given.Batches.Path}/{id}/rows?state=refused")).Json["data"]!.AsArray();
        Assert.Equal(["3 policy_denied", "5 insufficient_funds"], refused.Select(r => $"{r!["line"]} {r["code"]}"));
        Assert.Equal("EXCEEDS_SINGLE_LIMIT", done.Json["risk"]!["refused"]![0]!["reason"]!.GetValue<string>());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_batch_that_goes_as_a_whole_holds_all_its_money_first_and_fails_whole()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var before = await Available(w);
        await w.Policy(new { name = "Small ones", maxSingleAmount = 40_000, scope = new { kinds = new[] { "money_transfer" } } });
        var rows = Given.Batches.Rows(300, amount: 20_000) + "50000,bca,5270997482,,,\n";
        var failed = await w.Api.BatchReaches(await w.Api.Uploaded(rows, ("mode", "atomic")), "failed");
        Assert.Equal("policy_denied in line 302", failed.Text("failureReason"));
        Assert.Equal(256, failed.In("cancelled"));
        Assert.Equal(before, await Available(w));
        Assert.Equal(0, await w.Facts("transfer.succeeded"));

        var tooMuch = await w.Api.Uploaded(Given.Batches.Rows(2, "big", 9_000_000), ("mode", "atomic"));
        Assert.Equal("insufficient_funds", (await w.Api.BatchReaches(tooMuch, "failed")).Text("failureReason"));
        Assert.Equal(before, await Available(w));
        // The fees belong to it: nothing is asked for where only they are missing.
        var noFees = await w.Api.Uploaded($"{Given.Batches.Header}{before},bca,5270997482,,,\n", ("mode", "atomic"));
        Assert.Equal("insufficient_funds", (await w.Api.BatchReaches(noFees, "failed")).Text("failureReason"));

        // The first file of what failed may come again: nothing of it went out.
        var paid = await w.Api.BatchReaches(await w.Api.Uploaded(Given.Batches.Rows(300, "c", 20_000), ("mode", "atomic")), "completed");
        Assert.Equal(300, paid.In("succeeded"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task people_approve_slices_and_the_rest_by_the_hash_they_were_shown()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var maker = await w.Member(Role.Maker);
        var approver = await w.Member(Role.Approver);
        var id = await maker.Uploaded(Given.Batches.Rows(20), ("submit", "false"));
        var ready = await maker.BatchReaches(id, "ready");
        Assert.Equal(0, await w.Rows("disbursements"));
        var path = $"{Given.Batches.Path}/{id}";
        (await approver.Post($"{path}/decision", Verdict("approve", ready))).Refuses("state_conflict");
        (await maker.Post($"{path}/submission", new { })).Is(HttpStatusCode.OK);
        var waits = await maker.BatchReaches(id, "submitted");
        Assert.Equal(20, waits.In("pending_approval"));

        (await w.Api.Post($"{path}/decision", Verdict("approve", waits))).Refuses("permission_denied");
        (await maker.Post($"{path}/decision", Verdict("approve", waits))).Refuses("permission_denied");
        (await approver.Post($"{path}/decision", new { verdict = "approve", contentHash = new string('0', 64) })).Refuses("version_mismatch");
        var some = (await approver.Post($"{path}/decision", Verdict("approve", waits, [2, 3, 99]))).Is(HttpStatusCode.OK);
        Assert.Equal((2, 99), (some.Number("decided"), some.Json["refused"]![0]!["line"]!.GetValue<int>()));
        var one = (await approver.Post($"{path}/decision", Verdict("reject", waits, [4]))).Is(HttpStatusCode.OK);
        Assert.Equal(1, one.Number("decided"));
        Assert.Equal(17, (await approver.Post($"{path}/decision", Verdict("approve", waits))).Number("decided"));
        var done = await maker.BatchReaches(id, "completed");
        Assert.Equal((19, 1), (done.In("succeeded"), done.In("rejected")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task nobody_approves_their_own_batch_while_duties_are_separated()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var executor = await w.Member(Role.Executor);
        var id = await executor.Uploaded(Given.Batches.Rows(3));
        var waits = await executor.BatchReaches(id, "submitted");
        (await executor.Post($"{Given.Batches.Path}/{id}/decision", Verdict("approve", waits))).Refuses("self_approval_forbidden");
        Assert.Equal(3, (await w.Api.Get($"{Given.Batches.Path}/{id}")).In("pending_approval"));
    }

    [Fact]
    public async Task a_cancelled_batch_frees_what_has_not_gone_and_its_file_stays_used()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var before = await Available(w);
        var maker = await w.Member(Role.Maker);
        var csv = Given.Batches.Rows(10);
        var id = await maker.Uploaded(csv);
        await maker.BatchReaches(id, "submitted");
        Assert.True(await Available(w) < before);
        (await maker.Post($"{Given.Batches.Path}/{id}/cancellation", new { })).Is(HttpStatusCode.OK);
        Assert.Equal(10, (await maker.BatchReaches(id, "completed")).In("cancelled"));
        Assert.Equal(before, await Available(w));
        (await maker.Upload(csv)).Refuses("duplicate_batch");
        (await maker.Post($"{Given.Batches.Path}/{id}/cancellation", new { })).Refuses("state_conflict");
    }

    [Fact]
    public async Task rows_worth_a_look_are_flagged()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        foreach (var amount in new[] { 20_000, 21_000, 22_000 }) (await w.Transfer(amount)).Is(HttpStatusCode.Created);
        await w.Settled();
        var id = await w.Api.Uploaded(
            Given.Batches.Header + "21000,bca,5270997481,,,\n90000,bca,5270997481,,,\n30000,bri,123456,,,\n30000,bri,123456,,,\n40000,bri,990004,,,\n",
            ("submit", "false"));
        await w.Api.BatchReaches(id, "ready");
        var rows = (await w.Api.Get($"{Given.Batches.Path}/{id}/rows")).Json["data"]!.AsArray();
        Assert.Equal(
        [
            "duplicate_of_transfer", "outlier", "duplicate_in_file new_payee", "duplicate_in_file new_payee", "new_payee suspected_account",
        ], rows.Select(r => string.Join(' ', r!["flags"]!.AsArray())));
    }

    private static object Verdict(string verdict, Answer batch, int[]? rows = null) =>
        new { verdict, contentHash = batch.Text("contentHash"), rows };

    private static async Task<long> Available(Workspace w) =>
        (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();
}

using System.Net;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Rooms;

public sealed class TransferTests(Product product)
{
    [Fact]
    public async Task a_transfer_is_held_paid_posted_and_listed()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var before = (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();
        var wanted = new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481", remark = "Kopi", reference = "r-1" };
        var sent = (await w.Api.Post("/v1/transfers", wanted)).Is(HttpStatusCode.Created);
        Assert.Equal("approved", sent.Text("state"));
        await w.Settled();
        var paid = await w.Api.Get($"/v1/transfers/{sent.Text("id")}");
        Assert.Equal("succeeded", paid.Text("state"));
        Assert.NotNull(paid.Json["recipientName"]);
        var after = (await w.Api.Get("/v1/balances")).Json["data"]![0]!;
        Assert.Equal(before - 52_500, after["available"]!.GetValue<long>());
        Assert.Equal(0, after["held"]!.GetValue<long>());
        Assert.Single((await w.Api.Get("/v1/transfers?search=kopi&state=succeeded")).Json["data"]!.AsArray());
        Assert.Empty((await w.Api.Get("/v1/transfers?search=teh")).Json["data"]!.AsArray());
        (await w.Api.Post("/v1/transfers", new { amount = 60_000, bankCode = "bca", accountNumber = "5270997481", reference = "r-1" }))
            .Refuses("reference_duplicate");
    }

    [Theory]
    [InlineData("0000", "failed", "INACTIVE_ACCOUNT")]
    [InlineData("0001", "succeeded", null)]
    [InlineData("0002", "failed", "CANT_RECEIVE_TRANSFER")]
    public async Task the_magic_accounts_end_as_told_and_are_sent_once(string ending, string state, string? reason)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var sent = (await w.Transfer(50_000, "99" + ending)).Is(HttpStatusCode.Created);
        await w.Settled();
        var ended = await w.Api.Get($"/v1/transfers/{sent.Text("id")}");
        Assert.Equal(state, ended.Text("state"));
        Assert.Equal(reason, ended.Json["failureReason"]?.GetValue<string>());
        await using var connection = await product.Owner.OpenConnectionAsync();
        var (attempts, queries) = await connection.QuerySingleAsync<(int, int)>(
            "select attempts, queries from bursar.disbursements where workspace_id = @w",
            new { w = w.Book.Workspace.Value });
        Assert.Equal(1, attempts);
        Assert.Equal(ending == "0000" ? 0 : 2, queries);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_outcome_can_be_simulated_and_a_return_posts_amount_and_fee_back()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var before = (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();
        var sent = (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        await w.Settled();
        var path = $"/v1/test/disbursements/{sent.Text("id")}/outcome";
        (await w.Api.Post(path, new { outcome = "failed" })).Refuses("state_conflict");
        Assert.Equal("reversed", (await w.Api.Post(path, new { outcome = "reversed" })).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal(before, (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>());
        await w.BooksAreRight();
    }

    [Theory]
    [InlineData("""{"amount":50000,"amount":1,"bankCode":"bca","accountNumber":"5270997481"}""", "malformed_json")]
    [InlineData("""{"amount":50000,"bankCode":"bca","accountNumber":"5270997481","extra":1}""", "validation_failed")]
    [InlineData("""{"amount":50000.5,"bankCode":"bca","accountNumber":"5270997481"}""", "validation_failed")]
    [InlineData("""{"amount":"50000","bankCode":"bca","accountNumber":"5270997481"}""", "validation_failed")]
    [InlineData("""{"amount":-50000,"bankCode":"bca","accountNumber":"5270997481"}""", "amount_out_of_range")]
    [InlineData("""{"amount":0,"bankCode":"bca","accountNumber":"5270997481"}""", "amount_out_of_range")]
    [InlineData("""{"amount":1000000000000001,"bankCode":"bca","accountNumber":"5270997481"}""", "amount_out_of_range")]
    [InlineData("""{"amount":99999999999999999999,"bankCode":"bca","accountNumber":"5270997481"}""", "validation_failed")]
    [InlineData("""{"amount":9999,"bankCode":"bca","accountNumber":"5270997481"}""", "validation_failed")]
    [InlineData("""{"amount":50000,"currency":"USD","bankCode":"bca","accountNumber":"5270997481"}""", "currency_mismatch")]
    [InlineData("""{"amount":50000,"bankCode":"nope","accountNumber":"5270997481"}""", "validation_failed")]
    [InlineData("""{"amount":50000,"bankCode":"bca","accountNumber":"52709\u0000"}""", "validation_failed")]
    [InlineData("""{"amount":50000,"bankCode":"bca","accountNumber":"5270997481","remark":"a\u202eb"}""", "validation_failed")]
    [InlineData("""{"amount":50000,"bankCode":"bca","accountNumber":"5270997481","remark":"longer than eighteen"}""", "validation_failed")]
    [InlineData("""{"amount":50000,"bankCode":"bca"}""", "malformed_json")]
    [InlineData("""{"amount":50000,""", "malformed_json")]
    [InlineData("null", "malformed_json")]
    public async Task bad_input_is_refused_by_name_and_leaves_no_trace(string body, string code)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var before = await Rows(w);
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", body)).Refuses(code);
        Assert.Equal(before, await Rows(w));
    }

    [Theory]
    [InlineData("Inv 22/91 (a+b) &", true)]
    [InlineData("Kopi: susu - 2", true)]
    [InlineData("Café Séjour", true)]
    [InlineData("<b>", false)]
    [InlineData("Who?", false)]
    [InlineData("it's", false)]
    [InlineData("a;b", false)]
    [InlineData("#1", false)]
    public async Task a_remark_takes_what_banks_print(string remark, bool goes)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var sent = await w.Api.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481", remark });
        if (goes) Assert.Equal(remark, sent.Is(HttpStatusCode.Created).Text("remark"));
        else Assert.Contains("/remark", sent.Refuses("validation_failed").Body);
    }

    [Fact]
    public async Task several_are_cancelled_at_once_and_each_that_is_not_says_why()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var pages = await w.AdminPages();
        var maker = await w.Member(Core.Access.Role.Maker);
        var asked = new List<string>();
        for (var i = 0; i < 3; i++)
            asked.Add((await maker.Post("/v1/transfers", new { amount = 50_000 + i, bankCode = "bca", accountNumber = "5270997481" }))
                .Is(HttpStatusCode.Created).Text("id"));
        var gone = (await w.Transfer(70_000)).Text("id");
        await w.Reaches(gone, "succeeded");
        var list = (await pages.Get("/test/transfers")).Is(HttpStatusCode.OK).Body;
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(list, "name=\"transfer\""));
        var both = await pages.Post("/test/transfers/cancellations", ("transfer", asked[0]), ("transfer", gone), ("transfer", asked[1]));
        Assert.Contains("2 done, 1 not", both.Is(HttpStatusCode.Conflict).Body);
        Assert.Contains("It can no longer be cancelled", both.Body);
        (await pages.Post("/test/transfers/cancellations", ("transfer", asked[2]))).Is(HttpStatusCode.Redirect);
        foreach (var id in asked) Assert.Equal("cancelled", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        Assert.Contains("Nothing is selected", (await pages.Post("/test/transfers/cancellations")).Is(HttpStatusCode.Conflict).Body);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_too_large_too_deep_or_no_json_is_refused()
    {
        var w = await product.Workspace();
        var tooLarge = "{\"remark\":\"" + new string('a', 1_100_000) + "\"}";
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", tooLarge)).Refuses("payload_too_large");
        var tooDeep = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", tooDeep)).Refuses("validation_failed");
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", "amount=1", type: "application/x-www-form-urlencoded"))
            .Refuses("unsupported_media_type");
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", "{}", key: "")).Refuses("idempotency_key_required");
        (await w.Api.Raw(HttpMethod.Post, "/v1/transfers", "{}", key: new string('k', 256))).Refuses("idempotency_key_invalid");
        (await w.Api.Get("/v1/nothing-here")).Refuses("not_found");
        (await w.Api.Delete("/v1/transfers")).Refuses("method_not_allowed");
    }

    [Fact]
    public async Task a_foreign_id_answers_as_a_missing_one_byte_for_byte()
    {
        var mine = await (await product.Workspace()).WithDeposit(1_000_000);
        var theirs = await (await product.Workspace()).WithDeposit(1_000_000);
        var foreign = (await theirs.Transfer(50_000)).Text("id");
        string Bare(Answer a) => a.Body.Replace(a.Text("requestId"), "", StringComparison.Ordinal);
        (string, bool)[] calls =
        [
            ("/v1/transfers/{0}", false), ("/v1/transfers/{0}/cancellation", true),
            ("/v1/top-ups/{0}", false), ("/v1/approvals/{0}", false),
        ];
        foreach (var (path, post) in calls)
        {
            async Task<Answer> Ask(string id) =>
                post ? await mine.Api.Post(string.Format(null, path, id), new { }) : await mine.Api.Get(string.Format(null, path, id));
            var a = (await Ask(foreign)).Refuses("not_found");
            var b = (await Ask(TransferId.New(DateTimeOffset.UnixEpoch).ToString())).Refuses("not_found");
            Assert.Equal(Bare(b), Bare(a));
        }
    }

    private async Task<string> Rows(Workspace w)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        var tables = new[]
        {
            "disbursements", "ledger_transfers", "usage_holds", "approvals", "idempotency", "outbox", "collections", "attempts",
        };
        var counts = new List<string>();
        foreach (var table in tables)
        {
            var count = await connection.ExecuteScalarAsync<long>(
                $"select count(*) from bursar.{table} where workspace_id = @w", new { w = w.Book.Workspace.Value });
            counts.Add($"{table} {count}");
        }
        return string.Join(", ", counts);
    }

    [Fact]
    public async Task what_its_bank_has_taken_is_known_to_be_there_however_often_it_is_asked_for()
    {
        var w = await (await product.Workspace()).WithDeposit(5_000_000);
        var id = (await w.Transfer(50_000, "5270990006")).Is(HttpStatusCode.Created).Text("id");
        for (var i = 0; i < 400 && await w.Facts("disbursement.queried") == 0; i++) await Task.Delay(50);
        Assert.True(await w.Facts("disbursement.queried") > 0);
        Assert.Equal((1, 0), (await w.Facts("disbursement.accepted"), await w.Facts("transfer.unknown")));
        Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        await w.BooksAreRight();
    }
}

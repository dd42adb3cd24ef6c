using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>Whose account it is: typed answers, never a name that lies (PRODUCT P2).</summary>
public sealed class InquiryTests(Product product)
{
    [Theory]
    [InlineData("5270997481", "success", true)]
    [InlineData("5270990004", "suspected_account", true)]
    [InlineData("5270990005", "invalid_account_number", false)]
    [InlineData("5270990006", "pending", false)]
    public async Task the_bank_says_whose_account_it_is(string accountNumber, string status, bool named)
    {
        var w = await product.Workspace();
        var asked = (await Ask(w, accountNumber)).Is(HttpStatusCode.Created);
        Assert.Equal((status, "bca", accountNumber), (asked.Text("status"), asked.Text("bankCode"), asked.Text("accountNumber")));
        Assert.Equal(named, asked.Json["accountHolder"] is not null);
        Assert.StartsWith("inq_", asked.Text("id"));
        var got = (await w.Api.Get($"/v1/account-inquiries/{asked.Text("id")}")).Is(HttpStatusCode.OK);
        Assert.Equal(asked.Body, got.Body);
        Assert.Equal(status == "pending" ? 0 : 1, await w.Facts("account_inquiry.completed"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_same_key_is_one_inquiry_and_another_key_remembers_the_answer()
    {
        var w = await product.Workspace();
        var first = (await Ask(w, "5270997481", "k1")).Is(HttpStatusCode.Created);
        var again = (await Ask(w, "5270997481", "k1")).Is(HttpStatusCode.Created);
        Assert.Equal((first.Body, "true"), (again.Body, again.Headers["Idempotency-Replayed"]));
        (await Ask(w, "5270997482", "k1")).Refuses("idempotency_key_reused");
        var remembered = (await Ask(w, "5270997481")).Is(HttpStatusCode.Created);
        Assert.NotEqual(first.Text("id"), remembered.Text("id"));
        Assert.Equal(first.Text("answeredAt"), remembered.Text("answeredAt"));
        // A day later the bank is asked again.
        await product.Execute(
            "update bursar.account_inquiries set answered_at = answered_at - interval '24 hours' where workspace_id = $1",
            w.Book.Workspace.Value);
        Assert.True(DateTimeOffset.Parse((await Ask(w, "5270997481")).Text("answeredAt"), null)
            >= DateTimeOffset.Parse(first.Text("answeredAt"), null));
        // Names are remembered by book: another workspace asks for itself.
        var other = await product.Workspace();
        Assert.NotEqual(first.Text("answeredAt"), (await Ask(other, "5270997481")).Text("answeredAt"));
        (await other.Api.Get($"/v1/account-inquiries/{first.Text("id")}")).Refuses("not_found");
    }

    [Fact]
    public async Task a_pending_one_is_answered_once_when_the_bank_says_so()
    {
        var w = await product.Workspace();
        var asked = (await Ask(w, "5270990006")).Is(HttpStatusCode.Created);
        var outcome = $"/v1/test/account-inquiries/{asked.Text("id")}/outcome";
        (await w.Api.Post(outcome, new { status = "success" })).Refuses("validation_failed");
        (await w.Api.Post(outcome, new { status = "pending" })).Refuses("validation_failed");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            w.Api.Post(outcome, new { status = "success", accountHolder = $"Dewi {i}" })));
        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a != won), a => a.Refuses("state_conflict"));
        var got = await w.Api.Get($"/v1/account-inquiries/{asked.Text("id")}");
        Assert.Equal(won.Text("accountHolder"), got.Text("accountHolder"));
        Assert.Equal(1, await w.Facts("account_inquiry.completed"));
        // The next one is instant.
        Assert.Equal(("success", won.Text("accountHolder")),
            ((await Ask(w, "5270990006")).Text("status"), (await Ask(w, "5270990006")).Text("accountHolder")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task live_mode_without_a_rail_says_so_and_bad_input_is_named()
    {
        var w = await product.Workspace();
        var live = new Client(product.Address, (await product.Services.GetRequiredService<ApiKeys>().Create(
            w.Admin with { Book = new BookKey(w.Book.Workspace, Mode.Live) }, new NewApiKey("Live", KeyScope.Full))).Value.Key);
        (await live.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber = "5270997481" })).Refuses("rail_missing");
        var bad = (await w.Api.Post("/v1/account-inquiries", new { bankCode = "nope", accountNumber = "12x" })).Refuses("validation_failed");
        Assert.Equal(2, bad.Json["errors"]!.AsArray().Count);
        (await w.Api.Raw(HttpMethod.Post, "/v1/account-inquiries", """{"bankCode":"bca","accountNumber":"5270997481"}""", key: ""))
            .Refuses("idempotency_key_required");
        Assert.Equal(0, await w.Rows("account_inquiries"));
    }

    [Fact]
    public async Task too_many_questions_are_refused_with_a_time_to_wait()
    {
        var w = await product.Workspace();
        var asked = await Task.WhenAll(Enumerable.Range(0, 125).Select(i => Ask(w, $"88{i:D6}11")));
        Assert.Equal(120, asked.Count(a => a.Status == HttpStatusCode.Created));
        var refused = asked.Where(a => a.Status != HttpStatusCode.Created).ToList();
        Assert.All(refused, a => a.Refuses("rate_limited"));
        Assert.NotNull(refused[0].Headers["Retry-After"]);
        // What is remembered is no question to a bank.
        var known = asked.First(a => a.Status == HttpStatusCode.Created).Text("accountNumber");
        (await Ask(w, known)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task the_review_of_a_transfer_asks_the_same_way()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var pages = await w.AdminPages();
        var review = "/test/transfers/new/review?bankCode=bca&amount=50000&accountNumber=";
        Assert.Contains("suspects this account", (await pages.Get(review + "5270990004")).Is(HttpStatusCode.OK).Body);
        Assert.Contains("has not told whose account", (await pages.Get(review + "5270990006")).Is(HttpStatusCode.OK).Body);
        Assert.Contains("does not know this account", (await pages.Get(review + "5270990005")).Is(HttpStatusCode.OK).Body);
        Assert.Equal(3, await w.Rows("account_inquiries"));
        await pages.Get(review + "5270990004");
        await pages.Get(review + "5270990005");
        await pages.Get(review + "5270990006");
        Assert.Equal(3, await w.Rows("account_inquiries"));
    }

    private static Task<Answer> Ask(Workspace w, string accountNumber, string? key = null) =>
        w.Api.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber }, key);
}

using System.Net;
using Bursar.Core.Signing;
using Bursar.Tests.Given;
using Dapper;
using Xunit;
using static Bursar.Tests.Rails.PartnerServer;

namespace Bursar.Tests.Rails;

/// <summary>Whose account it is, asked of a partner that loses, garbles, repeats and contradicts itself: never a name that lies.</summary>
[Collection(RailInstallation.Name)]
public sealed class InquiryAtPartnerTests(RailInstallation installation)
{
    private const string Account = "5270997481";
    private const string Invisible = "Siti\\u202EAminah";

    [Theory]
    [InlineData(200, """{"inquiryId":"{id}","status":"success"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"success","accountHolder":""}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"success","accountHolder":"{long}"}""")]
    [InlineData(200, $$"""{"inquiryId":"{id}","status":"success","accountHolder":"{{Invisible}}"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"SUCCESS","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"1","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"gone"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"closed","status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"inquiryId":"00000000000000000000000000000000","status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"inquiryId":"{id}","disbursementId":"{id}","status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(200, """{"inquiryId":"{id}","status":"success","accountHold""")]
    [InlineData(200, "<html>OK</html>")]
    [InlineData(500, """{"inquiryId":"{id}","status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(302, """{"inquiryId":"{id}","status":"success","accountHolder":"Siti Aminah"}""")]
    [InlineData(422, """{"inquiryId":"{id}","status":"closed"}""")]
    public async Task what_is_not_said_clearly_is_pending_and_asked_again(int status, string body)
    {
        await using var partner = await installation.Partner();
        string Said(string id) => body.Replace("{id}", id).Replace("{long}", new string('x', 101));
        partner.Inquired = (http, question) => Say(http, status, Said(question["inquiryId"]!.GetValue<string>()));
        partner.InquiredAgain = (http, id) => Say(http, status, Said(id));
        var w = await installation.Workspace();
        var asked = await Ask(w);
        Assert.Equal("pending", asked.Text("status"));
        Assert.Null(asked.Json["accountHolder"]);
        await AskedAgain(w, asked, staysPending: true);
        Assert.Equal("pending", (await Get(w, asked)).Text("status"));
        partner.InquiredAgain = (http, id) => Say(http, 200, Holder(id, "success", "Siti Aminah"));
        await AskedAgain(w, asked);
        Assert.Equal("Siti Aminah", (await Get(w, asked)).Text("accountHolder"));
        Assert.Equal((1, 0), (await w.Facts("account_inquiry.completed"), partner.Unsigned));
        await w.BooksAreRight();
    }

    [Theory]
    [InlineData("invalid_account_number")]
    [InlineData("closed")]
    [InlineData("black_listed")]
    [InlineData("suspected_account")]
    [InlineData("failed")]
    public async Task each_status_of_the_contract_is_the_products_and_names_nobody_whom_the_bank_has_not_named(string status)
    {
        await using var partner = await installation.Partner();
        partner.Inquired = (http, question) => Say(http, 200, Holder(question["inquiryId"]!.GetValue<string>(), status));
        var asked = await Ask(await installation.Workspace());
        Assert.Equal((status, null), (asked.Text("status"), asked.Json["accountHolder"]));
    }

    [Fact]
    public async Task a_question_that_got_lost_is_put_again_under_the_same_id()
    {
        await using var partner = await installation.Partner();
        partner.Inquired = (http, _) => { http.Abort(); return Task.CompletedTask; };
        partner.InquiredAgain = (http, _) => Say(http, 404, "");
        var w = await installation.Workspace();
        var asked = await Ask(w);
        Assert.Equal("pending", asked.Text("status"));
        partner.Inquired = (http, question) => Say(http, 200, Holder(question["inquiryId"]!.GetValue<string>(), "success", "Siti Aminah"));
        await AskedAgain(w, asked);
        Assert.Equal("success", (await Get(w, asked)).Text("status"));
        Assert.True(InquiryId.TryParse(asked.Text("id"), out var id));
        Assert.True(partner.Inquiries.Count >= 2);
        Assert.All(partner.Inquiries, sent => Assert.Equal(id.Value.ToString("N"), sent));
    }

    [Fact]
    public async Task the_first_word_of_the_rail_that_was_asked_stands_and_nobody_elses_counts()
    {
        await using var other = await installation.Partner();
        await using var partner = await installation.Partner();
        var w = await installation.Workspace();
        var asked = await Ask(w);
        Assert.True(InquiryId.TryParse(asked.Text("id"), out var inquiry));
        var id = inquiry.Value.ToString("N");
        var said = Holder(id, "success", "Siti Aminah");
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(said, WebhookSignature.NewSecret()));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(said, partner.Secrets[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(said, age: TimeSpan.FromMinutes(6)));
        Assert.Equal(HttpStatusCode.NotFound, await other.CallBack(said));
        Assert.Equal(HttpStatusCode.NotFound, await partner.CallBack(Holder(Guid.CreateVersion7().ToString("N"), "success", "Eve")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await partner.CallBack(Holder(id, "success")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await partner.CallBack(Holder("x", "success", "Siti Aminah")));
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Holder(id, "pending")));
        Assert.Equal("pending", (await Get(w, asked)).Text("status"));
        foreach (var news in new[] { said, said, Holder(id, "closed"), Holder(id, "success", "Eve"), Holder(id, "pending") })
            Assert.Equal(HttpStatusCode.OK, await partner.CallBack(news));
        Assert.Equal("Siti Aminah", (await Get(w, asked)).Text("accountHolder"));
        Assert.Equal(1, await w.Facts("account_inquiry.completed"));
        // From now on it is known, and nobody is asked.
        var sent = partner.Inquiries.Count;
        Assert.Equal("success", (await Ask(w)).Text("status"));
        Assert.Equal(sent, partner.Inquiries.Count);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_bank_that_never_tells_has_failed_after_three_days_and_is_left_alone()
    {
        await using var partner = await installation.Partner();
        var w = await installation.Workspace();
        var asked = await Ask(w);
        await installation.Product.Execute(
            "update bursar.account_inquiries set created_at = created_at - interval '3 days' where workspace_id = $1", w.Book.Workspace.Value);
        await AskedAgain(w, asked);
        Assert.Equal("failed", (await Get(w, asked)).Text("status"));
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        Assert.Null(await connection.ExecuteScalarAsync<DateTime?>(
            "select next_ask from bursar.account_inquiries where workspace_id = @w", new { w = w.Book.Workspace.Value }));
    }

    [Fact]
    public async Task a_suspended_rail_is_asked_nothing()
    {
        await using var partner = await installation.Partner();
        var rail = partner.CallbackUrl!.Segments[^1];
        (await installation.Desk.Post($"/operator/rails/{rail}/suspension")).Is(HttpStatusCode.Redirect);
        await Task.Delay(1_000);
        var w = await installation.Workspace();
        var asked = await Ask(w);
        Assert.Equal("pending", asked.Text("status"));
        Assert.Empty(partner.Inquiries);
        partner.InquiredAgain = (http, _) => Say(http, 404, "");
        partner.Inquired = (http, question) => Say(http, 200, Holder(question["inquiryId"]!.GetValue<string>(), "success", "Siti Aminah"));
        (await installation.Desk.Post($"/operator/rails/{rail}/resumption")).Is(HttpStatusCode.Redirect);
        await AskedAgain(w, asked);
        Assert.Equal("success", (await Get(w, asked)).Text("status"));
    }

    [Fact]
    public async Task whoever_keeps_an_account_in_live_mode_hears_the_partners_word()
    {
        await using var partner = await installation.Partner("live", "money_transfer", "agent_spend");
        partner.Inquired = (http, question) => Say(http, 200, question["accountNumber"]!.GetValue<string>() == "111100005"
            ? Holder(question["inquiryId"]!.GetValue<string>(), "closed")
            : Holder(question["inquiryId"]!.GetValue<string>(), "success", "Siti Aminah"));
        var w = await installation.Workspace();
        var pages = await w.AdminPages();
        const string review = "/live/transfers/new/review?bankCode=bca&amount=50000&accountNumber=";
        Assert.Contains("Siti Aminah", (await pages.Get(review + Account)).Is(HttpStatusCode.OK).Body);
        Assert.Contains("does not know this account", (await pages.Get(review + "111100005")).Is(HttpStatusCode.OK).Body);
        var sent = await pages.Submit(await pages.Get("/live/transfers/new"), ("bankCode", "bca"), ("accountNumber", Account),
            ("amount", "50.000"), ("remark", ""), ("recipientEmails", ""));
        Assert.Contains("/transfers/new/review", sent.Is(HttpStatusCode.Redirect).Headers["Location"]);

        var payee = (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = Account })).Is(HttpStatusCode.Created);
        Assert.Equal(("Siti Aminah", "Siti Aminah"), (payee.Text("name"), payee.Text("accountHolder")));
        (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = "111100005", name = "Eve" })).Refuses("beneficiary_invalid");

        var handle = (await w.Api.Post("/v1/handles", Managed("5270990001"))).Is(HttpStatusCode.Created);
        Assert.Equal("Siti Aminah", handle.Json["managed"]!["accountHolder"]!.GetValue<string>());
        (await w.Api.Post("/v1/handles", Managed("111100005"))).Refuses("beneficiary_invalid");

        var admin = await w.AdminSession("live");
        await admin.StepUp();
        var kept = (await admin.Patch("/v1/workspace", new { settlementAccount = new { bankCode = "bca", accountNumber = Account } }))
            .Is(HttpStatusCode.OK);
        Assert.Equal("Siti Aminah", kept.Json["settlementAccount"]!["holderName"]!.GetValue<string>());
        (await admin.Patch("/v1/workspace", new { settlementAccount = new { bankCode = "bca", accountNumber = "111100005" } }))
            .Refuses("validation_failed");
        Assert.Equal(0, partner.Unsigned);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_live_batch_names_its_payees_and_a_partner_that_hangs_holds_up_nothing()
    {
        await using var partner = await installation.Partner();
        partner.Inquired = (http, question) => Say(http, 200, question["accountNumber"]!.GetValue<string>().EndsWith('9')
            ? Holder(question["inquiryId"]!.GetValue<string>(), "invalid_account_number")
            : Holder(question["inquiryId"]!.GetValue<string>(), "success", "Siti Aminah"));
        var w = await installation.Workspace();
        var named = await w.Api.Uploaded(Rows(8));
        var rows = (await w.Api.Get($"{Given.Batches.Path}/{await Checked(w, named)}/rows?limit=10")).Json["data"]!.AsArray();
        Assert.All(rows, r => Assert.Equal("Siti Aminah", r!["recipientName"]!.GetValue<string>()));

        var hung = new TaskCompletionSource();
        partner.Inquired = (_, _) => hung.Task;
        await Checked(w, await w.Api.Uploaded(Rows(40)));
        hung.SetResult();
        // One step asked as many as it may; the rest was not kept waiting by it.
        Assert.InRange(partner.Inquiries.Count, 8 + 1, 8 + 16);
    }

    [Fact]
    public async Task where_nobody_can_be_asked_people_are_told_and_nothing_is_kept_that_needs_a_name()
    {
        var (rail, _) = await installation.Desk.SetUp("manual", "asksnobody", "live");
        await installation.Desk.Route("live", "money_transfer", rail);
        await installation.Desk.Route("live", "agent_spend", rail);
        var w = await installation.Workspace();
        var pages = await w.AdminPages();
        var review = await pages.Get($"/live/transfers/new/review?bankCode=bca&amount=50000&accountNumber={Account}");
        Assert.Contains("Nobody can ask the bank", review.Is(HttpStatusCode.OK).Body);
        (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = Account })).Refuses("validation_failed");
        (await w.Api.Post("/v1/beneficiaries", new { bankCode = "bca", accountNumber = Account, name = "Siti" })).Is(HttpStatusCode.Created);
        (await w.Api.Post("/v1/handles", Managed(Account))).Refuses("rail_missing");
        var admin = await w.AdminSession("live");
        await admin.StepUp();
        (await admin.Patch("/v1/workspace", new { settlementAccount = new { bankCode = "bca", accountNumber = Account } }))
            .Refuses("rail_missing");
        Assert.Equal(0, await w.Rows("account_inquiries"));
    }

    [Fact]
    public async Task a_name_that_is_remembered_opens_no_handle_that_nothing_would_pay()
    {
        await using var partner = await installation.Partner();
        partner.Inquired = (http, question) => Say(http, 200, Holder(question["inquiryId"]!.GetValue<string>(), "success", "Siti Aminah"));
        var (rail, _) = await installation.Desk.SetUp("manual", "agentsbyhand", "live");
        await installation.Desk.Route("live", "agent_spend", rail);
        var w = await installation.Workspace();
        Assert.Equal("success", (await Ask(w)).Text("status"));
        (await w.Api.Post("/v1/handles", Managed(Account))).Refuses("rail_missing");
    }

    private static object Managed(string accountNumber) =>
        new { name = "Card top-up", type = "managed", managed = new { bankCode = "bca", accountNumber } };

    private static string Rows(int count) => "amount,bankCode,accountNumber,remark,reference,recipientEmails\n"
        + string.Concat(Enumerable.Range(0, count).Select(i => $"{10_000 + i},bca,77{count:D3}{i:D4}1,,,\n"));

    /// <summary>The batch once its check has ended.</summary>
    private static async Task<string> Checked(Workspace w, string id)
    {
        for (var i = 0; i < 400; i++)
        {
            if ((await w.Api.Get($"{Given.Batches.Path}/{id}")).Text("state") != "checking") return id;
            await Task.Delay(100);
        }
        Assert.Fail("its check has not ended after 40 s");
        return id;
    }

    private static Task<Answer> Get(Workspace w, Answer asked) => w.Api.Get($"/v1/account-inquiries/{asked.Text("id")}");

    private static async Task<Answer> Ask(Workspace w) =>
        (await w.Api.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber = Account })).Is(HttpStatusCode.Created);

    /// <summary>Lets time pass until the bank was asked twice more, or has answered.</summary>
    private async Task AskedAgain(Workspace w, Answer asked, bool staysPending = false)
    {
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        var start = await Asks();
        for (var i = 0; i < 200; i++)
        {
            if (!staysPending && (await Get(w, asked)).Text("status") != "pending") return;
            if (staysPending && await Asks() >= start + 2) return;
            await installation.Product.Execute("update bursar.account_inquiries set next_ask = now() where workspace_id = $1 and next_ask > now()",
                w.Book.Workspace.Value);
            await Task.Delay(100);
        }
        Assert.Fail($"it was not asked again within 20 s: {(await Get(w, asked)).Body}");

        Task<int> Asks() => connection.ExecuteScalarAsync<int>(
            "select asks from bursar.account_inquiries where workspace_id = @w", new { w = w.Book.Workspace.Value });
    }
}

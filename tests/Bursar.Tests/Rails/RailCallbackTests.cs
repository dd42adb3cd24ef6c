using System.Net;
using Bursar.Core.Signing;
using Bursar.Tests.Given;
using Dapper;
using Xunit;
using static Bursar.Tests.Rails.PartnerServer;

namespace Bursar.Tests.Rails;

/// <summary>What a partner tells by itself: signed, durable when acknowledged, the same end in whatever order it comes.</summary>
[Collection(RailInstallation.Name)]
public sealed class RailCallbackTests(RailInstallation installation)
{
    private Product Product => installation.Product;

    [Fact]
    public async Task every_order_of_a_transfers_news_ends_the_same()
    {
        await using var partner = await Partner();
        var w = await installation.Workspace(deposit: 100_000_000);
        string[] news = ["accepted", "succeeded", "succeeded", "returned", "accepted", "returned"];
        foreach (var order in Orders(news.Length).Where((_, i) => i % (720 / LongRuns.Count(24, 720)) == 0))
        {
            var id = await Taken(w);
            foreach (var n in order)
                Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Answer(OperatorDesk.Reference(id), news[n])));
            Assert.Equal("reversed", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        }
        Assert.Equal(await w.Facts("transfer.reversed"), await w.Facts("transfer.succeeded"));
        Assert.Equal(0, await w.Facts("disbursement.contradicted"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_contradicts_an_earlier_word_moves_nothing_and_is_shown_until_somebody_explains_it()
    {
        await using var partner = await Partner();
        var w = await installation.Workspace();
        var (paid, failed) = (await Taken(w), await Taken(w));
        await partner.CallBack(Answer(OperatorDesk.Reference(paid), "succeeded"));
        await partner.CallBack(Answer(OperatorDesk.Reference(failed), "refused", "INACTIVE_ACCOUNT"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Answer(OperatorDesk.Reference(paid), "refused", "SOMETHING")));
            Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Answer(OperatorDesk.Reference(failed), "succeeded")));
        }
        Assert.Equal("succeeded", (await w.Api.Get($"/v1/transfers/{paid}")).Text("state"));
        Assert.Equal("failed", (await w.Api.Get($"/v1/transfers/{failed}")).Text("state"));
        Assert.Equal(2, await w.Facts("disbursement.contradicted"));
        var page = (await installation.Desk.Browser.Get("/operator/payouts?show=contradictions")).Body;
        Assert.Contains("Then the rail said: refused REFUSED", page);
        (await installation.Desk.Post("/operator/payouts/explanation", ("payout", OperatorDesk.Reference(paid)), ("note", "Their mistake.")))
            .Is(HttpStatusCode.Redirect);
        page = (await installation.Desk.Browser.Get("/operator/payouts?show=contradictions")).Body;
        Assert.DoesNotContain(OperatorDesk.Reference(paid), page);
        Assert.Contains(OperatorDesk.Reference(failed), page);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_not_signed_by_the_partner_now_leaves_a_count_and_nothing_else()
    {
        await using var partner = await Partner();
        var w = await installation.Workspace();
        var id = await Taken(w);
        var body = Answer(OperatorDesk.Reference(id), "succeeded");
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(body, WebhookSignature.NewSecret()));
        // What Bursar signed itself is not the partner's word.
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(body, partner.Secrets[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(body, age: TimeSpan.FromMinutes(6)));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(body, age: -TimeSpan.FromMinutes(6)));
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(body, age: TimeSpan.FromMinutes(4)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await partner.CallBack("{\"status\":\"succeeded\"}"));
        var url = partner.CallbackUrl!;
        partner.CallbackUrl = new Uri(Product.Address, "/callbacks/rails/http-nobody");
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(body));
        await using var connection = await Product.Owner.OpenConnectionAsync();
        Assert.Equal(4, await connection.ExecuteScalarAsync<long>("select refused_callbacks from bursar.rails where name = @rail",
            new { rail = url.Segments[^1] }));
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from bursar.parked_callbacks"));
    }

    [Fact]
    public async Task news_of_an_order_that_nobody_knows_is_kept_and_applied_when_it_appears()
    {
        await using var partner = await Partner();
        var w = await installation.Workspace();
        var id = await Taken(w);
        await using var connection = await Product.Owner.OpenConnectionAsync();
        var order = new { id = Guid.ParseExact(OperatorDesk.Reference(id), "N") };
        await connection.ExecuteAsync("create temporary table kept as select * from bursar.rail_orders where disbursement_id = @id", order);
        await connection.ExecuteAsync("delete from bursar.rail_orders where disbursement_id = @id", order);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Answer(OperatorDesk.Reference(id), "succeeded")));
        Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        await connection.ExecuteAsync("insert into bursar.rail_orders select * from kept");
        await w.Reaches(id, "succeeded");
        for (var i = 0; i < 50 && await connection.ExecuteScalarAsync<long>("select count(*) from bursar.parked_callbacks") > 0; i++)
            await Task.Delay(100);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from bursar.parked_callbacks"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task another_rail_knows_nothing_of_this_ones_orders()
    {
        await using var other = await Partner();
        await using var partner = await Partner();
        var w = await installation.Workspace();
        var id = await Taken(w);
        // Signed, and so kept for an order of its own that may yet appear; this one is not.
        Assert.Equal(HttpStatusCode.OK, await other.CallBack(Answer(OperatorDesk.Reference(id), "refused", "INACTIVE_ACCOUNT")));
        await using var connection = await Product.Owner.OpenConnectionAsync();
        Assert.Equal(1, await connection.ExecuteAsync("delete from bursar.parked_callbacks where disbursement_id = @id",
            new { id = Guid.ParseExact(OperatorDesk.Reference(id), "N") }));
        Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Answer(OperatorDesk.Reference(id), "succeeded")));
        Assert.Equal("succeeded", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        Assert.Equal(0, await w.Facts("disbursement.contradicted"));
    }

    [Fact]
    public async Task a_suspended_rail_gets_nothing_new_is_still_asked_and_drops_nothing()
    {
        await using var partner = await Partner();
        var w = await installation.Workspace();
        var before = await Taken(w);
        var rail = partner.CallbackUrl!.Segments[^1];
        (await installation.Desk.Post($"/operator/rails/{rail}/suspension")).Is(HttpStatusCode.Redirect);
        await Task.Delay(1_000);
        partner.Asked = (http, id) => Say(http, 200, Answer(id, "succeeded"));
        var after = (await w.Transfer(50_000)).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(before, "succeeded");
        await Task.Delay(600);
        Assert.Equal("approved", (await w.Api.Get($"/v1/transfers/{after}")).Text("state"));
        Assert.Single(partner.Submissions);
        (await installation.Desk.Post($"/operator/rails/{rail}/resumption")).Is(HttpStatusCode.Redirect);
        await w.Reaches(after, "succeeded");
        Assert.Equal((2, 0), (partner.Submissions.Count, partner.Unsigned));
    }

    [Theory]
    [InlineData(200, "{\"disbursementId\":\"{id}\",\"status\":\"done\"}")]
    [InlineData(200, "{\"disbursementId\":\"00000000000000000000000000000000\",\"status\":\"refused\"}")]
    [InlineData(200, "{\"disbursementId\":\"{id}\",\"status\":\"refused\",\"status\":\"succeeded\"}")]
    [InlineData(200, "<html>OK</html>")]
    [InlineData(500, "{\"disbursementId\":\"{id}\",\"status\":\"refused\"}")]
    [InlineData(404, "{\"disbursementId\":\"{id}\",\"status\":\"succeeded\"}")]
    [InlineData(302, "{\"disbursementId\":\"{id}\",\"status\":\"succeeded\"}")]
    [InlineData(404, "not found")]
    public async Task an_unclear_answer_is_unknown_and_only_not_found_in_words_proves_that_nothing_was_paid(int status, string body)
    {
        await using var partner = await Partner();
        partner.Submitted = (http, order) => Say(http, status, body.Replace("{id}", order["disbursementId"]!.GetValue<string>()));
        partner.Asked = (http, id) => Say(http, status, body.Replace("{id}", id));
        var w = await installation.Workspace();
        var sent = (await w.Transfer(50_000)).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(sent, "unknown");
        await Task.Delay(1_500);
        Assert.Equal("unknown", (await w.Api.Get($"/v1/transfers/{sent}")).Text("state"));
        partner.Asked = (http, id) => Say(http, 404, Answer(id, "not_found"));
        await Product.Execute("update bursar.outbox set due = now() where workspace_id = $1", w.Book.Workspace.Value);
        await w.Reaches(sent, "failed");
        Assert.Equal("NOT_RECEIVED", (await w.Api.Get($"/v1/transfers/{sent}")).Text("failureReason"));
        // Asked about again and again, and sent once.
        Assert.Equal(1, partner.Submissions[OperatorDesk.Reference(sent)]);
        await w.BooksAreRight();
    }

    private Task<PartnerServer> Partner() => installation.Partner();

    /// <summary>A transfer that the partner has taken.</summary>
    private static async Task<string> Taken(Workspace w)
    {
        var id = (await w.Transfer(50_000)).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(id, "executing");
        return id;
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0 ? [[]]
        : Orders(count - 1).SelectMany(o => Enumerable.Range(0, count).Select(at => (int[])[.. o[..at], count - 1, .. o[at..]]));
}

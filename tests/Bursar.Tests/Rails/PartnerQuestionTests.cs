using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>A partner asks about an order abroad and fetches the answer; an operator does so for a rail that has no partner.</summary>
[Collection(RailInstallation.Name)]
public sealed class PartnerQuestionTests(RailInstallation installation)
{
    private OperatorDesk Desk => installation.Desk;
    private Product Product => installation.Product;

    [Fact]
    public async Task a_partner_asks_is_answered_fetches_the_answer_with_its_files_and_pays()
    {
        await using var partner = await installation.Partner("live", "international_transfer");
        var w = await Open();
        var id = (await w.SendAbroad()).Text("id");
        var reference = RailInstallation.AbroadReference(id);
        await w.ReachesAbroad(id, "executing");
        // Told again and again, it is one question; without words, with too many, or after the end it is none.
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Asks(reference, "Who is the student?")));
        foreach (var empty in new[] { "", new string('x', 1001), "a\nb" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await partner.CallBack(Asks(reference, empty)));
        var asked = Assert.Single(await Questions(w, id));
        var file = await w.Attachment();
        (await w.Api.Post($"/v1/information-requests/{asked!["id"]}/answer",
            new { answer = "My daughter\nin Singapore", attachmentIds = new[] { file } })).Is(HttpStatusCode.OK);

        var told = JsonNode.Parse(await Fetch(partner, $"/disbursements/{reference}/information", reference))!;
        var question = Assert.Single(told["questions"]!.AsArray())!;
        Assert.Equal(("Who is the student?", "answered", "My daughter\nin Singapore"), (question["text"]!.GetValue<string>(),
            question["state"]!.GetValue<string>(), question["answer"]!.GetValue<string>()));
        Assert.Equal(file, question["files"]![0]!["id"]!.GetValue<string>());
        Assert.Contains("Invoice 2291", await Fetch(partner, $"/disbursements/{reference}/files/{file}", reference));

        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(PartnerServer.Answer(reference, "succeeded")));
        await w.ReachesAbroad(id, "succeeded");
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Asks(reference, "And the school?")));
        Assert.Equal("closed", Assert.Single(await Questions(w, id))!["state"]!.GetValue<string>());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task nobody_but_the_orders_own_partner_fetches_anything()
    {
        await using var partner = await installation.Partner("live", "international_transfer");
        var w = await Open();
        var (id, other) = ((await w.SendAbroad()).Text("id"), (await w.SendAbroad()).Text("id"));
        await w.ReachesAbroad(id, "executing");
        await w.ReachesAbroad(other, "executing");
        var (reference, next) = (RailInstallation.AbroadReference(id), RailInstallation.AbroadReference(other));
        var path = $"/disbursements/{reference}/information";
        Assert.Equal(HttpStatusCode.OK, await Status(partner, path, reference));
        // Signed for another order, by another secret, long ago; an order of another rail; one that never was; a file of somebody else.
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(partner, path, next));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(partner, path, reference, secret: partner.Secrets[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(partner, path, reference, age: TimeSpan.FromMinutes(10)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new Client(Product.Address, null).Get(partner.CallbackUrl!.AbsolutePath + path)).Status);
        await using var stranger = await installation.Partner("live", "international_transfer");
        Assert.Equal(HttpStatusCode.NotFound, await Status(stranger, path, reference));
        var never = Guid.CreateVersion7().ToString("N");
        Assert.Equal(HttpStatusCode.NotFound, await Status(partner, $"/disbursements/{never}/information", never));
        var loose = await w.Attachment();
        Assert.Equal(HttpStatusCode.NotFound, await Status(partner, $"/disbursements/{reference}/files/{loose}", reference));
    }

    [Fact]
    public async Task the_operator_asks_reads_the_answer_and_says_when_it_is_enough()
    {
        var (rail, _) = await Desk.SetUp("manual", $"a{Guid.CreateVersion7():N}"[^12..].Insert(0, "q"), "live");
        await Desk.Route("live", "international_transfer", rail);
        var w = await Open();
        var id = (await w.SendAbroad()).Text("id");
        await w.ReachesAbroad(id, "executing");
        Assert.Contains(id, (await Desk.Browser.Get("/operator/international")).Is(HttpStatusCode.OK).Body);
        (string, string)[] order = [("workspace", w.Book.Workspace.ToString()), ("mode", "live"), ("transfer", id)];
        foreach (var (text, days) in new[] { ("", "3"), ("Why?", "0"), ("Why?", "31"), ("Why?", "x") })
            (await Desk.Post("/operator/international/questions", [.. order, ("question", text), ("days", days)]))
                .Is(HttpStatusCode.UnprocessableEntity);
        (await Desk.Post("/operator/international/questions", [.. order, ("question", "Why?"), ("days", "3")])).Is(HttpStatusCode.Redirect);
        (await Desk.Post("/operator/international/questions", [.. order, ("question", "Why?"), ("days", "3")])).Is(HttpStatusCode.Conflict);
        var asked = Assert.Single(await Questions(w, id))!;
        Assert.Equal(("open", "operator"), (asked["state"]!.GetValue<string>(), asked["askedBy"]!.GetValue<string>()));
        var file = await w.Attachment();
        (await w.Api.Post($"/v1/information-requests/{asked["id"]}/answer", new { answer = "School fees", attachmentIds = new[] { file } }))
            .Is(HttpStatusCode.OK);
        var page = (await Desk.Browser.Get($"/operator/international/{w.Book.Workspace}/live/{id}")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("School fees", page);
        (await Desk.Browser.Get($"/operator/international/file?workspace={w.Book.Workspace}&mode=live&id={id}&file={file}"))
            .Is(HttpStatusCode.OK);
        var loose = await w.Attachment();
        (await Desk.Browser.Get($"/operator/international/file?workspace={w.Book.Workspace}&mode=live&id={id}&file={loose}"))
            .Is(HttpStatusCode.NotFound);
        (string, string)[] end = [.. order, ("question", asked["id"]!.GetValue<string>())];
        (await Desk.Post("/operator/international/questions/end", end)).Is(HttpStatusCode.Redirect);
        (await Desk.Post("/operator/international/questions/end", end)).Is(HttpStatusCode.Conflict);
        Assert.Equal("closed", Assert.Single(await Questions(w, id))!["state"]!.GetValue<string>());

        // The reasons of a transfer abroad are its own seventeen.
        (await Tell(id, w, "INACTIVE_ACCOUNT")).Is(HttpStatusCode.UnprocessableEntity);
        (await Tell(id, w, "COMPLIANCE_REASON")).Is(HttpStatusCode.Redirect);
        Assert.Equal("COMPLIANCE_REASON", (await w.ReachesAbroad(id, "failed")).Text("failureReason"));
        (await Desk.Post("/operator/international/questions", [.. order, ("question", "Still?"), ("days", "3")])).Is(HttpStatusCode.Conflict);
        (await (await w.AdminPages()).Get($"/operator/international/{w.Book.Workspace}/live/{id}")).Is(HttpStatusCode.NotFound);
        await w.BooksAreRight();
    }

    private Task<Answer> Tell(string id, Workspace w, string reason) => Desk.Post("/operator/payouts/outcome",
        ("payout", RailInstallation.AbroadReference(id)), ("workspace", w.Book.Workspace.ToString()), ("mode", "live"), ("outcome", "failed"),
        ("reason", reason), ("note", "Told by the partner"));

    private async Task<Workspace> Open()
    {
        (await Desk.Serve("SGP")).Is(HttpStatusCode.Redirect);
        (await Desk.SetRate("SGD", "12.826,75")).Is(HttpStatusCode.Redirect);
        return await installation.Workspace(deposit: 500_000_000);
    }

    private static async Task<JsonArray> Questions(Workspace w, string transfer) =>
        (await w.Api.Get($"/v1/information-requests?transferId={transfer}")).Json["data"]!.AsArray();

    private static string Asks(string reference, string question) => new JsonObject
    {
        ["disbursementId"] = reference, ["status"] = "information_requested", ["question"] = question,
    }.ToJsonString();

    private static async Task<string> Fetch(PartnerServer partner, string path, string message)
    {
        using var answer = await Call(partner, path, message, partner.Secrets[1], default);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> Status(
        PartnerServer partner, string path, string message, string? secret = null, TimeSpan age = default)
    {
        using var answer = await Call(partner, path, message, secret ?? partner.Secrets[1], age);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> Call(PartnerServer partner, string path, string message, string secret, TimeSpan age)
    {
        using var http = new HttpClient();
        var timestamp = (DateTimeOffset.UtcNow - age).ToUnixTimeSeconds();
        using var call = new HttpRequestMessage(HttpMethod.Get, partner.CallbackUrl + path);
        call.Headers.Add("webhook-id", message);
        call.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        call.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, message, timestamp, []));
        return await http.SendAsync(call);
    }
}

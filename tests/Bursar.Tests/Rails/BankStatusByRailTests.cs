using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;
using Bursar.Tests.Given;
using Dapper;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>Partners tell how banks are in live mode; the operator's word counts above theirs until it is lifted (decision 55).</summary>
[Collection(RailInstallation.Name)]
public sealed class BankStatusByRailTests(RailInstallation installation)
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddMinutes(-10);

    [Fact]
    public async Task a_rail_closes_a_bank_and_opens_it_again_and_what_waited_goes_out()
    {
        await using var partner = await installation.Partner();
        partner.Submitted = (http, order) =>
            PartnerServer.Say(http, 200, PartnerServer.Answer(order["disbursementId"]!.GetValue<string>(), "succeeded"));
        var w = await installation.Workspace();
        (await w.Api.Post("/v1/webhook-endpoints", new { url = "https://93.184.216.34/hook", product = "bank_status" })).Is(HttpStatusCode.Created);
        var rail = partner.CallbackUrl!.Segments[^1];
        (await installation.Desk.Post($"/operator/rails/{rail}/suspension")).Is(HttpStatusCode.Redirect);
        await Task.Delay(1_000);
        var waiting = (await Transfer(w, "mega")).Is(HttpStatusCode.Created).Text("id");
        Assert.Equal(HttpStatusCode.OK, await Says(partner, "mega", "heavily_disturbed", 1, "Core system down"));
        (await installation.Desk.Post($"/operator/rails/{rail}/resumption")).Is(HttpStatusCode.Redirect);
        await Tried(w);
        var closed = await Bank(w, "mega");
        Assert.Equal(("heavily_disturbed", "Core system down", rail), (closed["status"]!.GetValue<string>(),
            closed["statusMessage"]!.GetValue<string>(), closed["statusSource"]!.GetValue<string>()));
        (await Transfer(w, "mega")).Refuses("bank_disturbed");
        Assert.Empty(partner.Submissions);
        var page = (await (await w.AdminPages()).Get("/live/transfers/banks?search=mega")).Is(HttpStatusCode.OK).Body;
        Assert.Contains(rail, page);
        Assert.Contains($"Rail {rail}", (await installation.Desk.Browser.Get("/operator/banks")).Body);
        await Told(w, "heavily_disturbed");

        Assert.Equal(HttpStatusCode.OK, await Says(partner, "mega", "operational", 2));
        await w.Reaches(waiting, "succeeded");
        await Told(w, "operational");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_two_words_the_later_one_counts_in_whatever_order_they_come()
    {
        await using var partner = await installation.Partner();
        var w = await installation.Workspace();
        Assert.Equal(HttpStatusCode.OK, await Says(partner, "panin", "heavily_disturbed", 5));
        foreach (var (status, minute) in new[] { ("operational", 3), ("operational", 5), ("disturbed", 4) })
            Assert.Equal(HttpStatusCode.OK, await Says(partner, "panin", status, minute));
        Assert.Equal("heavily_disturbed", (await Bank(w, "panin"))["status"]!.GetValue<string>());
        Assert.Equal(1, await Changes("panin"));
        await Says(partner, "panin", "operational", 6);
        await Says(partner, "panin", "operational", 7);
        Assert.Equal(("operational", 2L), ((await Bank(w, "panin"))["status"]!.GetValue<string>(), await Changes("panin")));
    }

    [Fact]
    public async Task a_rail_that_changes_its_mind_all_the_time_is_heard_sixty_times_an_hour()
    {
        await using var partner = await installation.Partner();
        for (var i = 0; i < 60; i++)
            Assert.Equal(HttpStatusCode.OK, await Says(partner, "sinarmas", i % 2 == 0 ? "disturbed" : "operational", i / 10.0));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Says(partner, "sinarmas", "disturbed", 6));
        Assert.Equal(60, await Changes("sinarmas"));
        Assert.Equal(HttpStatusCode.OK, await Says(partner, "sinarmas_syr", "disturbed", 1));
        // Another rail and the operator are heard all the same.
        await using var other = await installation.Partner("live", "agent_spend");
        Assert.Equal(HttpStatusCode.OK, await Says(other, "sinarmas", "operational", 6));
        (await Desk("sinarmas", "heavily_disturbed")).Is(HttpStatusCode.Redirect);
        Assert.Equal(61, await Changes("sinarmas"));
    }

    [Fact]
    public async Task the_operators_word_counts_until_it_is_lifted()
    {
        await using var partner = await installation.Partner();
        var w = await installation.Workspace();
        await Says(partner, "bukopin", "disturbed", 1);
        (await Desk("bukopin", "heavily_disturbed")).Is(HttpStatusCode.Redirect);
        await Says(partner, "bukopin", "operational", 2);
        var pinned = await Bank(w, "bukopin");
        Assert.Equal(("heavily_disturbed", "operator"), (pinned["status"]!.GetValue<string>(), pinned["statusSource"]!.GetValue<string>()));
        (await Transfer(w, "bukopin")).Refuses("bank_disturbed");
        Assert.Contains("Does not count now", (await installation.Desk.Browser.Get("/operator/banks")).Body);
        // To say that it is well is a word, too.
        (await Desk("bukopin", "operational")).Is(HttpStatusCode.Redirect);
        await Says(partner, "bukopin", "heavily_disturbed", 3, "Down");
        Assert.Equal("operational", (await Bank(w, "bukopin"))["status"]!.GetValue<string>());
        (await installation.Desk.Post("/operator/banks/lift", ("bankCode", "bukopin"))).Is(HttpStatusCode.Redirect);
        var lifted = await Bank(w, "bukopin");
        Assert.Equal(("heavily_disturbed", "Down"), (lifted["status"]!.GetValue<string>(), lifted["statusMessage"]!.GetValue<string>()));
        await Says(partner, "bukopin", "operational", 4);
        Assert.Equal("operational", (await Bank(w, "bukopin"))["status"]!.GetValue<string>());
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        Assert.Equal(["operator", "rail"], (await connection.QueryAsync<string>("""
            select distinct case when person_id is null then 'rail' else 'operator' end from bursar.bank_status_changes where bank_code = 'bukopin'
            """)).Order());
    }

    [Fact]
    public async Task only_rails_that_carry_live_payments_count_and_of_two_the_worse_word()
    {
        await using var idle = await installation.Partner();
        await using var first = await installation.Partner();
        await using var second = await installation.Partner("live", "agent_spend");
        await using var test = await installation.Partner("test");
        var w = await installation.Workspace();
        Assert.Equal(HttpStatusCode.OK, await Says(idle, "maspion", "heavily_disturbed", 1));
        Assert.Equal(HttpStatusCode.Forbidden, await Says(test, "maspion", "heavily_disturbed", 1));
        Assert.Equal("operational", (await Bank(w, "maspion"))["status"]!.GetValue<string>());
        await Says(first, "maspion", "disturbed", 1);
        await Says(second, "maspion", "operational", 2);
        Assert.Equal("disturbed", (await Bank(w, "maspion"))["status"]!.GetValue<string>());
        // A test book's bank is its own.
        Assert.Equal("operational", (await Bank(await installation.Workspace(Core.Access.Mode.Test), "maspion"))["status"]!.GetValue<string>());
        await installation.Desk.Route("live", "money_transfer", idle.CallbackUrl!.Segments[^1]);
        Assert.Equal("heavily_disturbed", (await Bank(w, "maspion"))["status"]!.GetValue<string>());
        await installation.Desk.Route("live", "money_transfer", second.CallbackUrl!.Segments[^1]);
        Assert.Equal("operational", (await Bank(w, "maspion"))["status"]!.GetValue<string>());
        await installation.Desk.Route("test", "money_transfer", "");
    }

    [Fact]
    public async Task what_is_not_said_exactly_changes_no_bank()
    {
        await using var partner = await installation.Partner();
        var w = await installation.Workspace();
        string Body(string status = "\"heavily_disturbed\"", string bank = "ganesha", string at = "2026-01-01T00:00:00Z", string more = "") =>
            $$"""{"kind":"bank_status","bankCode":"{{bank}}","status":{{status}},"changedAt":"{{at}}"{{more}}}""";
        var tomorrow = DateTimeOffset.UtcNow.AddDays(1).ToString("O", CultureInfo.InvariantCulture);
        string[] unclear =
        [
            Body("\"down\""), Body("\"HEAVILY_DISTURBED\""), Body("2"), Body("null"), Body(bank: "nope"), Body(at: "yesterday"), Body(at: tomorrow),
            Body(more: ",\"status\":\"operational\""), Body(more: ",\"disbursementId\":\"019ac5d2f0c87a3e9b1f6d2c4a8e7b35\""),
            Body(more: ",\"inquiryId\":\"019ac5d2f0c87a3e9b1f6d2c4a8e7b35\""), Body(more: $",\"message\":\"{new string('x', 201)}\""),
            Body(more: ",\"message\":\"a\\u202Eb\""), "{\"bankCode\":\"ganesha\",\"status\":\"heavily_disturbed\",\"changedAt\":\"2026-01-01T00:00:00Z\"}",
            "{\"kind\":\"bank_status\",\"bankCode\":\"ganesha\",\"status\":\"heavily_disturbed\"}",
        ];
        foreach (var body in unclear) Assert.Equal(HttpStatusCode.UnprocessableEntity, await partner.CallBack(body));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(Body(), WebhookSignature.NewSecret()));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(Body(), partner.Secrets[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, await partner.CallBack(Body(), age: TimeSpan.FromMinutes(6)));
        Assert.Equal(("operational", 0L), ((await Bank(w, "ganesha"))["status"]!.GetValue<string>(), await Changes("ganesha")));
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(Body()));
        Assert.Equal("heavily_disturbed", (await Bank(w, "ganesha"))["status"]!.GetValue<string>());
    }

    private static Task<HttpStatusCode> Says(PartnerServer partner, string bank, string status, double minute, string? message = null) =>
        partner.CallBack(new JsonObject
        {
            ["kind"] = "bank_status",
            ["bankCode"] = bank,
            ["status"] = status,
            ["message"] = message,
            ["changedAt"] = Start.AddMinutes(minute).ToString("O", CultureInfo.InvariantCulture),
        }.ToJsonString());

    private Task<Answer> Desk(string bank, string status) =>
        installation.Desk.Post("/operator/banks", ("bankCode", bank), ("status", status), ("message", ""));

    private static async Task<JsonNode> Bank(Workspace w, string code) =>
        (await w.Api.Get($"/v1/banks?code={code}")).Is(HttpStatusCode.OK).Json["data"]![0]!;

    private static Task<Answer> Transfer(Workspace w, string bank) =>
        w.Api.Post("/v1/transfers", new { amount = 50_000, bankCode = bank, accountNumber = "5270997481" });

    private async Task<long> Changes(string bank)
    {
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from bursar.bank_status_changes where bank_code = @bank", new { bank });
    }

    /// <summary>Waits until the executor has looked at what waits, and put it back.</summary>
    private async Task Tried(Workspace w)
    {
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        for (var i = 0; i < 200; i++)
        {
            if (await connection.ExecuteScalarAsync<bool>("""
                select exists (select from bursar.outbox where workspace_id = @w and consumer = 19 and tries > 0 and leased_until is null)
                """, new { w = w.Book.Workspace.Value })) return;
            await Task.Delay(50);
        }
        Assert.Fail("nobody looked at it within 10 s");
    }

    private static async Task Told(Workspace w, string status)
    {
        for (var i = 0; i < 200; i++)
        {
            var events = (await w.Api.Get("/v1/events?after=0&limit=200")).Json["data"]!.AsArray();
            if (events.LastOrDefault(e => e!["type"]!.GetValue<string>() == "bank.status_changed") is { } told
                && told["data"]!["status"]!.GetValue<string>() == status) return;
            await Task.Delay(100);
        }
        Assert.Fail($"the book was not told within 20 s that its bank is {status}");
    }
}

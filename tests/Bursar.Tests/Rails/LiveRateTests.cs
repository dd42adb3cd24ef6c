using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>What is sold abroad in live mode: what the operator set, while it holds, where a rail carries it. Each test has a currency.</summary>
[Collection(RailInstallation.Name)]
public sealed class LiveRateTests(RailInstallation installation)
{
    private OperatorDesk Desk => installation.Desk;

    [Fact]
    public async Task nothing_is_sold_until_a_rail_the_terms_and_a_rate_are_there()
    {
        var w = await installation.Workspace();
        object wanted = new { country = "JPN", currency = "JPY", amount = 20_000, type = "c2c" };
        await Desk.Route("live", "international_transfer", "");
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("rail_missing");
        await Desk.Route("live", "international_transfer", installation.HttpRail);
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("validation_failed");
        (await Desk.Serve("JPN", fee: "35.000", min: "10.000", max: "500.000")).Is(HttpStatusCode.Redirect);
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("rate_missing");
        (await Desk.SetRate("JPY", "107,123456")).Is(HttpStatusCode.Redirect);
        var quote = (await w.Api.Post("/v1/quotes", wanted)).Is(HttpStatusCode.Created);
        // 20,000 × 107.123456 = 2,142,469.12: a begun rupiah counts whole.
        Assert.Equal(("107.123456", 2_142_470, 35_000), (quote.Text("rate"), quote.Number("sourceAmount"), quote.Number("fee")));
        foreach (var (amount, way) in new[] { (9_999, "too_small"), (500_001, "too_large") })
            Assert.Equal(way, (await w.Api.Post("/v1/quotes", new { country = "JPN", currency = "JPY", amount, type = "c2c" }))
                .Refuses("validation_failed").Json["errors"]![0]!["code"]!.GetValue<string>());
        var listed = (await w.Api.Get("/v1/corridors?country=JPN")).Json["data"]![0]!;
        Assert.Equal(("107.123456", true, 35_000L),
            (listed["rate"]!.GetValue<string>(), listed["active"]!.GetValue<bool>(), listed["fee"]!.GetValue<long>()));
        // Closing a destination stops quotes at once; what was quoted keeps its word.
        (await Desk.Serve("JPN", isActive: false)).Is(HttpStatusCode.Redirect);
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("validation_failed");
        Assert.False((await w.Api.Get("/v1/corridors?country=JPN")).Json["data"]![0]!["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task test_mode_keeps_the_rates_of_the_simulator()
    {
        (await Desk.SetRate("USD", "20.000")).Is(HttpStatusCode.Redirect);
        var w = await installation.Workspace(Mode.Test);
        var quote = await w.Api.Post("/v1/quotes", new { country = "USA", currency = "USD", amount = 10_000, type = "c2c" });
        Assert.Equal("16703.45", quote.Is(HttpStatusCode.Created).Text("rate"));
    }

    [Fact]
    public async Task a_rate_that_has_ended_sells_nothing_and_no_quote_outlives_it()
    {
        var w = await Open("AUS", "AUD", "10.871,4");
        object wanted = new { country = "AUS", currency = "AUD", amount = 20_000, type = "c2c" };
        await Age("AUD", "23 hours 55 minutes");
        var quote = (await w.Api.Post("/v1/quotes", wanted)).Is(HttpStatusCode.Created);
        Assert.True(quote.Json["expiresAt"]!.GetValue<DateTimeOffset>() <= DateTimeOffset.UtcNow.AddMinutes(6));
        await Age("AUD", "10 minutes");
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("rate_missing");
        var listed = (await w.Api.Get("/v1/corridors?country=AUS")).Json["data"]![0]!;
        Assert.Equal((null, false), (listed["rate"], listed["active"]!.GetValue<bool>()));
        Assert.Contains("Ended", (await Desk.Browser.Get("/operator/rates")).Is(HttpStatusCode.OK).Body);
        (await Desk.SetRate("AUD", "10.871,4")).Is(HttpStatusCode.Redirect);
        (await w.Api.Post("/v1/quotes", wanted)).Is(HttpStatusCode.Created);
        (await Desk.Post("/operator/rates/withdrawal", ("currency", "AUD"))).Is(HttpStatusCode.Redirect);
        (await w.Api.Post("/v1/quotes", wanted)).Refuses("rate_missing");
    }

    [Fact]
    public async Task a_slip_of_a_digit_is_asked_about_and_every_change_says_who_made_it()
    {
        (await Desk.SetRate("THB", "514,9")).Is(HttpStatusCode.Redirect);
        foreach (var slip in new[] { "5.149", "51,49", "463,4", "566,4" })
            Assert.Contains("more than a tenth", (await Desk.SetRate("THB", slip)).Is(HttpStatusCode.UnprocessableEntity).Body);
        foreach (var bad in new[] { "", "0", "-5", "514.9", "514,1234567", "abc", "1.000.000.000.000" })
            (await Desk.SetRate("THB", bad)).Is(HttpStatusCode.UnprocessableEntity);
        foreach (var hours in new[] { "0", "169", "1,5", "" })
            (await Desk.SetRate("THB", "515", hours)).Is(HttpStatusCode.UnprocessableEntity);
        (await Desk.SetRate("XXX", "515")).Is(HttpStatusCode.UnprocessableEntity);
        (await Desk.SetRate("THB", "566,3")).Is(HttpStatusCode.Redirect);
        (await Desk.SetRate("THB", "1.132,6", sure: true)).Is(HttpStatusCode.Redirect);
        (await Desk.Serve("THA", min: "9", max: "8")).Is(HttpStatusCode.UnprocessableEntity);
        (await Desk.Serve("XXX")).Is(HttpStatusCode.NotFound);
        var history = WebUtility.HtmlDecode((await Desk.Browser.Get("/operator/rates?show=history")).Is(HttpStatusCode.OK).Body);
        foreach (var set in new[] { "THB\u00A01 = Rp\u00A0514,9", "THB\u00A01 = Rp\u00A0566,3", "THB\u00A01 = Rp\u00A01.132,6", "Bima" })
            Assert.Contains(set, history);
        Assert.DoesNotContain("5.149", history);
    }

    [Fact]
    public async Task only_whoever_shows_the_operators_password_sets_a_price_and_members_find_no_such_page()
    {
        var member = await (await installation.Workspace()).AdminPages();
        (await member.Get("/operator/rates")).Is(HttpStatusCode.NotFound);
        (await member.Post("/operator/rates", ("currency", "PHP"), ("rate", "1"), ("hours", "24"))).Is(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Redirect, (await new Client(installation.Product.Address, null).Get("/operator/rates")).Status);
        var fresh = new PageClient(installation.Product.Address);
        (await fresh.SignIn("desk@example.test")).Is(HttpStatusCode.Redirect);
        await fresh.Get("/operator/rates");
        (await fresh.Post("/operator/rates", ("currency", "PHP"), ("rate", "1"), ("hours", "24"))).Is(HttpStatusCode.Unauthorized);
        (await fresh.Post("/operator/rates/destinations/PHL", ("fee", "0"))).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task one_press_serves_all_destinations_of_a_currency()
    {
        var w = await Open("DEU", "EUR", "19.214,35", all: true);
        (await w.Api.Post("/v1/quotes", new { country = "FRA", currency = "EUR", amount = 10_000, type = "c2c" })).Is(HttpStatusCode.Created);
        (await w.Api.Post("/v1/quotes", new { country = "SAU", currency = "SAR", amount = 10_000, type = "c2c" })).Refuses("validation_failed");
        var shown = WebUtility.HtmlDecode((await (await w.AdminPages()).Get("/live/international/rates")).Is(HttpStatusCode.OK).Body);
        Assert.Contains("France", shown);
        Assert.Contains("Rp\u00A019.214,35", shown);
        Assert.DoesNotContain("Saudi", shown);
    }

    [Fact]
    public async Task a_transfer_is_approved_and_reaches_the_partner_with_all_it_needs()
    {
        var w = await Open("SGP", "SGD", "12.826,75");
        await using var partner = await Partner();
        JsonNode? order = null;
        partner.Submitted = (context, sent) =>
        {
            order = sent;
            return PartnerServer.Say(context, 200, PartnerServer.Answer(sent["disbursementId"]!.GetValue<string>(), "accepted"));
        };
        var maker = await w.SignIn(await w.Person(Role.Maker), "", "live");
        var approver = await w.SignIn(await w.Person(Role.Approver), "", "live");
        var waiting = await w.SendAbroad("0721905514", maker);
        Assert.Equal("pending_approval", waiting.Text("state"));
        Assert.Null(order);
        var approval = await approver.Get($"/v1/approvals/{waiting.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        var id = waiting.Text("id");
        await w.ReachesAbroad(id, "executing");
        for (var i = 0; order is null && i < 200; i++) await Task.Delay(50);
        Assert.Equal(("international_transfer", "IDR", waiting.Number("amountSent")),
            (order!["kind"]!.GetValue<string>(), order["currency"]!.GetValue<string>(), order["amount"]!.GetValue<long>()));
        var detail = order["detail"]!;
        Assert.Equal(("SGP", "SGD", waiting.Number("amountReceived"), "12826.75"), (detail["country"]!.GetValue<string>(),
            detail["currency"]!.GetValue<string>(), detail["amountReceived"]!.GetValue<long>(), detail["rate"]!.GetValue<string>()));
        Assert.Equal("0721905514", detail["beneficiary"]!["accountNumber"]!.GetValue<string>());
        Assert.NotNull(detail["sender"]!["identityNumber"]);
        Assert.Equal(HttpStatusCode.OK, await partner.CallBack(PartnerServer.Answer(AbroadReference(id), "succeeded")));
        var paid = await w.ReachesAbroad(id, "succeeded");
        Assert.Equal((waiting.Number("amountSent"), waiting.Number("amountReceived"), "Some Text 12"),
            (paid.Number("amountSent"), paid.Number("amountReceived"), paid.Text("beneficiaryName")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_partner_of_samples_rail_pays_abroad_and_a_bank_file_does_not_reach_there()
    {
        var w = await Open("MYS", "MYR", "4.021,99");
        var paid = await w.ReachesAbroad((await w.SendAbroad(country: "MYS")).Text("id"), "succeeded");
        Assert.Equal("MYR", paid.Text("currencyReceived"));
        var (file, _) = await Desk.SetUp("bankfile", $"abroad{Guid.CreateVersion7():N}"[..20], "live",
            ("debtorName", "PT Kopi"), ("debtorAccount", "5270000001"), ("debtorBic", "CENAIDJA"));
        await Desk.Route("live", "international_transfer", file);
        (await w.Api.Post("/v1/quotes", new { country = "MYS", currency = "MYR", amount = 10_000, type = "c2c" })).Refuses("rail_missing");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task each_of_the_seventeen_reasons_comes_through_the_partner_and_any_other_is_a_refusal()
    {
        var w = await Open("GBR", "GBP", "21.873,64");
        await using var partner = await Partner();
        foreach (var (said, kept) in FailureReasons.Abroad.Select(r => (r, r)).Append(("INACTIVE_ACCOUNT", "REFUSED")).Append(("MOON", "REFUSED")))
        {
            var id = (await w.SendAbroad(country: "GBR")).Text("id");
            await w.ReachesAbroad(id, "executing");
            Assert.Equal(HttpStatusCode.OK, await partner.CallBack(PartnerServer.Answer(AbroadReference(id), "refused", said)));
            Assert.Equal(kept, (await w.ReachesAbroad(id, "failed")).Text("failureReason"));
        }
        await w.BooksAreRight();
    }

    /// <summary>A destination is open through the sample's rail.</summary>
    private async Task<Workspace> Open(string country, string currency, string rate, bool all = false)
    {
        await Desk.Route("live", "international_transfer", installation.HttpRail);
        (await Desk.Serve(country, all: all)).Is(HttpStatusCode.Redirect);
        (await Desk.SetRate(currency, rate)).Is(HttpStatusCode.Redirect);
        return await installation.Workspace(deposit: 500_000_000);
    }

    private Task<PartnerServer> Partner() => installation.Partner("live", "international_transfer");

    private static string AbroadReference(string id) => RailInstallation.AbroadReference(id);

    private Task Age(string currency, string by) => installation.Product.Execute($"""
        update bursar.live_rates set set_at = set_at - interval '{by}', good_until = good_until - interval '{by}'
        where $1::uuid is not null and currency = '{currency}'
        """, Guid.Empty);
}

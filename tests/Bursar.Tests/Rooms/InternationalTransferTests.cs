using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Rails;
using Bursar.Core.Tests;
using Bursar.Platform.Data;
using Bursar.Platform.Ui;
using Bursar.Tests.Given;

namespace Bursar.Tests.Rooms;

public sealed class InternationalTransferTests(Product product)
{
    [Fact]
    public async Task a_quoted_transfer_is_held_paid_posted_and_listed()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var before = await Available(w);
        var quote = (await w.Api.Post("/v1/quotes", new { country = "SGP", currency = "SGD", amount = 125_001, type = "c2c" }))
            .Is(HttpStatusCode.Created);
        // 1250.01 × 12826.75 = 16,033,565.7675: a begun rupiah counts whole.
        Assert.Equal(("12826.75", 16_033_566, 40_000), (quote.Text("rate"), quote.Number("sourceAmount"), quote.Number("fee")));
        var body = await w.Wanted();
        body["quoteId"] = quote.Text("id");
        (body["remark"], body["reference"]) = ("School fee", "itr-1");
        var sent = (await w.Api.Post("/v1/international-transfers", body)).Is(HttpStatusCode.Created);
        Assert.StartsWith("itr_", sent.Text("id"));
        Assert.Equal("approved", sent.Text("state"));
        await w.Settled();
        var paid = await w.Api.Get($"/v1/international-transfers/{sent.Text("id")}");
        Assert.Equal(("succeeded", "SGP", "SGD", "Some Text 12"),
            (paid.Text("state"), paid.Text("beneficiaryCountry"), paid.Text("currencyReceived"), paid.Text("beneficiaryName")));
        Assert.Equal((16_033_566, 125_001, 40_000), (paid.Number("amountSent"), paid.Number("amountReceived"), paid.Number("fee")));
        Assert.Equal(before - 16_073_566, await Available(w));
        foreach (var found in new[] { "?search=some", $"?search={sent.Text("id")}", "?beneficiaryName=text", "?state=succeeded", "?reference=itr-1" })
            Assert.Single((await w.Api.Get("/v1/international-transfers" + found)).Json["data"]!.AsArray());
        // The search is by id and beneficiary's name: not by remark, and never among other transfers.
        foreach (var none in new[] { "?search=school", "?search=nobody", "?beneficiaryName=school", "?state=failed" })
            Assert.Empty((await w.Api.Get("/v1/international-transfers" + none)).Json["data"]!.AsArray());
        Assert.Empty((await w.Api.Get("/v1/transfers")).Json["data"]!.AsArray());

        var again = await w.Wanted();
        again["reference"] = "itr-1";
        Assert.Equal("international_transfer",
            (await w.Api.Post("/v1/international-transfers", again)).Refuses("reference_duplicate").Json["resource"]!["type"]!.GetValue<string>());
        var told = (await w.Api.Get("/v1/events")).Json["data"]!.AsArray().Select(e => e!["type"]!.GetValue<string>());
        Assert.Equal(["international_transfer.approved", "international_transfer.succeeded"],
            told.Where(t => t.StartsWith("international", StringComparison.Ordinal)));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task every_corridor_takes_every_type_of_its_own_and_misses_each_required_field_by_its_pointer()
    {
        var w = await (await product.Workspace()).WithDeposit(2_000_000_000);
        var listed = (await w.Api.Get("/v1/corridors")).Json["data"]!.AsArray();
        Assert.Equal(51, listed.Count);
        foreach (var (corridor, n) in Corridor.All.Select((c, n) => (c, n)))
            foreach (var type in corridor.Types)
            {
                var country = corridor.Country.Code;
                var body = await w.Wanted(country, type);
                // Each corridor by one of its types on every build, by all of them for a release.
                if (LongRuns.Count(0, 1) == 1 || corridor.Types[n % corridor.Types.Count] == type)
                    foreach (var (party, field) in await Required(w, country, type))
                        await Misses(w, body, party, field);
                (await w.Api.Post("/v1/international-transfers", body)).Is(HttpStatusCode.Created);
            }
        await w.Settled();
        Assert.Equal(Corridor.All.Sum(c => c.Types.Count), await w.Rows("disbursements"));
        await w.BooksAreRight();
    }

    /// <summary>What GET /v1/corridors says is required; a client reads nothing else.</summary>
    private static async Task<List<(string Party, string Field)>> Required(Workspace w, string country, CorridorType type)
    {
        var found = (await w.Api.Get($"/v1/corridors?country={country}&type={Json.Name(type)}")).Json["data"]!.AsArray();
        var fields = Assert.Single(found)!["fields"]!;
        var required = new List<(string, string)>();
        foreach (var party in new[] { "beneficiary", "sender" })
            required.AddRange(fields[party]!.AsArray().Where(f => f!["required"]!.GetValue<bool>())
                .Select(f => (party, f!["name"]!.GetValue<string>())));
        if (fields["attachment"]!.GetValue<bool>()) required.Add(("", "attachmentId"));
        Assert.True(required.Count > 9);
        return required;
    }

    private static async Task Misses(Workspace w, Dictionary<string, object?> body, string party, string field)
    {
        var spoiled = new Dictionary<string, object?>(body);
        if (party.Length == 0) spoiled.Remove(field);
        else spoiled[party] = ((Dictionary<string, string?>)body[party]!).Where(f => f.Key != field).ToDictionary();
        var refused = (await w.Api.Post("/v1/international-transfers", spoiled)).Refuses("validation_failed");
        Assert.Equal([party.Length == 0 ? $"/{field}" : $"/{party}/{field}"], Pointers(refused));
    }

    [Fact]
    public async Task a_quote_is_taken_once_by_whoever_is_first()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var body = await w.Wanted();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => w.Api.Post("/v1/international-transfers", body)));
        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        foreach (var lost in answers.Where(a => a != won))
            Assert.Equal(won.Text("id"), lost.Refuses("state_conflict").Json["resource"]!["id"]!.GetValue<string>());
        Assert.Equal(1, await w.Rows("disbursements"));
        var key = Guid.CreateVersion7().ToString("N");
        var twice = await w.Wanted();
        var first = (await w.Api.Post("/v1/international-transfers", twice, key)).Is(HttpStatusCode.Created);
        Assert.Equal(first.Text("id"), (await w.Api.Post("/v1/international-transfers", twice, key)).Is(HttpStatusCode.Created).Text("id"));
        Assert.Equal(2, await w.Rows("disbursements"));
    }

    [Fact]
    public async Task an_old_quote_a_foreign_one_and_one_of_another_type_send_nothing()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var body = await w.Wanted();
        Assert.True(QuoteId.TryParse((string)body["quoteId"]!, out var quote));
        await product.Execute("update bursar.quotes set expires_at = now() - interval '1 second' where quote_id = $1", quote.Value);
        (await w.Api.Post("/v1/international-transfers", body)).Refuses("expired");
        body["quoteId"] = await (await product.Workspace()).Quote();
        Assert.Equal(["/quoteId"], Pointers((await w.Api.Post("/v1/international-transfers", body)).Refuses("validation_failed")));
        body["quoteId"] = await w.Quote(type: CorridorType.C2b);
        Assert.Equal(["/type"], Pointers((await w.Api.Post("/v1/international-transfers", body)).Refuses("validation_failed")));
        Assert.Equal(0, await w.Rows("disbursements"));
    }

    [Theory]
    [InlineData("XXX", "EUR", 100_000, "c2c", "validation_failed")]
    [InlineData("CHN", "CNY", 100_000, "c2b", "validation_failed")]
    [InlineData("LVA", "EUR", 100_000, "b2b", "validation_failed")]
    [InlineData("PHL", "PHP", 100_000, "c2c", "validation_failed")]
    [InlineData("DEU", "USD", 100_000, "c2c", "currency_mismatch")]
    [InlineData("DEU", "EUR", 999, "c2c", "validation_failed")]
    [InlineData("DEU", "EUR", 5_000_001, "c2c", "validation_failed")]
    [InlineData("DEU", "EUR", 0, "c2c", "amount_out_of_range")]
    [InlineData("DEU", "EUR", 100_000, "x2x", "validation_failed")]
    public async Task what_no_corridor_takes_is_not_quoted(string country, string currency, long amount, string type, string code)
    {
        var w = await product.Workspace();
        (await w.Api.Post("/v1/quotes", new { country, currency, amount, type })).Refuses(code);
        Assert.Equal(0, await w.Rows("quotes"));
    }

    [Theory]
    [InlineData("0000", "failed", "INVALID_BENEFICIARY")]
    [InlineData("0001", "succeeded", null)]
    [InlineData("0002", "failed", "REFUSED")]
    public async Task the_magic_accounts_end_abroad_as_at_home_and_free_the_holds(string ending, string state, string? reason)
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var before = await Available(w);
        var sent = await w.SendAbroad("527099" + ending);
        await w.Settled();
        var ended = await w.Api.Get($"/v1/international-transfers/{sent.Text("id")}");
        Assert.Equal((state, reason), (ended.Text("state"), ended.Json["failureReason"]?.GetValue<string>()));
        Assert.Equal("Some Text 12", ended.Text("beneficiaryName"));
        Assert.Equal(state == "failed", before == await Available(w));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task each_of_the_seventeen_reasons_can_be_simulated_and_reads_in_both_languages()
    {
        Assert.Equal(17, FailureReasons.Abroad.Distinct().Count());
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var admin = await w.AdminPages();
        foreach (var reason in FailureReasons.Abroad)
        {
            var waiting = await w.SendAbroad("5270990006");
            var path = $"/v1/test/disbursements/{waiting.Text("id")}/outcome";
            await w.ReachesAbroad(waiting.Text("id"), "executing");
            (await w.Api.Post(path, new { outcome = "failed", reason = "NO_REASON" })).Refuses("validation_failed");
            var failed = (await w.Api.Post(path, new { outcome = "failed", reason })).Is(HttpStatusCode.OK);
            Assert.Equal(("failed", reason), (failed.Text("state"), failed.Text("failureReason")));
            var drawer = (await admin.Get($"/test/international?id={waiting.Text("id")}")).Body;
            Assert.Contains(FailureWords.Abroad(reason), WebUtility.HtmlDecode(drawer));
        }
        var words = FailureReasons.Abroad.Select(FailureWords.Abroad).ToList();
        Assert.Equal(17, words.Distinct().Count());
        Assert.All(words, w => Assert.NotEqual(w, Bursar.Platform.Languages.Language.Indonesian.Say(w)));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_maker_waits_for_an_approver_and_what_was_approved_is_what_goes()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (maker, approver) = (await w.Member(Role.Maker), await w.Member(Role.Approver));
        var before = await Available(w);
        var cancelled = await w.SendAbroad(by: maker);
        Assert.Equal("pending_approval", cancelled.Text("state"));
        (await maker.Post($"/v1/international-transfers/{cancelled.Text("id")}/cancellation", new { })).Is(HttpStatusCode.OK);
        Assert.Equal(before, await Available(w));
        var waiting = await w.SendAbroad(by: maker);
        var approval = await approver.Get($"/v1/approvals/{waiting.Text("approvalId")}");
        Assert.Equal(waiting.Text("id"), approval.Json["subject"]!["id"]!.GetValue<string>());
        Assert.Equal("international_transfer", approval.Text("kind"));
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        await w.Settled();
        Assert.Equal("succeeded", (await w.Api.Get($"/v1/international-transfers/{waiting.Text("id")}")).Text("state"));
        (await maker.Post($"/v1/international-transfers/{waiting.Text("id")}/cancellation", new { })).Refuses("state_conflict");
    }

    [Fact]
    public async Task a_policy_of_this_kind_names_the_bank_and_the_account()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        (await w.Api.Post("/v1/policies", new
        {
            name = "stop", blockedMerchants = new[] { "TESTSG22:527099" }, scope = new { kinds = new[] { "international_transfer" } },
        })).Is(HttpStatusCode.Created);
        var body = await w.Wanted();
        (await w.Api.Post("/v1/international-transfers", body)).Refuses("policy_denied");
        // The quote of a refused transfer is still there to be taken.
        ((Dictionary<string, string?>)body["beneficiary"]!)["accountNumber"] = "527099748";
        (await w.Api.Post("/v1/international-transfers", body)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task live_mode_quotes_and_sends_nothing_without_a_rail()
    {
        var w = await product.Workspace();
        var live = await w.SignIn(await w.AdminEmail(), new MemberId(w.Admin.Principal).ToString(), "live");
        (await live.Post("/v1/quotes", new { country = "SGP", currency = "SGD", amount = 100_000, type = "c2c" })).Refuses("rail_missing");
        // The quote of the other mode is no quote here.
        Assert.Equal(["/quoteId"],
            Pointers((await live.Post("/v1/international-transfers", await w.Wanted())).Refuses("validation_failed")));
    }

    [Fact]
    public async Task the_pages_lead_from_destination_to_transfer_without_script()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var pages = await w.AdminPages();
        var start = (await pages.Get("/test/international/new")).Is(HttpStatusCode.OK);
        var tooMuch = await pages.Submit(start, ("country", "DEU"), ("type", "b2b"), ("amount", "90.000,00"));
        Assert.Contains("At most EUR\u00A050.000,00", WebUtility.HtmlDecode(tooMuch.Is(HttpStatusCode.UnprocessableEntity).Body));
        var quoted = (await pages.Submit(start, ("country", "DEU"), ("type", "b2b"), ("amount", "1.250,50"))).Is(HttpStatusCode.Redirect);
        var details = (await pages.Get(quoted.Headers["Location"])).Is(HttpStatusCode.OK);
        Assert.Contains("EUR\u00A01.250,50", WebUtility.HtmlDecode(details.Body));
        var quoteId = quoted.Headers["Location"].Split('=')[1];
        var form = CorridorForm.Of(Corridor.Find("DEU")!, CorridorType.B2b)!;
        var fields = FieldSamples.Of(form.Corridor, form.Beneficiary).Select(f => ($"beneficiary.{f.Key}", f.Value!))
            .Append(("quoteId", quoteId)).Append(("remark", "Invoice 2291")).ToList();
        Assert.All(form.Beneficiary, f => Assert.Contains($"name=\"beneficiary.{f.Name}\"", details.Body));
        const string review = "/test/international/review";
        var wrong = fields.Select(f => f.Item1 == "beneficiary.iban" ? (f.Item1, "DE00") : f);
        var refused = (await pages.Upload(review, "attachment", "invoice.pdf", Abroad.Invoice, wrong)).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("id=\"f-beneficiary.iban-m\"", refused.Body);
        Assert.Contains("name=\"attachmentId\" value=\"fil_", refused.Body);
        var hostile = await pages.Upload(review, "attachment", "invoice.pdf", "<html>"u8.ToArray(), fields);
        Assert.Contains("and what its name says", hostile.Is(HttpStatusCode.UnprocessableEntity).Body);
        var huge = await pages.Upload(review, "attachment", "invoice.pdf", new byte[11_000_000], fields);
        Assert.Contains("Up to 10 MB.", huge.Is(HttpStatusCode.RequestEntityTooLarge).Body);
        Assert.Contains("value=\"Some Text 12\"", huge.Body);
        var shown = (await pages.Upload(review, "attachment", "invoice.pdf", Abroad.Invoice, fields)).Is(HttpStatusCode.OK);
        Assert.Contains("invoice.pdf", shown.Body);
        var sent = (await pages.Submit(shown, ("remark", "Invoice 2291"))).Is(HttpStatusCode.Redirect);
        // Pressed twice, sent once.
        Assert.Equal(sent.Headers["Location"], (await pages.Submit(shown, ("remark", "Invoice 2291"))).Headers["Location"]);
        var drawer = (await pages.Get(sent.Headers["Location"])).Is(HttpStatusCode.OK);
        Assert.Contains("Waiting for approval", drawer.Body);
        var id = sent.Headers["Location"].Split('=')[1];
        var file = (await pages.Get($"/test/international/{id}/attachment")).Is(HttpStatusCode.OK);
        Assert.Equal(("application/octet-stream", "nosniff"), (file.Headers["Content-Type"], file.Headers["X-Content-Type-Options"]));
        Assert.Contains("attachment", file.Headers["Content-Disposition"]);
        var report = (await pages.Get("/test/international/report.csv")).Is(HttpStatusCode.OK);
        Assert.Contains("Transaction ID,Status,Beneficiary Country,Beneficiary Bank,Beneficiary Name,Account Number,Amount Sent,Amount Received",
            report.Body);
    }

    private static async Task<long> Available(Workspace w) =>
        (await w.Api.Get("/v1/balances")).Json["data"]![0]!["available"]!.GetValue<long>();

    private static IEnumerable<string> Pointers(Answer refused) =>
        refused.Json["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>());
}

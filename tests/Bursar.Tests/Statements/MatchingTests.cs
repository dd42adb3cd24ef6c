using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Statements;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Statements;

/// <summary>
/// A line that pays exactly one top-up in time books itself; whatever leaves a doubt waits in suspense for a person (TU1–TU4).
/// </summary>
public sealed class MatchingTests(Product product)
{
    [Fact]
    public async Task the_exact_amount_is_credited_once_however_often_the_file_comes()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var topUp = await desk.TopUp(live, 500_000);
        Assert.Equal(desk.Account, topUp.Text("accountNumber"));
        (await live.Post($"/v1/top-ups/{topUp.Text("id")}/confirmation", new { viaAtm = true })).Is(HttpStatusCode.OK);
        Assert.Equal(0, await Deposit(live));
        var file = StatementDesk.Csv(0, new CsvLine(StatementDesk.Today, "SETORAN", topUp.Number("payAmount")));
        await desk.Takes(file);
        await Becomes(live, topUp, "completed");
        Assert.Equal(topUp.Number("payAmount"), await Deposit(live));
        await desk.Takes(file);
        Assert.Equal(topUp.Number("payAmount"), await Deposit(live));
        Assert.Equal(1, await w.Facts("top_up.completed"));
        Assert.Equal("matched", (await desk.Lines()).Single().State);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_line_of_a_day_in_time_counts_although_the_top_up_has_expired_since()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var topUp = await desk.TopUp(live, 500_000);
        await Expire(topUp);
        await Becomes(live, topUp, "expired");
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(StatementDesk.Today, "SETORAN", topUp.Number("payAmount"))));
        await Becomes(live, topUp, "completed");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_second_line_for_one_top_up_a_late_a_wrong_and_a_cancelled_one_wait_for_a_person()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var twice = await desk.TopUp(live, 1_000_000);
        var late = await desk.TopUp(live, 2_000_000);
        var wrong = await desk.TopUp(live, 3_000_000);
        var cancelled = await desk.TopUp(live, 4_000_000);
        (await live.Post($"/v1/top-ups/{cancelled.Text("id")}/cancellation", new { })).Is(HttpStatusCode.OK);
        var today = StatementDesk.Today;
        await desk.Takes(StatementDesk.Csv(0,
            new CsvLine(today, "A", twice.Number("payAmount")), new CsvLine(today, "B", twice.Number("payAmount")),
            new CsvLine(today, "WRONG", 3_000_000), new CsvLine(today, "CANCELLED", cancelled.Number("payAmount")),
            new CsvLine(today.AddDays(3), "LATE", late.Number("payAmount"))));
        await Becomes(live, twice, "completed");
        await Settled(desk);
        Assert.Equal(4, (await desk.Lines()).Count(l => l.State == "suspense"));
        Assert.Equal(twice.Number("payAmount"), await Deposit(live));

        var line = (await desk.Pages.Get($"/operator/suspense/live/{await desk.OnlyLine(3_000_000)}")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("without its code", line);
        Assert.Contains(wrong.Text("id"), line);
        var tooLate = await desk.OnlyLine(late.Number("payAmount"));
        Assert.Contains("too late", (await desk.Pages.Get($"/operator/suspense/live/{tooLate}")).Body);

        await Tied(desk, await desk.OnlyLine(3_000_000), wrong);
        await Becomes(live, wrong, "mismatch");
        await Tied(desk, await desk.OnlyLine(late.Number("payAmount")), late);
        await Becomes(live, late, "completed");
        await Tied(desk, await desk.OnlyLine(cancelled.Number("payAmount")), cancelled);
        await Becomes(live, cancelled, "completed");
        var second = (await desk.Lines()).Single(l => l.Amount == twice.Number("payAmount") && l.State == "suspense");
        var again = (await desk.Decide(second.Id, "top-up", ("topUp", twice.Text("id")))).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("has its money already", StatementDesk.Said(again));

        Assert.Equal(3_000_000 + late.Number("payAmount") + cancelled.Number("payAmount") + twice.Number("payAmount"), await Deposit(live));
        Assert.Equal(3_000_000, (await live.Get($"/v1/top-ups/{wrong.Text("id")}")).Number("received"));
        Assert.Equal(1, await w.Facts("top_up.mismatch"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_64_who_tie_one_line_and_64_lines_tied_to_one_top_up_one_each_moves_money()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var topUps = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => desk.TopUp(live, 100_000 + (n * 2_000))));
        var today = StatementDesk.Today;
        var exact = topUps[0].Number("payAmount");
        await desk.Takes(StatementDesk.Csv(0, Enumerable.Range(0, 64)
            .Select(n => new CsvLine(today, $"L{n}", n % 2 == 0 ? exact + 1_000_000 : 7_777_000))
            .Append(new CsvLine(today, "ONE", 9_999_000))));
        var one = await desk.OnlyLine(9_999_000);
        var ties = await Task.WhenAll(Enumerable.Range(0, 64).Select(n =>
            desk.Decide(one, "top-up", ("topUp", topUps[1 + (n % 15)].Text("id")))));
        Assert.Equal(1, ties.Count(t => t.Status == HttpStatusCode.Redirect));

        var others = (await desk.Lines()).Where(l => l.Amount != 9_999_000).Select(l => l.Id).ToList();
        await Task.WhenAll(others.Select(l => desk.Decide(l, "top-up", ("topUp", topUps[0].Text("id")))));
        await Settled(desk);
        var paid = (await desk.Lines()).Single(l => l.Amount != 9_999_000 && l.State == "matched");
        Assert.Equal(9_999_000 + paid.Amount, await Deposit(live));
        Assert.Equal("mismatch", (await live.Get($"/v1/top-ups/{topUps[0].Text("id")}")).Text("state"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task whoever_carries_a_match_over_at_the_same_time_or_again_it_is_credited_once()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var topUps = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => desk.TopUp(live, 100_000 + (n * 2_000))));
        await desk.Takes(StatementDesk.Csv(0, topUps.Select((_, n) => new CsvLine(StatementDesk.Today, $"L{n}", 5_000_000 + n))));
        var house = product.Services.GetRequiredService<House>();
        foreach (var (line, topUp) in (await desk.Lines()).Zip(topUps))
        {
            Assert.True(StatementLineId.TryParse(line.Id, out var id));
            Assert.True(TopUpId.TryParse(topUp.Text("id"), out var collection));
            Assert.True((await house.Submit(new DecideLine(
                house.Worker(Mode.Live), id.Value, new LineDecision.TieTo(w.Book.Workspace, collection.Value)))).Ok);
        }
        var credit = product.Services.GetRequiredService<CreditMatches>();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => credit.All(Mode.Live)));
        await Settled(desk);
        Assert.All(await desk.Lines(), l => Assert.Equal("matched", l.State));
        Assert.Equal((await desk.Lines()).Sum(l => l.Amount), await Deposit(live));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_virtual_account_is_found_by_its_number_with_the_exact_amount_only()
    {
        var desk = await StatementDesk.Open(product, vaPrefix: "7701");
        var (w, live) = await desk.Customer();
        var (paid, same) = (await desk.TopUp(live, 250_000, "virtual_account"), await desk.TopUp(live, 250_000, "virtual_account"));
        Assert.Equal((250_000L, "virtual_account"), (paid.Number("payAmount"), paid.Text("channel")));
        Assert.StartsWith("7701", paid.Text("accountNumber"));
        Assert.NotEqual(paid.Text("accountNumber"), same.Text("accountNumber"));
        await desk.Takes(StatementDesk.Csv(0,
            new CsvLine(StatementDesk.Today, $"VA {paid.Text("accountNumber")} PT MAJU", 250_000),
            new CsvLine(StatementDesk.Today, $"VA {same.Text("accountNumber")} PT MAJU", 240_000),
            new CsvLine(StatementDesk.Today, "NO NUMBER", 250_000)));
        await Becomes(live, paid, "completed");
        Assert.Equal("waiting", (await live.Get($"/v1/top-ups/{same.Text("id")}")).Text("state"));
        Assert.Equal(1, (await desk.Lines()).Count(l => l.State == "matched"));
        var page = (await desk.Pages.Get($"/operator/suspense/live/{await desk.OnlyLine(240_000)}")).Body;
        Assert.Contains(same.Text("id"), page);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task money_that_goes_back_leaves_suspense_and_can_be_tied_no_more()
    {
        var desk = await StatementDesk.Open(product);
        var (w, live) = await desk.Customer();
        var topUp = await desk.TopUp(live, 100_000);
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(StatementDesk.Today, "STRANGER", 60_000)));
        var line = await desk.OnlyLine(60_000);
        (await desk.Decide(line, "note", ("note", "Called the bank"))).Is(HttpStatusCode.Redirect);
        (await desk.Decide(line, "return", ("note", ""))).Is(HttpStatusCode.UnprocessableEntity);
        (await desk.Decide(line, "return", ("note", "Sender unknown"))).Is(HttpStatusCode.Redirect);
        Assert.Equal("to_return", (await desk.Lines()).Single().State);
        (await desk.Decide(line, "top-up", ("topUp", topUp.Text("id")))).Is(HttpStatusCode.Conflict);
        Assert.Contains("Sender unknown", (await desk.Pages.Get("/operator/suspense?mode=live&state=to_return")).Body);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_line_of_another_mode_or_none_is_missing_and_so_is_a_top_up()
    {
        var desk = await StatementDesk.Open(product);
        var w = await product.Workspace();
        var inTest = await w.Api.Post("/v1/top-ups", new { amount = 50_000, bankCode = "bca" });
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(StatementDesk.Today, "X", 50_000)));
        var line = await desk.OnlyLine(50_000);
        (await desk.Pages.Get($"/operator/suspense/test/{line}")).Is(HttpStatusCode.NotFound);
        var refused = (await desk.Decide(line, "top-up", ("topUp", inTest.Text("id")))).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("no such top-up in this mode", StatementDesk.Said(refused));
    }

    /// <summary>RC1: two lines of one exact amount, by number or by code, leave the same behind in one file or two, in either order.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("virtual_account")]
    public async Task of_two_lines_that_pay_one_top_up_one_does_however_they_are_filed(string? channel)
    {
        var outcomes = new List<string>();
        var today = StatementDesk.Today;
        foreach (var filed in new[] { "AB", "BA", "A B", "B A", "A AB", "AB B", "B AB", "A B AB" })
        {
            var desk = await StatementDesk.Open(product, vaPrefix: "7702");
            var (w, live) = await desk.Customer();
            var topUp = await desk.TopUp(live, 300_000, channel);
            var (amount, number) = (topUp.Number("payAmount"), channel is null ? "" : topUp.Text("accountNumber"));
            // A file holds whole days: the second line is of the day after the first, when the top-up is still open.
            var opening = new Dictionary<char, long> { ['A'] = 1_000, ['B'] = 1_000 + amount };
            var line = new Dictionary<char, CsvLine>
            {
                ['A'] = new CsvLine(today, $"ANDI {number}", amount), ['B'] = new CsvLine(today.AddDays(1), $"BUDI {number}", amount),
            };
            foreach (var file in filed.Split(' '))
                await desk.Takes(StatementDesk.Csv(opening[file.Min()], file.Order().Select(c => line[c])));
            await Becomes(live, topUp, "completed");
            await Settled(desk);
            var proof = await desk.Proof(today.AddDays(2));
            outcomes.Add(string.Join(' ', (await desk.Lines()).Select(l => l.State).Order().Append($"{await Deposit(live) == amount}")
                .Append($"{proof.Ledger == 2 * amount} {proof.Holds} {proof.Items.Count} {proof.Unexplained.In == amount}")));
            await w.BooksAreRight();
        }
        Assert.Equal("matched suspense True True True 1 True", Assert.Single(outcomes.Distinct()));
    }

    /// <summary>TU1: bases whose codes overlap, many workspaces, all at once.</summary>
    [Fact]
    public async Task every_open_exact_amount_is_unique_and_then_the_refusal_offers_a_virtual_account()
    {
        var desk = await StatementDesk.Open(product, vaPrefix: "8801");
        var customers = new List<Client>();
        foreach (var _ in Enumerable.Range(0, 56)) customers.Add((await desk.Customer()).Live);
        var answers = await Task.WhenAll(customers.SelectMany((live, place) => Enumerable.Range(0, 20).Select(_ =>
            live.Post("/v1/top-ups", new { amount = place % 9 == 8 ? 500_400 : 500_000, bankCode = desk.Bank }))));
        var given = answers.Where(a => a.Status == HttpStatusCode.Created).ToList();
        Assert.Equal(given.Count, given.Select(a => a.Number("payAmount")).Distinct().Count());
        var refused = answers.Where(a => a.Status != HttpStatusCode.Created).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.True(a.Refuses("topup_slots_exhausted").Json["virtualAccountAvailable"]!.GetValue<bool>()));
        // Nobody was refused while an amount was left: the first base has 500,001 to 500,999.
        Assert.Equal(999, given.Count(a => a.Number("payAmount") <= 500_999));
        var (w, live) = await desk.Customer();
        Assert.Equal("virtual_account", (await desk.TopUp(live, 500_000, "virtual_account")).Text("channel"));

        var pages = await w.AdminPages();
        await pages.Get("/live/deposit/top-up");
        var full = (await pages.Post("/live/deposit/top-up", ("amount", "500.000"), ("bankCode", desk.Bank)))
            .Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("Use a virtual account instead", full.Body);
        var made = await pages.Submit(full, ("amount", "500.000"), ("bankCode", desk.Bank), ("channel", "virtual_account"));
        Assert.Contains("Virtual account number", (await pages.Get(made.Is(HttpStatusCode.Redirect).Headers["Location"])).Body);
    }

    private async Task Expire(Answer topUp)
    {
        Assert.True(TopUpId.TryParse(topUp.Text("id"), out var id));
        await product.Execute("update bursar.collections set expires_at = now() - interval '1 second' where collection_id = $1", id.Value);
    }

    private static async Task Tied(StatementDesk desk, string line, Answer topUp) =>
        (await desk.Decide(line, "top-up", ("topUp", topUp.Text("id")))).Is(HttpStatusCode.Redirect);

    private static async Task<long> Deposit(Client live) => (await live.Get("/v1/balances")).Json["data"]!.AsArray()
        .Single(b => b!["account"]!.GetValue<string>() == "deposit")!["posted"]!.GetValue<long>();

    private static async Task Becomes(Client live, Answer topUp, string state)
    {
        for (var i = 0; i < 300; i++)
        {
            if ((await live.Get($"/v1/top-ups/{topUp.Text("id")}")).Text("state") == state) return;
            await Task.Delay(50);
        }
        Assert.Fail($"the top-up is not {state} after 15 s");
    }

    private static async Task Settled(StatementDesk desk)
    {
        for (var i = 0; i < 200 && (await desk.Lines()).Any(l => l.State == "matching"); i++) await Task.Delay(50);
    }
}

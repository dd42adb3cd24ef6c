using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Statements;
using Bursar.Tests.Given;
using Bursar.Tests.Ledger;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>Money out of a statement books itself where it names its payment, and waits for a person where it does not.</summary>
[Collection(RailInstallation.Name)]
public sealed class MoneyOutTests(RailInstallation installation)
{
    private static readonly DateOnly Day = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(7));
    private static int made;

    private Product Product => installation.Product;
    private OperatorDesk Desk => installation.Desk;

    [Fact]
    public async Task a_payment_and_its_return_book_themselves_in_any_order_of_files()
    {
        var examples = await DocsLedgerTests.Examples();
        foreach (var returnFirst in new[] { false, true })
        {
            var (w, bank) = await Open();
            var id = await Sent(w, 50_000);
            var paid = StatementDesk.Csv(80_000, Out(id, 50_000));
            var back = StatementDesk.Csv(30_000, new CsvLine(Day.AddDays(1), $"RETUR {OperatorDesk.Reference(id)}", 50_000));
            foreach (var file in returnFirst ? new[] { back, paid, back } : [paid, paid, back]) await bank.Takes(file);
            await w.Reaches(id, "reversed");
            Assert.Equal(["came_back", "paid"], (await bank.Lines()).Select(l => l.State).Order());
            Assert.Equal((1, 1), (await w.Facts("transfer.succeeded"), await w.Facts("transfer.reversed")));
            Assert.Equal(examples["line_paid"], await DocsLedgerTests.OfLine(Product, bank, -50_000));
            Assert.Equal(examples["line_came_back"], await DocsLedgerTests.OfLine(Product, bank, 50_000));
            Assert.Equal((0L, 10_000_000L), await Deposit(w));
            await w.BooksAreRight();
        }
    }

    [Fact]
    public async Task of_two_lines_that_say_one_payment_was_paid_one_books_itself_however_they_are_filed()
    {
        foreach (var filed in new[] { "AB", "A B", "B A", "B AB A" })
        {
            var (w, bank) = await Open();
            var id = await Sent(w, 50_000);
            var line = new Dictionary<char, CsvLine> { ['A'] = Out(id, 50_000), ['B'] = Out(id, 50_000, day: 1) };
            foreach (var file in filed.Split(' '))
                await bank.Takes(StatementDesk.Csv(file.Contains('A') ? 200_000 : 150_000, file.Select(c => line[c])));
            await w.Reaches(id, "succeeded");
            Assert.Equal(["out", "paid"], (await bank.Lines()).Select(l => l.State).Order());
            Assert.Equal(50_000, (await bank.Proof(Day.AddDays(1))).Unexplained.Out);
            await w.BooksAreRight();
        }
    }

    [Fact]
    public async Task the_banks_reference_that_an_operator_gave_proves_a_payment_of_its_amount_to_its_account()
    {
        var (w, bank) = await Open();
        var id = await Sent(w, 51_000);
        (await Desk.Tell(w, id, "live", "paid", ("reference", "TRX-771"))).Is(HttpStatusCode.Redirect);
        await bank.Takes(StatementDesk.Csv(900_000, new CsvLine(Day, "TRF KE 5270997481", -51_000, "TRX-772"),
            new CsvLine(Day, "TRF KE 5270997481", -51_001, "TRX-771"), new CsvLine(Day, "TRF KE 5270997481", -51_000, "TRX-771")));
        Assert.Equal(["out", "out", "paid"], (await bank.Lines()).Select(l => l.State).Order());
        Assert.Equal(51_000 + 51_001, (await bank.Proof(Day)).Unexplained.Out);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_looks_alike_is_suggested_and_a_person_ties_it_once()
    {
        var (w, bank) = await Open();
        var (id, other) = (await Sent(w, 61_000), await Sent(w, 62_000));
        await bank.Takes(StatementDesk.Csv(900_000, new CsvLine(Day, "TRF KE 5270997481", -61_000), new CsvLine(Day, "TRF", -62_000),
            new CsvLine(Day, "TRF AGAIN", -61_000)));
        Assert.All(await bank.Lines(), l => Assert.Equal("out", l.State));
        Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        var lines = (await bank.Lines()).Where(l => l.Amount == -61_000).OrderBy(l => l.Text.Length).ToList();
        var page = (await Show(bank, lines[1].Id)).Body;
        Assert.Contains("this account and amount", page);
        Assert.Contains(OperatorDesk.Reference(id), page);
        Assert.DoesNotContain(OperatorDesk.Reference(other), page);

        (await Tie(bank, lines[1].Id, other)).Is(HttpStatusCode.UnprocessableEntity);
        (await bank.Decide(lines[1].Id, "payment", ("payment", $"{Guid.NewGuid():N}"))).Is(HttpStatusCode.UnprocessableEntity);
        (await bank.Decide(lines[1].Id, "top-up", ("topUp", "top_x"))).Is(HttpStatusCode.UnprocessableEntity);
        (await bank.Decide(lines[1].Id, "return", ("note", "x"))).Is(HttpStatusCode.Conflict);
        var ties = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => Tie(bank, lines[n % 2].Id, id)));
        Assert.Equal(1, ties.Count(t => t.Status == HttpStatusCode.Redirect));
        // The others are told why, not that something went wrong.
        Assert.All(ties.Where(t => t.Status != HttpStatusCode.Redirect), t => Assert.Contains("already", t.Body));
        await w.Reaches(id, "succeeded");
        Assert.Equal(["out", "paid"], (await bank.Lines()).Where(l => l.Amount == -61_000).Select(l => l.State).Order());
        Assert.DoesNotContain(OperatorDesk.Reference(id), (await Show(bank, (await bank.Lines()).First(l => l.State == "out").Id)).Body);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task whoever_carries_a_proof_over_at_the_same_time_or_again_it_counts_once()
    {
        var (w, bank) = await Open();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add(await Sent(w, 40_000 + i));
        await bank.Takes(StatementDesk.Csv(900_000, ids.Select((_, i) => new CsvLine(Day, $"L{i}", -40_000 - i))));
        var house = Product.Services.GetRequiredService<House>();
        foreach (var (line, id) in (await bank.Lines()).OrderByDescending(l => l.Amount).Zip(ids))
        {
            Assert.True(StatementLineId.TryParse(line.Id, out var key));
            Assert.True((await house.Submit(new DecideLine(house.Worker(Mode.Live), key.Value,
                new LineDecision.TieToPayment(w.Book.Workspace, Guid.ParseExact(OperatorDesk.Reference(id), "N"))))).Ok);
        }
        var carry = Product.Services.GetRequiredService<CreditMatches>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => carry.All(Mode.Live)));
        foreach (var id in ids) await w.Reaches(id, "succeeded");
        for (var i = 0; i < 200 && (await bank.Lines()).Any(l => l.State == "matching"); i++) await Task.Delay(50);
        Assert.All(await bank.Lines(), l => Assert.Equal("paid", l.State));
        Assert.Equal(6, await w.Facts("transfer.succeeded"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_line_of_a_payment_that_was_said_to_have_failed_waits_and_is_shown_as_a_contradiction()
    {
        var (w, bank) = await Open();
        var id = await Sent(w, 50_000);
        (await Desk.Tell(w, id, "live", "failed", ("reason", "INACTIVE_ACCOUNT"))).Is(HttpStatusCode.Redirect);
        await bank.Takes(StatementDesk.Csv(80_000, Out(id, 50_000)));
        for (var i = 0; i < 200 && (await bank.Lines())[0].State == "matching"; i++) await Task.Delay(50);
        Assert.Equal("out", (await bank.Lines()).Single().State);
        Assert.Equal("failed", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        Assert.Contains(OperatorDesk.Reference(id), (await Desk.Browser.Get("/operator/payouts?show=contradictions")).Body);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task charges_interest_and_own_transfers_are_what_an_operator_says_and_can_be_taken_back()
    {
        var (w, bank) = await Open();
        var other = await StatementDesk.Open(Product);
        await bank.Takes(StatementDesk.Csv(900_000, new CsvLine(Day, "BIAYA ADM", -6_500), new CsvLine(Day, "BUNGA", 1_200),
            new CsvLine(Day, "PINDAH", -300_000)));
        await other.Takes(StatementDesk.Csv(0, new CsvLine(Day.AddDays(1), "PINDAH", 300_000)));
        var (gone, came) = (await bank.OnlyLine(-300_000), await other.OnlyLine(300_000));
        Assert.Contains(came, (await Show(bank, gone)).Body);
        (await bank.Decide(await bank.OnlyLine(-6_500), "bank-charge")).Is(HttpStatusCode.Redirect);
        (await bank.Decide(await bank.OnlyLine(1_200), "bank-charge")).Is(HttpStatusCode.Redirect);
        (await bank.Decide(gone, "own-transfer")).Is(HttpStatusCode.Redirect);
        (await other.Decide(came, "own-transfer")).Is(HttpStatusCode.Redirect);
        (await bank.Decide(gone, "bank-charge")).Is(HttpStatusCode.Conflict);
        var proof = await bank.Proof(Day);
        Assert.Equal((900_000L, 594_700L), (proof.Opening(Day)!.Value, proof.Closing!.Value));
        Assert.Equal(new DayMoney(3, 1_200, 306_500), proof.Moved);
        Assert.Equal((0L, true), (proof.Unexplained.Count, proof.Holds));
        (await bank.Decide(gone, "reopening")).Is(HttpStatusCode.Redirect);
        (await bank.Decide(gone, "reopening")).Is(HttpStatusCode.Conflict);
        Assert.Equal(300_000, (await bank.Proof(Day)).Unexplained.Out);
        var page = (await bank.Pages.Get("/operator/reconciliation?mode=live")).Is(HttpStatusCode.OK).Body;
        Assert.DoesNotContain("Broken", page);
        await w.BooksAreRight();
    }

    /// <summary>RC1–RC4 with money out: any slices of the days in any order leave what the whole file leaves, each day proved.</summary>
    [Fact]
    public async Task overlapping_slices_with_payments_and_returns_leave_what_the_whole_file_leaves()
    {
        for (var round = 0; round < LongRuns.Count(small: 2, full: 40); round++)
        {
            var seed = Environment.TickCount + round;
            var random = new Random(seed);
            // Of each payment: on which days the bank says that it was paid, and that it came back.
            var fates = Enumerable.Range(0, 5).Select(n => (
                Amount: 30_000 + n,
                Paid: Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(6)).ToList(),
                Back: random.Next(3) == 0 ? random.Next(6) : -1)).ToList();
            var noise = Enumerable.Range(0, 6).Select(d => (Day: d, Amount: random.Next(2) == 0 ? -2_500 : 7_000)).ToList();
            var whole = await Run(fates, noise, [(0, 6)]);
            var slices = Enumerable.Range(0, 6).Select(_ => random.Next(6)).Select(from => (from, Math.Min(6, from + random.Next(1, 4))))
                .Concat([(0, 2), (2, 5), (4, 6)]).OrderBy(_ => random.Next()).ToList();
            var sliced = await Run(fates, noise, slices);
            Assert.True(whole == sliced, $"seed {seed}, slices {string.Join(' ', slices)}\n{whole}\n{sliced}");
        }
        await (await Product.Workspace()).BooksAreRight();
    }

    private async Task<string> Run(
        List<(int Amount, List<int> Paid, int Back)> fates, List<(int Day, int Amount)> noise, List<(int From, int To)> slices)
    {
        var (w, bank) = await Open();
        var ids = new List<string>();
        foreach (var fate in fates) ids.Add(await Sent(w, fate.Amount));
        var days = Enumerable.Range(0, 6).Select(d => noise.Where(n => n.Day == d)
            .Select(n => new CsvLine(Day.AddDays(d), "NOISE", n.Amount))
            .Concat(fates.Zip(ids).SelectMany(f => f.First.Paid.Where(p => p == d).Select(_ => Out(f.Second, f.First.Amount, d))))
            .Concat(fates.Zip(ids).Where(f => f.First.Back == d).Select(f =>
                new CsvLine(Day.AddDays(d), $"RETUR {OperatorDesk.Reference(f.Second)}", f.First.Amount))).ToArray()).ToArray();
        foreach (var (from, to) in slices)
            await bank.Takes(StatementDesk.Csv(500_000 + days[..from].Sum(d => d.Sum(l => l.Amount)), days[from..to].SelectMany(d => d)));
        for (var i = 0; i < 200 && (await bank.Lines()).Any(l => l.State == "matching"); i++) await Task.Delay(50);
        var said = (await bank.Lines()).Select(l => $"{l.Amount} {l.State}").Order().ToList();
        foreach (var id in ids) said.Add((await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        for (var d = 0; d < 6; d++)
        {
            var proof = await bank.Proof(Day.AddDays(d));
            Assert.True(proof.Holds);
            Assert.Equal(proof.Closing, proof.Opening(Day.AddDays(d)) + proof.Moved.In - proof.Moved.Out);
            said.Add($"{proof.Ledger} {proof.Closing} {proof.Moved}");
            // Of two days that name one payment the one that came first counts: only their sum is the same in every order.
            if (d == 5) said.Add($"{proof.Unexplained}");
        }
        var (held, available) = await Deposit(w);
        return string.Join('\n', said.Append($"{held} {available}"));
    }

    private async Task<(Workspace W, StatementDesk Bank)> Open()
    {
        var (rail, _) = await Desk.SetUp("manual", $"out{Interlocked.Increment(ref made)}", "live");
        await Desk.Route("live", "money_transfer", rail);
        return (await installation.Workspace(), await StatementDesk.Open(Product));
    }

    /// <summary>A transfer that was handed to its rail.</summary>
    private static async Task<string> Sent(Workspace w, long amount)
    {
        var id = (await w.Transfer(amount)).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(id, "executing");
        return id;
    }

    private static CsvLine Out(string id, long amount, int day = 0) =>
        new(Day.AddDays(day), $"TRF {OperatorDesk.Reference(id)} BUDI", -amount);

    private static Task<Answer> Tie(StatementDesk bank, string line, string transfer) =>
        bank.Decide(line, "payment", ("payment", OperatorDesk.Reference(transfer)));

    private static async Task<Answer> Show(StatementDesk bank, string line) =>
        (await bank.Pages.Get($"/operator/suspense/live/{line}")).Is(HttpStatusCode.OK);

    private static async Task<(long Held, long Available)> Deposit(Workspace w)
    {
        var accounts = (await w.Api.Get("/v1/balances")).Json["data"]!.AsArray();
        var deposit = accounts.Single(a => a!["account"]!.GetValue<string>() == "deposit")!;
        return (deposit["held"]!.GetValue<long>(), deposit["available"]!.GetValue<long>());
    }
}

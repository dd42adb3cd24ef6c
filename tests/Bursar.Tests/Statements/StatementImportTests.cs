using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Statements;

/// <summary>A bank's file is taken whole or not at all, and however often and in whatever pieces it comes, the ledger is the same.</summary>
public sealed class StatementImportTests(Product product)
{
    private static readonly DateOnly First = new(2026, 3, 2);

    [Fact]
    public async Task a_file_is_booked_line_by_line_and_proved_against_the_bank()
    {
        var desk = await StatementDesk.Open(product);
        await desk.Takes(StatementDesk.Csv(1_000_000, new CsvLine(First, "ANDI", 75_000), new CsvLine(First, "BIAYA ADM", -10_000),
            new CsvLine(First.AddDays(2), "BUDI", 5_000)));
        Assert.Equal([("BIAYA ADM", -10_000L, "out"), ("ANDI", 75_000, "suspense"), ("BUDI", 5_000, "suspense")],
            (await desk.Lines()).Select(l => (l.Text, l.Amount, l.State)));
        var proof = await desk.Proof(First.AddDays(1));
        Assert.Equal((65_000L, 1_065_000L, true), (proof.Ledger, proof.Closing!.Value, proof.Holds));
        Assert.Equal((First, 1_000_000L, true), (proof.Items[0].Day, proof.Items[0].Amount, proof.Items[0].IsFirst));
        var page = (await desk.Pages.Get("/operator/reconciliation?day=2026-03-31")).Is(HttpStatusCode.OK).Body;
        Assert.Contains(desk.Account, page);
        Assert.DoesNotContain("Broken", page);
        await (await product.Workspace()).BooksAreRight();
    }

    [Theory]
    [InlineData("Date,Text,Reference,Amount,Balance\n2026-03-02,A,,100,1100\n2026-03-02,B,,50,1151\n", "Line 3:")]
    [InlineData("Date,Text,Reference,Amount,Balance\n2026-03-02,A,,100,1100\n2026-03-32,B,,50,1150\n", "Line 3:")]
    [InlineData("Date,Text,Reference,Amount\n2026-03-02,A,,100\n", "Line 1:")]
    [InlineData("Date,Text,Reference,Amount,Balance\n2026-03-02,A,,1.5,1100\n", "Line 2:")]
    public async Task a_file_that_does_not_hold_is_refused_whole_with_its_line(string csv, string line)
    {
        var desk = await StatementDesk.Open(product);
        var refused = (await desk.Import(csv)).Is(HttpStatusCode.UnprocessableEntity);
        Assert.StartsWith(line, StatementDesk.Said(refused));
        Assert.Empty(await desk.Lines());
    }

    [Fact]
    public async Task a_line_that_was_edited_since_is_refused_and_one_that_came_later_is_taken()
    {
        var desk = await StatementDesk.Open(product);
        var (a, b, c) = (new CsvLine(First, "A", 100), new CsvLine(First, "B", 200), new CsvLine(First, "C", 300));
        await desk.Takes(StatementDesk.Csv(0, a, b));
        foreach (var edited in new[]
        {
            StatementDesk.Csv(0, a, b with { Amount = 201 }), StatementDesk.Csv(0, b, c), StatementDesk.Csv(7, a, b),
            StatementDesk.Csv(0, a, b with { Text = "SOMEBODY ELSE" }), StatementDesk.Csv(0, a, c, c),
        })
        {
            var refused = (await desk.Import(edited)).Is(HttpStatusCode.UnprocessableEntity);
            Assert.Contains("differs from what was imported before", StatementDesk.Said(refused));
        }
        await desk.Takes(StatementDesk.Csv(0, a, b, c));
        await desk.Takes(StatementDesk.Csv(0, a));
        Assert.Equal(3, (await desk.Lines()).Count);
        Assert.Equal(600, (await desk.Proof(First)).Closing);
    }

    /// <summary>Decision 60: a bank dates a line back.</summary>
    [Fact]
    public async Task a_line_dated_back_is_taken_with_every_day_after_it_and_never_leaves_one_behind()
    {
        CsvLine Line(int day, string text, long amount) => new(First.AddDays(day), text, amount);
        var (a, b, c, late, later) = (Line(0, "A", 100), Line(2, "B", 200), Line(4, "C", 300), Line(1, "LATE", 40), Line(0, "LATER", 7));
        var desk = await StatementDesk.Open(product);
        await desk.Takes(StatementDesk.Csv(1_000, a, b, c));
        async Task Refused(string csv, string says)
        {
            Assert.Contains(says, StatementDesk.Said((await desk.Import(csv)).Is(HttpStatusCode.UnprocessableEntity)));
            Assert.DoesNotContain(await desk.Lines(), l => l.Text == "LATER");
        }
        // Into a day that had no line, and into one that had.
        await Refused(StatementDesk.Csv(1_000, a, late, b),
            "The bank added to 2026-03-03, and later days are known. Import one statement of all days from it to 2026-03-06.");
        await desk.Takes(StatementDesk.Csv(1_000, a, late, b, c));
        Assert.Equal((1_640L, 640L, true), await Proved());
        await Refused(StatementDesk.Csv(1_000, a, later, late), "The bank added to 2026-03-02, and later days are known.");
        await Refused(StatementDesk.Csv(1_000, a, later, b, c), "differs from what was imported before");
        await Refused(StatementDesk.Csv(1_000, a, b, c), "differs from what was imported before");
        await Refused(StatementDesk.Csv(1_007, a, late, b, c), "differs from what was imported before");
        await desk.Takes(StatementDesk.Csv(1_000, a, later, late, b, c));
        Assert.Equal((1_647L, 647L, true), await Proved());
        await desk.Takes(StatementDesk.Csv(1_000, a));
        await desk.Takes(StatementDesk.Csv(1_147, b, c));
        Assert.Equal((1_647L, 647L, true), await Proved());
        Assert.Equal(5, (await desk.Lines()).Count);

        async Task<(long Closing, long Ledger, bool Joined)> Proved()
        {
            var proof = await desk.Proof(First.AddDays(9));
            return (proof.Closing!.Value, proof.Ledger, proof.Holds && proof.Items.All(i => i.IsFirst));
        }
    }

    /// <summary>A day that was imported before it ended, and the next day before the rest of it: nothing is refused on the way.</summary>
    [Fact]
    public async Task a_day_that_was_imported_in_the_middle_is_completed_in_any_order()
    {
        var (a, b, c) = (new CsvLine(First, "A", 100), new CsvLine(First, "B", 200), new CsvLine(First.AddDays(1), "C", 300));
        foreach (var files in new[]
        {
            new[] { StatementDesk.Csv(0, a), StatementDesk.Csv(300, c), StatementDesk.Csv(0, a, b) },
            [StatementDesk.Csv(0, a), StatementDesk.Csv(0, a, b), StatementDesk.Csv(300, c)],
            [StatementDesk.Csv(300, c), StatementDesk.Csv(0, a, b, c), StatementDesk.Csv(0, a)],
        })
        {
            var desk = await StatementDesk.Open(product);
            foreach (var file in files) await desk.Takes(file);
            var proof = await desk.Proof(First.AddDays(1));
            Assert.Equal((600L, 600L, 0), (proof.Ledger, proof.Closing!.Value, proof.Items.Count));
        }
    }

    [Fact]
    public async Task a_statement_of_another_account_and_a_file_too_large_are_refused()
    {
        var desk = await StatementDesk.Open(product);
        var foreign = ":20:X\n:25:999999999\n:28C:1/1\n:60F:C260302IDR0,\n:61:2603020302C100,NTRFX\n:62F:C260302IDR100,\n";
        var refused = await desk.Pages.Upload("/operator/statements", "file", System.Text.Encoding.UTF8.GetBytes(foreign), "text/plain",
            ("account", $"live:{desk.Account}"), ("format", "mt940"));
        Assert.Contains("another account", StatementDesk.Said(refused.Is(HttpStatusCode.UnprocessableEntity)));
        var large = await desk.Pages.Upload("/operator/statements", "file", new byte[32 * 1024 * 1024 + 1], "text/csv",
            ("account", $"live:{desk.Account}"), ("format", "csv"));
        Assert.Contains("holds up to", StatementDesk.Said(large.Is(HttpStatusCode.UnprocessableEntity)));
        Assert.Empty(await desk.Lines());
    }

    /// <summary>RC1, RC4: k imports and overlapping slices in any order make the same ledger as the whole file once.</summary>
    [Fact]
    public async Task overlapping_slices_in_any_order_and_any_number_give_the_same_ledger()
    {
        for (var round = 0; round < LongRuns.Count(small: 3, full: 60); round++)
        {
            var seed = Environment.TickCount + round;
            var random = new Random(seed);
            var days = Enumerable.Range(0, 8).Select(d => (Day: First.AddDays(d), Lines: Enumerable.Range(0, random.Next(5))
                .Select(_ => new CsvLine(First.AddDays(d), $"P{random.Next(2)}", random.Next(2) == 0 ? -100 : 250)).ToArray())).ToArray();
            string Slice(int from, int to) => StatementDesk.Csv(
                5_000 + days[..from].Sum(d => d.Lines.Sum(l => l.Amount)), days[from..to].SelectMany(d => d.Lines));
            var whole = await StatementDesk.Open(product);
            var sliced = await StatementDesk.Open(product);
            if (days.All(d => d.Lines.Length == 0)) continue;
            await whole.Takes(Slice(0, 8));
            var slices = Enumerable.Range(0, 12).Select(_ => (From: random.Next(8), Length: random.Next(1, 5)))
                .Select(s => (s.From, To: Math.Min(8, s.From + s.Length)))
                .Concat([(0, 3), (3, 5), (5, 8), (2, 6)]).OrderBy(_ => random.Next()).ToList();
            foreach (var (from, to) in slices)
                if (days[from..to].Any(d => d.Lines.Length > 0)) await sliced.Takes(Slice(from, to));
            Assert.Equal((await whole.Lines()).Select(l => (l.Amount, l.Text, l.State)),
                (await sliced.Lines()).Select(l => (l.Amount, l.Text, l.State)));
            foreach (var day in new[] { First, First.AddDays(4), First.AddDays(30) })
            {
                var (one, many) = (await whole.Proof(day), await sliced.Proof(day));
                Assert.True((one.Ledger, one.Closing) == (many.Ledger, many.Closing) && one.Holds && many.Holds
                    && one.Items.SequenceEqual(many.Items), $"seed {seed}, {day}");
            }
        }
        await (await product.Workspace()).BooksAreRight();
    }

    [Fact]
    public async Task of_64_parallel_imports_of_one_file_one_books_its_lines()
    {
        var desk = await StatementDesk.Open(product);
        var file = StatementDesk.Csv(0, Enumerable.Range(1, 50).Select(n => new CsvLine(First, $"L{n}", n * 10)));
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => desk.Import(file)));
        Assert.All(answers, a => a.Is(HttpStatusCode.Redirect));
        Assert.Equal(50, (await desk.Lines()).Count);
        await using var connection = await product.Owner.OpenConnectionAsync();
        Assert.Equal((64L, 50L), await connection.QuerySingleAsync<(long, long)>(
            "select count(*), sum(new_lines)::bigint from bursar.statement_imports where account = @Account", new { desk.Account }));
        await (await product.Workspace()).BooksAreRight();
    }

    [Fact]
    public async Task a_statement_of_missing_days_shows_as_an_open_item_until_it_comes()
    {
        var desk = await StatementDesk.Open(product);
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(First, "A", 100)));
        await desk.Takes(StatementDesk.Csv(350, new CsvLine(First.AddDays(5), "C", 50)));
        var gap = await desk.Proof(First.AddDays(9));
        Assert.True(gap.Holds);
        Assert.Equal([(First.AddDays(5), 250L)], gap.Items.Select(i => (i.Day, i.Amount)));
        await desk.Takes(StatementDesk.Csv(100, new CsvLine(First.AddDays(2), "B", 250)));
        Assert.Empty((await desk.Proof(First.AddDays(9))).Items);
    }

    [Fact]
    public async Task an_account_that_is_switched_off_takes_no_top_up_and_keeps_its_statements()
    {
        var desk = await StatementDesk.Open(product);
        var live = (await desk.Customer()).Live;
        var second = (await desk.Pages.Post("/operator/receiving-accounts", ("bankCode", desk.Bank), ("bankName", "Bank Uji"),
            ("account", desk.Account[1..]), ("holder", "PT Operator"))).Is(HttpStatusCode.Conflict);
        Assert.Contains("has an active one", StatementDesk.Said(second));
        (await desk.TopUp(live, 50_000)).Is(HttpStatusCode.Created);
        (await desk.Pages.Post($"/operator/receiving-accounts/{desk.Account}/deactivation")).Is(HttpStatusCode.Redirect);
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await live.Post("/v1/top-ups", new { amount = 50_000, bankCode = desk.Bank })).Status);
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(First, "A", 100)));
        Assert.Single(await desk.Lines());
        (await desk.Pages.Post($"/operator/receiving-accounts/{desk.Account}/activation")).Is(HttpStatusCode.Redirect);
        (await desk.TopUp(live, 50_000)).Is(HttpStatusCode.Created);
        (await desk.Pages.Post("/operator/receiving-accounts/5270990001/deactivation")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task the_house_ledger_shows_an_entry_with_its_line_its_postings_and_who_did_it()
    {
        var desk = await StatementDesk.Open(product);
        await desk.Takes(StatementDesk.Csv(0, new CsvLine(First, "FROM A STRANGER", 70_100), new CsvLine(First, "OTHER", 5)));
        var line = await desk.OnlyLine(70_100);
        (await desk.Decide(line, "return", ("note", "Sender unknown"))).Is(HttpStatusCode.Redirect);
        var list = (await desk.Pages.Get($"/operator/ledger/live?reference={line}&account=returns&account=suspense"))
            .Is(HttpStatusCode.OK).Body;
        Assert.Equal(2, Regex.Count(list, "class=\"row-link\""));
        Assert.DoesNotContain("row-link", (await desk.Pages.Get($"/operator/ledger/live?reference={line}&account=customers")).Body);
        Assert.DoesNotContain("row-link", (await desk.Pages.Get($"/operator/ledger/test?reference={line}")).Body);
        var link = WebUtility.HtmlDecode(Regex.Match(list, "class=\"row-link\" href=\"([^\"]+)\"").Groups[1].Value);
        var entry = (await desk.Pages.Get(link)).Is(HttpStatusCode.OK).Body;
        foreach (var said in new[] { "FROM A STRANGER", desk.Account, "Statement imported", "Marked to be returned", "Operator Op" })
            Assert.Contains(said, entry);
    }

    [Fact]
    public async Task nobody_but_an_operator_sees_or_imports_statements()
    {
        var member = new PageClient(product.Address, PageClient.FreshAddress());
        await member.SignIn(await (await product.Workspace()).AdminEmail());
        await member.Get("/test/home");
        foreach (var page in new[] { "statements", "suspense", "reconciliation", "receiving-accounts", "ledger", "ledger/live" })
            (await member.Get("/operator/" + page)).Is(HttpStatusCode.NotFound);
        (await member.Upload("/operator/statements", "file", [1], "text/csv", ("account", "test:5270990001"), ("format", "csv")))
            .Is(HttpStatusCode.NotFound);
        (await member.Post("/operator/receiving-accounts", ("bankCode", "x"))).Is(HttpStatusCode.NotFound);
        foreach (var what in new[] { "return", "payment", "bank-charge", "own-transfer", "reopening" })
            (await member.Post($"/operator/suspense/test/{StatementLineId.New(DateTimeOffset.UtcNow)}/{what}", ("note", "x")))
                .Is(HttpStatusCode.NotFound);
    }
}

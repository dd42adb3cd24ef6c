using System.Globalization;
using Bursar.Core.Statements;
using FsCheck;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Statements;

public sealed class LineMatchingTests
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    private static StatementLine Line(long amount, int day = 0, int row = 1) => new(row, Day.AddDays(day), amount, "TRSF");

    private static OpenAmount TopUp(string id, long @base, int code, int made = 0) =>
        new(id, @base + code, @base, Day.AddDays(made), Day.AddDays(made + 1));

    private static string Only(Matching matching) =>
        matching.Exact is [var match] ? $"exact {match.TopUp.Id}"
        : matching.ToReview is [var review] ? string.Join(' ', review.Suggestions.Select(s => $"{s.Reason} {s.TopUp.Id}"))
        : matching.Rest is [_] ? "rest" : "?";

    [Theory]
    [InlineData(1_000_123, 0, "exact A")]
    [InlineData(1_000_123, 1, "exact A")]
    [InlineData(1_000_123, 2, "Late A")]
    [InlineData(1_000_123, 15, "Late A")]
    [InlineData(1_000_123, 16, "rest")]
    [InlineData(1_000_123, -1, "rest")]
    [InlineData(1_000_000, 0, "WithoutCode A")]
    [InlineData(1_000_132, 0, "Transposed A")]
    [InlineData(1_000_213, 0, "Transposed A")]
    [InlineData(100_123, 0, "rest")]
    [InlineData(1_000_124, 0, "NearAmount A")]
    [InlineData(1_001_122, 0, "NearAmount A")]
    [InlineData(999_124, 0, "NearAmount A")]
    [InlineData(1_001_123, 0, "rest")]
    [InlineData(-1_000_123, 0, "rest")]
    [InlineData(1_000_321, 0, "NearAmount A")]
    public void one_line_and_one_top_up(long amount, int day, string expected) =>
        Assert.Equal(expected, Only(LineMatching.Of([Line(amount, day)], [TopUp("A", 1_000_000, 123)])));

    [Fact]
    public void digits_change_places_also_where_thousands_meet() =>
        Assert.Equal("Transposed A", Only(LineMatching.Of([Line(5_100_200)], [TopUp("A", 1_500_000, 200)])));

    [Fact]
    public void of_two_lines_for_one_top_up_the_first_pays_it_and_two_top_ups_for_one_line_are_for_a_person()
    {
        var twice = LineMatching.Of([Line(1_000_123, 1), Line(1_000_123, 0, 2)], [TopUp("A", 1_000_000, 123)]);
        Assert.Equal(2, Assert.Single(twice.Exact).Line.Row);
        Assert.Equal(1, Assert.Single(twice.Rest).Row);

        // Bases whose codes overlap: 1.000.000 with 600 and 1.000.500 with 100.
        OpenAmount[] overlap = [TopUp("A", 1_000_000, 600), TopUp("B", 1_000_500, 100)];
        Assert.Equal("Ambiguous A Ambiguous B", Only(LineMatching.Of([Line(1_000_600)], overlap)));
    }

    [Fact]
    public void what_a_line_pays_exactly_is_no_longer_suggested_for_another()
    {
        var matching = LineMatching.Of([Line(1_000_123), Line(1_000_125, 0, 2), Line(1_000_001, 0, 3)],
            [TopUp("A", 1_000_000, 123), TopUp("B", 1_000_000, 127)]);

        Assert.Equal("A", Assert.Single(matching.Exact).TopUp.Id);
        Assert.All(matching.ToReview, r => Assert.Equal("B", Assert.Single(r.Suggestions).TopUp.Id));
        Assert.Equal(2, matching.ToReview.Count);
    }

    [Fact]
    public void every_line_is_in_one_place_and_nothing_matches_twice()
    {
        var cases = from lines in (from amount in Amounts() from day in Gen.Choose(-1, 20) select (amount, day)).ListOf()
                    from open in (from code in Gen.Choose(1, 999) from made in Gen.Choose(-2, 5)
                                  from @base in Gen.Elements(10_000, 10_500, 50_000) select (@base, code, made)).ListOf()
                    select (lines, open);
        Property.Holds(cases, c =>
        {
            var lines = c.lines.Select((l, i) => Line(l.amount, l.day, i)).ToList();
            var open = c.open.Select((o, i) => TopUp(i.ToString("000", CultureInfo.InvariantCulture), o.@base, o.code, o.made)).ToList();

            var matching = LineMatching.Of(lines, open);

            var placed = matching.Exact.Select(m => m.Line).Concat(matching.ToReview.Select(r => r.Line)).Concat(matching.Rest);
            Assert.Equal(lines, placed.OrderBy(l => l.Row));
            Assert.Equal(matching.Exact.Count, matching.Exact.Select(m => m.TopUp.Id).Distinct().Count());
            foreach (var (line, topUp) in matching.Exact)
            {
                // The naive model: one open top-up of this amount on that day, and no earlier line that has it alone.
                Assert.Equal(topUp, Assert.Single(open, t => Pays(line, t)));
                Assert.DoesNotContain(lines, l => l.BookedOn < line.BookedOn && Pays(l, topUp) && open.Count(t => Pays(l, t)) == 1);
            }
            var taken = matching.Exact.Select(m => m.TopUp.Id).ToHashSet();
            foreach (var (line, suggestions) in matching.ToReview)
            {
                Assert.True(line.Amount > 0);
                Assert.InRange(suggestions.Count, 1, LineMatching.MostSuggestions);
                Assert.DoesNotContain(suggestions, s => taken.Contains(s.TopUp.Id));
            }
            // Nobody waits for a person who need not: each top-up that a line has alone is paid.
            var alone = lines.Select(l => open.Where(t => Pays(l, t)).ToList()).Where(t => t.Count == 1).Select(t => t[0].Id);
            Assert.Equal(alone.Distinct().Count(), matching.Exact.Count);
        });
    }

    [Fact]
    public void the_order_of_lines_and_top_ups_changes_nothing()
    {
        var cases = from codes in Gen.Choose(1, 999).ListOf() from amounts in Amounts().ListOf() select (codes, amounts);
        Property.Holds(cases, c =>
        {
            var lines = c.amounts.Select((a, i) => Line(a, 0, i)).ToList();
            var open = c.codes.Select((code, i) => TopUp($"{i:000}", 10_000, code)).ToList();
            var otherWay = LineMatching.Of(lines.AsEnumerable().Reverse(), [.. open.AsEnumerable().Reverse()]);
            Assert.Equal(Told(LineMatching.Of(lines, open)), Told(otherWay));
        });
    }

    [Fact]
    public void a_hundred_thousand_lines_find_their_way_among_a_thousand_top_ups_of_one_base()
    {
        var open = Enumerable.Range(1, 999).Select(code => TopUp($"{code:000}", 1_000_000, code)).ToList();
        var lines = Enumerable.Range(0, 100_000).Select(i => Line(1_000_000 + i % 2_500, 0, i)).ToList();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var matching = LineMatching.Of(lines, open);
        Assert.Equal(999, matching.Exact.Count);
        Assert.Equal(99_001, matching.ToReview.Count + matching.Rest.Count);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static bool Pays(StatementLine line, OpenAmount topUp) =>
        line.Amount == topUp.Amount && line.BookedOn >= topUp.CreatedOn && line.BookedOn <= topUp.ExpiresOn;

    private static Gen<long> Amounts() =>
        from @base in Gen.Elements(10_000, 10_500, 50_000) from code in Gen.Choose(-20, 999) from sign in Gen.Elements(1, 1, 1, -1)
        select sign * (long)(@base + code);

    private static IEnumerable<string> Told(Matching matching) =>
        matching.Exact.Select(m => $"{m.Line.Row} {m.TopUp.Id}")
            .Concat(matching.ToReview.SelectMany(r => r.Suggestions.Select(s => $"{r.Line.Row} {s.Reason} {s.TopUp.Id}")))
            .Concat(matching.Rest.Select(l => $"{l.Row} rest")).Order(StringComparer.Ordinal);
}

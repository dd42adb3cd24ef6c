using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Statements;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Statements;

public sealed class StatementTests
{
    public static readonly TheoryData<StatementFormat> Formats = [StatementFormat.Csv, StatementFormat.Mt940, StatementFormat.Camt053];

    [Theory]
    [MemberData(nameof(Formats))]
    public void what_a_bank_writes_is_read_to_the_letter(StatementFormat format)
    {
        var cases = from bookings in Written.Bookings().Where(b => b.Length > 0)
                    from opening in Gen.Choose(-1_000_000, 1_000_000)
                    from currency in Gen.Elements("IDR", "USD", "KWD")
                    select (bookings, opening, currency);
        Property.Holds(cases, c =>
        {
            var content = Written.As(format, c.bookings, c.opening, c.currency);
            var file = Written.File(content, Written.Source(format, c.currency));

            var statement = Assert.Single(file.Statements);
            Assert.Equal(c.opening, statement.Opening);
            Assert.Equal(c.opening + c.bookings.Sum(b => b.Amount), statement.Closing);
            Assert.Equal((c.bookings[0].Day, c.bookings[^1].Day), (statement.From, statement.To));
            Assert.Equal(
                c.bookings.Select(b => (b.Day, b.Amount, b.Text, b.Reference)),
                statement.Lines.Select(l => (l.BookedOn, l.Amount, l.Description, l.BankReference ?? "")));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Hash);
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void overlapping_files_in_any_order_give_the_same_lines(StatementFormat format)
    {
        const int Days = 12;
        var cases = from bookings in Written.Bookings(Days)
                    from cuts in Gen.Zip(Gen.Choose(0, Days), Gen.Choose(0, Days)).ListOf()
                    from shuffle in Gen.Choose(0, int.MaxValue)
                    select (bookings, cuts, shuffle);
        Property.Holds(cases, c =>
        {
            // The whole in two halves, so that nothing is missing, and any slices of whole days over them, some twice.
            var cuts = c.cuts.Select(s => (Math.Min(s.Item1, s.Item2), Math.Max(s.Item1, s.Item2)));
            (int From, int To)[] slices = [(0, 5), (5, Days), .. cuts];
            var order = new Random(c.shuffle);
            order.Shuffle(slices);
            var known = new HashSet<string>();
            foreach (var (from, to) in slices)
            {
                var (first, end) = (Written.FirstDay.AddDays(from), Written.FirstDay.AddDays(to));
                var slice = c.bookings.Where(b => b.Day >= first && b.Day < end).ToList();
                if (slice.Count == 0) continue;
                var opening = c.bookings.Where(b => b.Day < first).Sum(b => b.Amount);
                var lines = Written.File(Written.As(format, slice, opening), Written.Source(format)).Lines.ToList();
                Assert.Equal(lines.Count, lines.Select(l => l.Fingerprint).Distinct().Count());
                known.UnionWith(lines.Select(l => l.Fingerprint));
            }
            Assert.Equal(c.bookings.Length, known.Count);
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void a_file_in_which_one_amount_is_off_by_one_is_refused(StatementFormat format)
    {
        Booking[] bookings = [.. Enumerable.Range(0, 5).Select(i => new Booking(Written.FirstDay.AddDays(i), 1000 + i, "x", $"R{i}"))];
        var text = Encoding.UTF8.GetString(Written.As(format, bookings, 500));
        foreach (var amount in bookings.Select(b => b.Amount))
        {
            var at = text.IndexOf(amount.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var wrong = text[..(at + 3)] + (char)(text[at + 3] + 1) + text[(at + 4)..];
            // A CSV says no opening balance: only with the one that a person gives is its first line proved too.
            Assert.Equal(FaultCodes.BalanceMismatch, Written.Fault(wrong, Written.Source(format) with { Opening = 500 }).Code);
        }
    }

    [Fact]
    public void two_equal_bookings_of_a_day_are_two_and_differ_from_those_of_the_next()
    {
        var booking = new Booking(Written.FirstDay, 1000, "SAME", "R");
        Booking[] bookings = [booking, booking, booking with { Day = Written.FirstDay.AddDays(1) }];
        var content = Written.As(StatementFormat.Csv, bookings, 0);

        var prints = Written.File(content, Written.Source(StatementFormat.Csv)).Lines.Select(l => l.Fingerprint).ToList();
        var other = Written.File(content, Written.Source(StatementFormat.Csv) with { Account = "1234567891" }).Lines;

        Assert.Equal(3, prints.Distinct().Count());
        Assert.Empty(prints.Intersect(other.Select(l => l.Fingerprint)));
    }

    [Fact]
    public void a_hundred_thousand_lines_are_read_and_one_more_is_not()
    {
        foreach (var format in Enum.GetValues<StatementFormat>())
        {
            var bookings = Enumerable.Repeat(new Booking(Written.FirstDay, 7, "T", "R"), StatementLimits.Rows + 1).ToList();
            var file = Written.File(Written.As(format, bookings[1..], 0), Written.Source(format));
            Assert.Equal(StatementLimits.Rows, file.Lines.Select(l => l.Fingerprint).Distinct().Count());
            Assert.Equal(FaultCodes.TooManyRows, Written.Fault(Written.As(format, bookings, 0), Written.Source(format)).Code);
        }
    }

    [Fact]
    public void what_was_read_off_the_banks_page_must_be_in_the_file()
    {
        var content = Written.As(StatementFormat.Camt053, [new Booking(Written.FirstDay, 10, "x", "")], 5);
        var source = Written.Source(StatementFormat.Camt053);
        Written.File(content, source with { Opening = 5, Closing = 15 });
        Assert.Equal(FaultCodes.BalanceMismatch, Written.Fault(content, source with { Opening = 4 }).Code);
        Assert.Equal(FaultCodes.BalanceMismatch, Written.Fault(content, source with { Closing = 16 }).Code);
    }
}

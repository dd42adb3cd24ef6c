using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

public sealed class PaymentMatchingTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Account = "5270997481";
    private static readonly DateOnly Day = new(2026, 3, 10);
    private static readonly SentPayment Sent = new(Id, 50_000, Account, "TRX-771", Day);

    private static StatementLine Line(long amount, string text = "TRF", int row = 1) => new(row, Day, amount, text);

    private static int Proved(StatementLine line) => PaymentMatching.Of([line], [Sent]).Count;

    [Theory]
    [InlineData(-50_000, $"TRF {Id} BUDI", 1)]
    [InlineData(50_000, $"RETUR/{Id}", 1)]
    [InlineData(-50_001, Id, 0)]
    [InlineData(49_999, Id, 0)]
    [InlineData(-50_000, "0123456789abcdef0123456789abcde", 0)]
    [InlineData(-50_000, Account, 0)]
    public void a_line_proves_the_payment_whose_id_and_exact_amount_it_says(long amount, string text, int proved) =>
        Assert.Equal(proved, Proved(Line(amount, text)));

    [Fact]
    public void the_banks_reference_proves_money_out_to_that_account_and_no_other()
    {
        var line = Line(-50_000) with { BankReference = "TRX-771" };
        Assert.Equal(1, Proved(line));
        Assert.Equal(1, Proved(line with { CounterpartyAccount = "014-" + Account }));
        Assert.Equal(0, Proved(line with { CounterpartyAccount = "5270997482" }));
        Assert.Equal(0, Proved(line with { Amount = -50_001 }));
        Assert.Equal(0, Proved(line with { Amount = 50_000 }));
        Assert.Equal(0, Proved(line with { BankReference = "TRX-772" }));
    }

    [Fact]
    public void a_reference_of_two_payments_proves_neither() =>
        Assert.Empty(PaymentMatching.Of([Line(-50_000) with { BankReference = "TRX-771" }],
            [Sent, Sent with { Id = "f123456789abcdef0123456789abcdef" }]));

    [Fact]
    public void of_two_lines_that_say_the_same_one_counts_and_a_return_is_another_thing()
    {
        StatementLine[] lines = [Line(-50_000, Id, 1), Line(-50_000, Id, 2), Line(50_000, Id, 3)];
        Assert.Equal([1, 3], PaymentMatching.Of(lines, [Sent]).Keys.Select(l => l.Row).Order());
    }

    [Fact]
    public void what_is_alike_is_suggested_the_likeliest_first()
    {
        var payments = new[]
        {
            Sent with { Id = new string('a', 32), AccountNumber = "111", SentOn = Day.AddDays(-3) },
            Sent with { Id = new string('b', 32), AccountNumber = "222", SentOn = Day.AddDays(-1) },
            Sent with { Id = new string('c', 32), SentOn = Day.AddDays(-5) },
            Sent with { Id = new string('d', 32), Amount = 50_001 },
        };
        var suggested = PaymentMatching.Suggest(Line(-50_000, $"TRF KE {Account}"), payments);
        Assert.Equal([('c', PaymentReason.SameAccount), ('b', PaymentReason.SameAmount), ('a', PaymentReason.SameAmount)],
            suggested.Select(s => (s.Payment.Id[0], s.Reason)));
    }
}

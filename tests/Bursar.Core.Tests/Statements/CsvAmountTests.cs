using System.Text;
using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

public sealed class CsvAmountTests
{
    /// <summary>Without a balance column; the person who imports says opening 0 and the closing.</summary>
    private static StatementSource Plain(char mark, long closing, string currency) =>
        Written.Source(StatementFormat.Csv, currency) with
        {
            Mapping = Written.Mapping with { DecimalMark = mark, Balance = null, Reference = null, Delimiter = ';' },
            Opening = 0,
            Closing = closing,
        };

    [Theory]
    [InlineData("1.000,50", ',', "USD", 100050)]
    [InlineData("1,000.50", '.', "USD", 100050)]
    [InlineData("1000.50", '.', "USD", 100050)]
    [InlineData("1 000,5", ',', "EUR", 100050)]
    [InlineData("1'234'567.00", '.', "EUR", 123456700)]
    [InlineData("1.234.567", ',', "IDR", 1234567)]
    [InlineData("1,234,567.00", '.', "IDR", 1234567)]
    [InlineData("Rp 1.000", ',', "IDR", 1000)]
    [InlineData("IDR1.000,00", ',', "IDR", 1000)]
    [InlineData("(500)", '.', "IDR", -500)]
    [InlineData("(1.500,25)", ',', "USD", -150025)]
    [InlineData("-500", '.', "IDR", -500)]
    [InlineData("500-", '.', "IDR", -500)]
    [InlineData("- 500", '.', "IDR", -500)]
    [InlineData("+500", '.', "IDR", 500)]
    [InlineData("1,000.00 CR", '.', "IDR", 1000)]
    [InlineData("1,000.00 DB", '.', "IDR", -1000)]
    [InlineData("1.000 D", ',', "IDR", -1000)]
    [InlineData("5.125", '.', "KWD", 5125)]
    [InlineData("1000000000000000", '.', "IDR", 1_000_000_000_000_000)]
    public void an_amount_is_read_as_its_bank_writes_it(string text, char mark, string currency, long minor)
    {
        var file = Written.File(Encoding.UTF8.GetBytes($"Date;Remark;Amount\n31/01/2026;x;{text}\n"), Plain(mark, minor, currency));
        Assert.Equal(minor, Assert.Single(file.Lines).Amount);
    }

    [Theory]
    [InlineData("1.000,50", '.', "USD", FaultCodes.AmountAmbiguous)]
    [InlineData("1,000.50", ',', "USD", FaultCodes.AmountAmbiguous)]
    [InlineData("1.000", '.', "IDR", FaultCodes.AmountAmbiguous)]
    [InlineData("1,000", ',', "USD", FaultCodes.AmountAmbiguous)]
    [InlineData("1.00", ',', "USD", FaultCodes.AmountAmbiguous)]
    [InlineData("1,00,000", '.', "IDR", FaultCodes.AmountAmbiguous)]
    [InlineData("1.000 000", ',', "IDR", FaultCodes.AmountAmbiguous)]
    [InlineData("1000.50", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("1.234", '.', "EUR", FaultCodes.AmountAmbiguous)]
    [InlineData("1e3", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("0x10", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("NaN", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("١٠٠", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("500.", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData(".50", '.', "USD", FaultCodes.BadAmount)]
    [InlineData("", '.', "IDR", FaultCodes.AmountMissing)]
    [InlineData("-(500)", '.', "IDR", FaultCodes.BadAmount)]
    [InlineData("(-500)", '.', "IDR", FaultCodes.BadDirection)]
    [InlineData("-500 CR", '.', "IDR", FaultCodes.BadDirection)]
    [InlineData("500 ID", '.', "IDR", FaultCodes.BadDirection)]
    [InlineData("1000000000000001", '.', "IDR", FaultCodes.AmountOutOfRange)]
    [InlineData("99999999999999999999999999", '.', "IDR", FaultCodes.AmountOutOfRange)]
    public void an_amount_that_could_be_two_is_none(string text, char mark, string currency, string code)
    {
        var fault = Written.Fault($"Date;Remark;Amount\n31/01/2026;x;{text}\n", Plain(mark, 0, currency));
        Assert.Equal((code, 2), (fault.Code, fault.Line));
        Assert.Equal(14, fault.Column);
    }

    [Fact]
    public void without_a_balance_column_both_balances_are_asked_for()
    {
        var source = Plain('.', 5, "IDR");
        Written.File("Date;Remark;Amount\n01/01/2026;x;5\n"u8.ToArray(), source);
        Assert.Equal(FaultCodes.BalanceMismatch, Written.Fault("Date;Remark;Amount\n01/01/2026;x;6\n", source).Code);
        Assert.Equal(FaultCodes.BalanceMissing, Written.Fault("Date;Remark;Amount\n01/01/2026;x;5\n", source with { Closing = null }).Code);
    }

    [Fact]
    public void a_row_with_debit_and_credit_or_neither_is_refused()
    {
        var source = Written.Source(StatementFormat.Csv) with
        {
            Mapping = Written.Mapping with { Amount = null, Debit = "D", Credit = "C", Reference = null },
        };
        const string Head = "Date,Remark,D,C,Balance\n";
        Assert.Equal(FaultCodes.TwoAmounts, Written.Fault(Head + "01/01/2026,x,5,5,0\n", source).Code);
        Assert.Equal(FaultCodes.AmountMissing, Written.Fault(Head + "01/01/2026,x,,,0\n", source).Code);
        Assert.Equal(FaultCodes.BadDirection, Written.Fault(Head + "01/01/2026,x,-5,,0\n", source).Code);
        Assert.Equal(5, Written.File(Encoding.UTF8.GetBytes(Head + "01/01/2026,x,0.00,5,5\n"), source).Lines.Single().Amount);
    }
}

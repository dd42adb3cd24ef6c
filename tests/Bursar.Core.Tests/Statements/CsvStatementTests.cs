using System.Text;
using Bursar.Core.Currencies;
using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

public sealed class CsvStatementTests
{
    private static readonly StatementSource Source = Written.Source(StatementFormat.Csv);

    private static StatementSource With(Func<CsvMapping, CsvMapping> change, string currency = "IDR") =>
        Written.Source(StatementFormat.Csv, currency) with { Mapping = change(Written.Mapping) };

    [Theory]
    [InlineData("dd/MM/yyyy", "03/04/2026", 4, 3)]
    [InlineData("MM/dd/yyyy", "03/04/2026", 3, 4)]
    [InlineData("yyyy-MM-dd", "2026-04-03", 4, 3)]
    [InlineData("dd-MMM-yy", "03-Apr-26", 4, 3)]
    [InlineData("dd/MM/yyyy HH:mm:ss", "03/04/2026 23:59:59", 4, 3)]
    public void the_mapping_says_what_is_day_and_month(string format, string text, int month, int day)
    {
        var source = With(m => m with { DateFormat = format });
        var file = Written.File(Encoding.UTF8.GetBytes($"Date,Ref,Remark,Amount,Balance\n{text},,x,5,5\n"), source);
        Assert.Equal(new DateOnly(2026, month, day), file.Lines.Single().BookedOn);
    }

    [Theory]
    [InlineData("dd/MM/yyyy", "31/02/2026")]
    [InlineData("dd/MM/yyyy", "12/31/2026")]
    [InlineData("MM/dd/yyyy", "31/12/2026")]
    [InlineData("dd/MM/yyyy", "29/02/2025")]
    [InlineData("dd/MM/yyyy", "1/2/2026")]
    [InlineData("dd/MM/yyyy", "01/02/0026")]
    [InlineData("dd/MM/yyyy", "")]
    public void a_day_that_is_none_in_that_order_is_refused_where_it_stands(string format, string text)
    {
        var fault = Written.Fault(
            $"Date,Ref,Remark,Amount,Balance\n01/01/2026,,x,5,5\n{text},,x,5,10\n",
            With(m => m with { DateFormat = format }));
        Assert.Equal((FaultCodes.BadDate, 3, 1), (fault.Code, fault.Line, fault.Column));
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void the_delimiter_is_the_one_that_shows_the_columns(char delimiter)
    {
        var text = "Date|Ref|Remark|Amount|Balance\n02/01/2026|R|\"a,b;c\"|5|5\n".Replace('|', delimiter);
        Assert.Equal("a,b;c", Written.File(Encoding.UTF8.GetBytes(text), Source).Lines.Single().Description);
    }

    [Fact]
    public void a_mark_before_the_text_and_the_chosen_encoding_are_believed()
    {
        const string Text = "Date,Ref,Remark,Amount,Balance\r\n02/01/2026,R,Café Ünal €,5,5\r\n";
        var windows = Source with { Encoding = StatementEncoding.Windows1252 };
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] content = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];
            Assert.Equal("Café Ünal €", Written.File(content, windows).Lines.Single().Description);
        }
        byte[] ansi = [.. Text.Replace("€", "\u0080").Select(c => (byte)c)];
        Assert.Equal("Café Ünal €", Written.File(ansi, windows).Lines.Single().Description);
        Assert.Equal((FaultCodes.BadEncoding, 2), (Written.Fault(ansi, Source).Code, Written.Fault(ansi, Source).Line));
    }

    [Fact]
    public void debit_and_credit_columns_header_lines_footers_and_newest_first_are_a_real_banks()
    {
        const string Text = """
            Account No;: 123-456-7890
            Currency;: IDR

            Tgl;Keterangan 1;Keterangan 2;Debet;Kredit;Saldo;
            05/01/2026;"TRSF
            CR";BUDI;;1.500,00;2.250,00;
            04/01/2026;BIAYA;ADM;250,00;;750,00;
            Saldo Awal;;;;;1.000,00;
            Saldo Akhir;;;;;2.250,00;
            """;
        var source = new StatementSource(StatementFormat.Csv, Written.Account, Currency.Idr)
        {
            Mapping = new CsvMapping
            {
                Date = "Tgl", DateFormat = "dd/MM/yyyy", DecimalMark = ',', Debit = "Debet", Credit = "Kredit", Balance = "Saldo",
                Description = ["Keterangan 1", "Keterangan 2"], SkipLines = 3, SkipLastRows = 2, NewestFirst = true,
            },
        };

        var statement = Written.File(Encoding.UTF8.GetBytes(Text), source).Statements.Single();

        Assert.Equal((1000, 2250), (statement.Opening, statement.Closing));
        Assert.Equal([(7, -250L, "BIAYA ADM"), (5, 1500L, "TRSF CR BUDI")], statement.Lines.Select(l => (l.Row, l.Amount, l.Description)));
        Assert.Equal((new DateOnly(2026, 1, 4), new DateOnly(2026, 1, 5)), (statement.From, statement.To));
    }

    [Fact]
    public void a_column_may_tell_the_direction_and_a_file_may_have_no_header()
    {
        var source = With(m => m with
        {
            Date = "1", Amount = "2", Direction = "3", Balance = "4", Reference = null, Description = ["5"],
            HasHeader = false, Delimiter = ',',
        });
        var lines = Written.File("02/01/2026,100,K,100,in\n02/01/2026,30,DB,70,out\n"u8.ToArray(), source).Lines;
        Assert.Equal([100, -30], lines.Select(l => l.Amount));
        Assert.Equal(FaultCodes.BadDirection, Written.Fault("02/01/2026,100,X,100,in\n", source).Code);
        Assert.Equal(FaultCodes.ColumnCount, Written.Fault("02/01/2026,100,K,100\n", source).Code);
    }

    [Theory]
    [InlineData("Date,Ref,Remark,Amount,Date,Balance\n", FaultCodes.DuplicateHeader, 1)]
    [InlineData("Date,Ref,Remark,Amount\n", FaultCodes.ColumnMissing, 1)]
    [InlineData("", FaultCodes.FileEmpty, 1)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n", FaultCodes.BalanceMissing, 0)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,x,5\n", FaultCodes.ColumnCount, 2)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,x,5,5,6\n", FaultCodes.ColumnCount, 2)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,\"x,5,5\n02/01/2026,,x,5,5\n", FaultCodes.UnclosedQuote, 2)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,\"x\"y,5,5\n", FaultCodes.BadQuote, 2)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,x\"y,5,5\n", FaultCodes.BadQuote, 2)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,x,5,5\n01/01/2026,,,7,13\n01/01/2026,,,1,14\n", FaultCodes.BalanceMismatch, 3)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,,7,12\n01/01/2026,,,5,5\n01/01/2026,,,1,13\n", FaultCodes.BalanceMismatch, 3)]
    [InlineData("Date,Ref,Remark,Amount,Balance\r01/01/2026,,y,7,12\r", FaultCodes.BadCharacter, 1)]
    [InlineData("Date,Ref,Remark,Amount,Balance\n01/01/2026,,a\0b,7,12\n", FaultCodes.BadCharacter, 2)]
    public void a_broken_file_is_refused_whole_with_its_line(string text, string code, int line)
    {
        var fault = Written.Fault(text, Source);
        Assert.Equal((code, line), (fault.Code, fault.Line));
    }

    [Fact]
    public void rows_of_another_account_or_currency_are_refused()
    {
        var source = With(m => m with { Account = "Acc", Currency = "Ccy" });
        const string Head = "Date,Ref,Remark,Amount,Balance,Acc,Ccy\n";
        Written.File(Encoding.UTF8.GetBytes(Head + "01/01/2026,,x,5,5,123-456-7890,idr\n"), source);
        Assert.Equal(FaultCodes.WrongAccount, Written.Fault(Head + "01/01/2026,,x,5,5,1234567891,IDR\n", source).Code);
        Assert.Equal(FaultCodes.WrongAccount, Written.Fault(Head + "01/01/2026,,x,5,5,,IDR\n", source).Code);
        Assert.Equal(FaultCodes.WrongCurrency, Written.Fault(Head + "01/01/2026,,x,5,5,1234567890,USD\n", source).Code);
    }

    [Fact]
    public void a_mapping_that_leaves_something_to_guess_is_no_mapping()
    {
        Assert.Null(Written.Mapping.Problem());
        Assert.NotNull((Written.Mapping with { DateFormat = "auto" }).Problem());
        Assert.NotNull((Written.Mapping with { DecimalMark = ' ' }).Problem());
        Assert.NotNull((Written.Mapping with { Debit = "D", Credit = "C" }).Problem());
        Assert.NotNull((Written.Mapping with { Amount = null, Debit = "D" }).Problem());
        Assert.NotNull((Written.Mapping with { Amount = null }).Problem());
        Assert.NotNull((Written.Mapping with { HasHeader = false, Delimiter = ',' }).Problem());
        Assert.NotNull((Written.Mapping with { Delimiter = '"' }).Problem());
        Assert.Equal(FaultCodes.MappingInvalid, Written.Fault("x", Source with { Mapping = null }).Code);
        Assert.Equal(FaultCodes.MappingInvalid, Written.Fault("x", With(m => m with { SkipLines = -1 })).Code);
    }
}

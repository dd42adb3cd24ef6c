using System.Text;
using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

public sealed class Mt940StatementTests
{
    private static readonly StatementSource Source = Written.Source(StatementFormat.Mt940, "EUR");

    /// <summary>What banks send: both days, structured and free details, reversals, two pages, an envelope.</summary>
    private const string Real = """
        {1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
        :20:STARTUMS
        :21:NONREF
        :25:70050000/1234567890
        :28C:00352/1
        :60F:C251230EUR1000,00
        :61:2601021231CR250,5NTRFNONREF//B251231-7
        BOOKED FROM BRANCH
        :86:166?00GUTSCHRIFT?109075?20EREF+INV-2026-1?21SVWZ+Rechnung Januar 20
        ?2226 vielen Dank?30COBADEFFXXX?31DE89370400440532013000?32BUDI SAN
        TOSO?33 TRADING
        :61:251231D100,NMSCBATCH-9//B251231-8
        :62M:C251231EUR1150,50
        -}
        {1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
        :20:STARTUMS
        :25:70050000/1234567890EUR
        :28C:00352/2
        :60M:C251231EUR1150,50
        :61:2512311231RD50,00FTRFABC
        :86:/NAME/PT MAJU JAYA/IBAN/NL91ABNA0417164300/REMI/Order 7/8 of May/EREF/E2E-77/TRTP/SEPA
        :61:2512311231RC0,50NCHGNONREF
        :86:This line of free text is exactly sixty five characters long, so 
        that it goes on
        :62F:C251231EUR1200,00
        :64:C251231EUR1200,00
        :65:C260102EUR1200,00
        :86:WORDS ON THE STATEMENT
        -}
        """;

    [Fact]
    public void a_real_statement_is_read_with_all_its_fields()
    {
        var file = Written.File(Encoding.UTF8.GetBytes(Real), Source);

        Assert.Equal([(100000L, 115050L), (115050L, 120000L)], file.Statements.Select(s => (s.Opening, s.Closing)));
        Assert.Equal("STARTUMS 00352/2", file.Statements[1].Number);
        var lines = file.Lines.ToList();
        Assert.Equal([7, 12, 20, 22], lines.Select(l => l.Row));
        Assert.Equal([25050, -10000, 5000, -50], lines.Select(l => l.Amount));
        Assert.All(lines, l => Assert.Equal(new DateOnly(2025, 12, 31), l.BookedOn));
        Assert.Equal(new DateOnly(2026, 1, 2), lines[0].ValueOn);

        Assert.Equal("BOOKED FROM BRANCH EREF+INV-2026-1SVWZ+Rechnung Januar 2026 vielen Dank", lines[0].Description);
        Assert.Equal(("BUDI SANTOSO TRADING", "DE89370400440532013000"), (lines[0].Counterparty, lines[0].CounterpartyAccount));
        Assert.Equal(("B251231-7", null), (lines[0].BankReference, lines[0].EndToEndId));
        Assert.Equal(("B251231-8", "BATCH-9"), (lines[1].BankReference, lines[1].EndToEndId));
        Assert.Equal(("PT MAJU JAYA", "NL91ABNA0417164300"), (lines[2].Counterparty, lines[2].CounterpartyAccount));
        Assert.Equal(("Order 7/8 of May", "E2E-77"), (lines[2].Description, lines[2].EndToEndId));
        Assert.Equal("This line of free text is exactly sixty five characters long, so that it goes on", lines[3].Description);
    }

    private static string Message(string body, string account = Written.Account) => $":20:R\n:25:{account}\n:28C:1\n{body}\n";

    private const string Good = ":60F:C260101EUR10,\n:61:260102C5,NTRFNONREF\n:62F:C260102EUR15,";

    [Theory]
    [InlineData(":60F:C260101EUR10,\n:61:260102C5,NTRFNONREF\n:62F:C260102EUR16,", FaultCodes.BalanceMismatch, 6)]
    [InlineData(":60F:C260101USD10,\n:62F:C260102USD10,", FaultCodes.WrongCurrency, 4)]
    [InlineData(":60F:C260101EUR10,\n:62F:C260102USD10,", FaultCodes.WrongCurrency, 5)]
    [InlineData(":60F:X260101EUR10,\n:62F:C260102EUR10,", FaultCodes.BadDirection, 4)]
    [InlineData(":60F:C260231EUR10,\n:62F:C260102EUR10,", FaultCodes.BadDate, 4)]
    [InlineData(":60F:C260101EUR10.00\n:62F:C260102EUR10,", FaultCodes.BadAmount, 4)]
    [InlineData(":60F:C260101EUR10,\n:61:260231C5,NTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadDate, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:2601020231C5,NTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadDate, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:260102EC5,NTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadDirection, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:260102C5,005NTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadAmount, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:260102C5,XTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadStructure, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:260102\n:62F:C260102EUR15,", FaultCodes.BadStructure, 5)]
    [InlineData(":60F:C260101EUR10,\n:61:260102C5,NTRFNONREF", FaultCodes.BadStructure, 1)]
    [InlineData(":60F:C260101EUR10,\n:61:260102C5,NTRFNONREF\n-", FaultCodes.BadStructure, 6)]
    [InlineData(":60F:C260101EUR10,\n:86:words of no line\n:62F:C260102EUR10,", FaultCodes.BadStructure, 5)]
    [InlineData(":60F:C260101EUR10,\n:34F:EUR0,\n:62F:C260102EUR10,", FaultCodes.BadStructure, 5)]
    [InlineData(":61:260102C5,NTRFNONREF\n:62F:C260102EUR15,", FaultCodes.BadStructure, 4)]
    [InlineData(":60F:C260101EUR10,\n:60F:C260101EUR10,\n:62F:C260102EUR10,", FaultCodes.BadStructure, 5)]
    [InlineData(Good + "\n:61:260102C5,NTRFNONREF", FaultCodes.BadStructure, 7)]
    [InlineData(Good + "\n:20:R\n:25:1234567890\n:28C:2\n:60F:C260102EUR14,\n:62F:C260102EUR14,", FaultCodes.StatementGap, 11)]
    [InlineData(Good + "\n:20:R\n:25:1234567890\n:28C:2\n:60F:C251231EUR15,\n:62F:C251231EUR15,", FaultCodes.StatementGap, 11)]
    [InlineData(Good + "\n:20:R\n:25:1234567890\n:28C:1\n:60F:C260102EUR15,\n:62F:C260102EUR15,", FaultCodes.StatementRepeated, 11)]
    public void a_broken_message_is_refused_whole_with_its_line(string body, string code, int line)
    {
        var fault = Written.Fault(Message(body), Source);
        Assert.Equal((code, line), (fault.Code, fault.Line));
    }

    [Fact]
    public void the_statement_of_another_account_is_refused()
    {
        Written.File(Encoding.UTF8.GetBytes(Message(Good)), Source);
        Written.File(Encoding.UTF8.GetBytes(Message(Good, "123-456-7890")), Source);
        foreach (var other in new[] { "1234567891", "1234567890USD", "70050000/1234567891", "1234567890/1", "" })
            Assert.Equal(FaultCodes.WrongAccount, Written.Fault(Message(Good, other), Source).Code);

        var withBank = Source with { Account = "70050000/1234567890" };
        Written.File(Encoding.UTF8.GetBytes(Message(Good, "70050000/1234567890")), withBank);
        Assert.Equal(FaultCodes.WrongAccount, Written.Fault(Message(Good, "70060000/1234567890"), withBank).Code);
    }

    [Fact]
    public void text_that_is_no_statement_is_refused()
    {
        Assert.Equal(FaultCodes.FileEmpty, Written.Fault("", Source).Code);
        Assert.Equal(FaultCodes.FileEmpty, Written.Fault("hello\nworld\n", Source).Code);
        Assert.Equal(FaultCodes.BadStructure, Written.Fault(string.Join('\n', Enumerable.Repeat("hello", 10)), Source).Code);
        Assert.Equal(FaultCodes.BadStructure, Written.Fault(Message(Good.Replace("NONREF", "NONREF\n:86:x" + string.Concat(
            Enumerable.Repeat("\nmore", StatementLimits.FieldLines)))), Source).Code);
    }
}

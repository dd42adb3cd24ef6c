using System.Text;
using System.Xml;
using System.Xml.Schema;
using Bursar.Core.Statements;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Statements;

public sealed class CamtStatementTests
{
    private static readonly StatementSource Source = Written.Source(StatementFormat.Camt053);
    private static readonly Booking[] One = [new(Written.FirstDay, 100, "x", "R")];

    private static StatementFile Read(string xml) => Written.File(Encoding.UTF8.GetBytes(xml), Source);

    /// <summary>A statement of opening 0 with the entries as given, in version 08.</summary>
    private static string With(string entries, long closing)
    {
        var xml = Written.Camt([new(Written.FirstDay, closing, "", "")], 0, "IDR", 8);
        return xml[..xml.IndexOf("<Ntry>", StringComparison.Ordinal)] + entries + "</Stmt></BkToCstmrStmt></Document>";
    }

    private static string Entry(long amount, string status = "BOOK", string details = "") =>
        $"<Ntry>{Written.Sum(amount, "IDR")}<Sts><Cd>{status}</Cd></Sts><BookgDt><DtTm>2026-01-02T23:59:59+07:00</DtTm></BookgDt>"
        + $"<ValDt><Dt>2026-01-03</Dt></ValDt><AcctSvcrRef>ENTRY</AcctSvcrRef><BkTxCd/><NtryDtls>{details}</NtryDtls></Ntry>";

    private static string Payment(long amount, string name, string currency = "IDR") =>
        $"<TxDtls><Refs><AcctSvcrRef>TX-{name}</AcctSvcrRef><EndToEndId>E-{name}</EndToEndId></Refs>"
        + $"{Written.Sum(amount, currency)}<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>"
        + $"<DbtrAcct><Id><Othr><Id>ACC-{name}</Id></Othr></Id></DbtrAcct>"
        + $"<Cdtr><Pty><Nm>Us</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>for {name}</Ustrd></RmtInf></TxDtls>";

    [Fact]
    public void version_eight_is_read_as_version_two()
    {
        var bookings = Written.Bookings().Where(b => b.Length > 0);
        Property.Holds(bookings, b =>
        {
            var (two, eight) = (Read(Written.Camt(b, 7)), Read(Written.Camt(b, 7, version: 8)));
            Assert.Equal(two.Lines.Select(l => l.Fingerprint), eight.Lines.Select(l => l.Fingerprint));
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void our_bank_of_the_tests_writes_what_the_standard_says(int version)
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        schemas.Add(null, Iso20022.Schema($"camt.053.001.{version:00}"));
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
        using var reader = XmlReader.Create(new StringReader(Written.Camt(One, 7, "IDR", version)), settings);
        while (reader.Read()) { }
    }

    [Fact]
    public void a_batch_gives_its_payments_if_they_make_the_entry_and_one_line_if_not()
    {
        var whole = Entry(300, details: "<Btch><NbOfTxs>2</NbOfTxs></Btch>" + Payment(100, "Ani") + Payment(200, "Budi"));
        var lines = Read(With(whole, 300)).Lines.ToList();
        Assert.Equal([(100L, "Ani", "ACC-Ani", "TX-Ani", "E-Ani", "for Ani"), (200L, "Budi", "ACC-Budi", "TX-Budi", "E-Budi", "for Budi")],
            lines.Select(l => (l.Amount, l.Counterparty!, l.CounterpartyAccount!, l.BankReference!, l.EndToEndId!, l.Description)));
        Assert.All(lines, l => Assert.Equal((new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 3)), (l.BookedOn, l.ValueOn!.Value)));

        foreach (var odd in new[] { Payment(199, "Budi"), Payment(200, "Budi", "USD"), "<TxDtls/>" })
        {
            var line = Assert.Single(Read(With(Entry(300, details: Payment(100, "Ani") + odd), 300)).Lines);
            Assert.Equal((300, "ENTRY", null), (line.Amount, line.BankReference, line.Counterparty));
        }
    }

    [Fact]
    public void a_payment_of_ours_that_came_back_keeps_its_name_and_its_own_direction()
    {
        var details = Payment(500, "Ani") + Payment(-200, "Budi");
        Assert.Equal([500, -200], Read(With(Entry(300, details: details), 300)).Lines.Select(l => l.Amount));
        var paid = Assert.Single(Read(With(Entry(-100, details: Payment(-100, "Ani")), -100)).Lines);
        Assert.Equal(("Us", "E-Ani"), (paid.Counterparty, paid.EndToEndId));
    }

    [Fact]
    public void only_what_is_booked_counts()
    {
        var xml = With(Entry(100) + Entry(70, "PDNG") + Entry(30, "INFO") + Entry(5, "FUTR"), 100);
        Assert.Equal(100, Assert.Single(Read(xml).Lines).Amount);
    }

    [Fact]
    public void the_previous_closing_stands_for_a_missing_opening_and_no_other_balance_does()
    {
        var xml = Written.Camt(One, 7);
        Assert.Equal(7, Read(xml.Replace("OPBD", "PRCD")).Statements[0].Opening);
        Assert.Equal(FaultCodes.BalanceMissing, Written.Fault(xml.Replace("OPBD", "OPAV"), Source).Code);
        Assert.Equal(FaultCodes.BalanceMissing, Written.Fault(xml.Replace("CLBD", "CLAV"), Source).Code);
    }

    [Fact]
    public void a_broken_document_is_refused_whole()
    {
        var xml = Written.Camt(One, 7);
        (string Change, string Into, string Code)[] cases =
        [
            ("<Id>1234567890</Id>", "<Id>1234567891</Id>", FaultCodes.WrongAccount),
            ("<Acct><Id><Othr><Id>1234567890</Id></Othr></Id><Ccy>IDR</Ccy></Acct>", "<Acct/>", FaultCodes.WrongAccount),
            ("<Ccy>IDR</Ccy>", "<Ccy>USD</Ccy>", FaultCodes.WrongCurrency),
            ("<Amt Ccy=\"IDR\">100</Amt>", "<Amt Ccy=\"USD\">100</Amt>", FaultCodes.WrongCurrency),
            ("<Amt Ccy=\"IDR\">100</Amt>", "<Amt>100</Amt>", FaultCodes.WrongCurrency),
            ("<Amt Ccy=\"IDR\">100</Amt>", "", FaultCodes.AmountMissing),
            ("<Amt Ccy=\"IDR\">100</Amt>", "<Amt Ccy=\"IDR\">101</Amt>", FaultCodes.BalanceMismatch),
            ("<Amt Ccy=\"IDR\">100</Amt>", "<Amt Ccy=\"IDR\">1E2</Amt>", FaultCodes.BadAmount),
            ("<Amt Ccy=\"IDR\">100</Amt>", "<Amt Ccy=\"IDR\">-100</Amt>", FaultCodes.BadAmount),
            ("<BookgDt><Dt>2026-01-01</Dt></BookgDt>", "<BookgDt><Dt>2026-02-31</Dt></BookgDt>", FaultCodes.BadDate),
            ("<BookgDt><Dt>2026-01-01</Dt></BookgDt>", "", FaultCodes.BadDate),
            ("camt.053.001.02", "camt.053.001.99", FaultCodes.UnsupportedVersion),
            ("camt.053.001.02", "pain.001.001.03", FaultCodes.UnsupportedVersion),
            ("BkToCstmrStmt", "BkToCstmrAcctRpt", FaultCodes.BadStructure),
            ("</Stmt>", "", FaultCodes.BadXml),
            ("<Stmt>", "<!-- \u0001 --><Stmt>", FaultCodes.BadXml),
            ("x</AddtlNtryInf>", new string('x', 5_000) + "</AddtlNtryInf>", FaultCodes.TextTooLong),
        ];
        foreach (var (change, into, code) in cases)
        {
            Assert.Contains(change, xml);
            Assert.Equal(code, Written.Fault(xml.Replace(change, into), Source).Code);
        }
        var zero = Written.Camt([], 7);
        var statement = zero[zero.IndexOf("<Stmt>", StringComparison.Ordinal)..zero.IndexOf("</BkTo", StringComparison.Ordinal)];
        Assert.Equal(FaultCodes.StatementRepeated, Written.Fault(zero.Replace(statement, statement + statement), Source).Code);
    }

    [Fact]
    public void the_encoding_is_what_the_document_says_and_one_that_is_unknown_is_refused()
    {
        var xml = Written.Camt([new(Written.FirstDay, 100, "Café", "")], 7);
        byte[] wide = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(xml.Replace("UTF-8", "UTF-16"))];
        Assert.Equal("Café", Written.File(wide, Source).Lines.Single().Description);
        var latin = Encoding.Latin1.GetBytes(xml.Replace("UTF-8", "ISO-8859-1"));
        Assert.Equal("Café", Written.File(latin, Source).Lines.Single().Description);
        Assert.Equal(FaultCodes.BadXml, Written.Fault(Encoding.Latin1.GetBytes(xml), Source).Code);
        foreach (var unknown in new[] { "klingon", "utf-7", "windows-31j", "UTF-16" })
            Assert.Equal(FaultCodes.BadXml, Written.Fault(xml.Replace("UTF-8", unknown), Source).Code);
    }

    [Fact]
    public void an_amount_in_a_foreign_namespace_is_none_of_ours()
    {
        var xml = Written.Camt(One, 7).Replace("</AddtlNtryInf>", "</AddtlNtryInf><o:Amt xmlns:o=\"urn:other\" Ccy=\"USD\">9</o:Amt>");
        Assert.Equal(100, Assert.Single(Read(xml).Lines).Amount);
    }
}

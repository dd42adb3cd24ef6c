using System.Diagnostics;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Bursar.Core.Currencies;
using Bursar.Core.Payments;
using FsCheck;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Payments;

public sealed class Pain001Tests
{
    private static readonly XNamespace Iso = Pain001.Namespace;

    private static readonly PaymentOrder Order =
        new("dsb-1", 150_000, "Siti Aminah", "1234567890", new PaymentBank("CENAIDJA"), "Invoice 7");

    private static readonly PaymentFile File = new(
        "BURSAR-20260310-1", new DateTimeOffset(2026, 3, 10, 9, 30, 0, TimeSpan.FromHours(7)), new DateOnly(2026, 3, 11),
        new PaymentDebtor("PT Kopi Nusantara", "9876543210", new PaymentBank("BMRIIDJA")), Currency.Idr) { Payments = [Order] };

    private static string Written(PaymentFile file)
    {
        using var output = new MemoryStream();
        var sum = Pain001.Write(file, output);
        Assert.True(sum.Ok, sum.Ok ? null : string.Join('\n', sum.Error.Fields.Select(f => $"{f.Field} {f.Code}")));
        Assert.Equal(file.Payments.Sum(p => p.Amount), sum.Value);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private static (string Field, string Code)[] Refused(PaymentFile file)
    {
        using var output = new MemoryStream();
        var result = Pain001.Write(file, output);
        Assert.False(result.Ok);
        Assert.Equal(0, output.Length);
        return [.. result.Error.Fields.Select(f => (f.Field, f.Code))];
    }

    private static PaymentFile With(params PaymentOrder[] payments) => File with { Payments = payments };

    private static Gen<PaymentFile> Files() =>
        from orders in (
            from amount in Gen.OneOf(Gen.Choose(1, 99), Gen.Choose(1, int.MaxValue))
            from name in Gen.Elements("Siti Aminah", "Ünal & Söhne", "José Peña", "O'Brien <Ltd>", "A")
            from account in Gen.Elements("1234567890", "DE89370400440532013000", "0")
            from bank in Gen.Elements(new PaymentBank("CENAIDJA"), new PaymentBank("DEUTDEFF500"), new PaymentBank(MemberCode: "014"))
            from remark in Gen.Elements(null, "", "Invoice 7", "Gaji “Maret” 50%".Replace("%", ""), new string('x', 140))
            select (amount, name, account, bank, remark)).NonEmptyListOf()
        from currency in Gen.Elements("IDR", "USD", "KWD")
        select File with
        {
            Currency = Currency.Get(currency),
            Payments = [.. orders.Select((o, i) => new PaymentOrder($"dsb-{i}", o.amount, o.name, o.account, o.bank, o.remark))],
        };

    [Fact]
    public void counts_sums_and_every_payment_are_in_the_file()
    {
        Property.Holds(Files(), file =>
        {
            var root = XDocument.Parse(Written(file)).Root!;
            var count = file.Payments.Count.ToString(CultureInfo.InvariantCulture);
            Assert.All(root.Descendants(Iso + "NbOfTxs"), n => Assert.Equal(count, n.Value));
            Assert.Equal(2, root.Descendants(Iso + "CtrlSum").Count());
            var amounts = root.Descendants(Iso + "InstdAmt").ToList();
            var sum = amounts.Sum(a => decimal.Parse(a.Value, CultureInfo.InvariantCulture));
            Assert.All(root.Descendants(Iso + "CtrlSum"), s => Assert.Equal(sum, decimal.Parse(s.Value, CultureInfo.InvariantCulture)));
            Assert.All(amounts, a => Assert.Equal(file.Currency.Code, (string?)a.Attribute("Ccy")));
            var scale = (decimal)Math.Pow(10, file.Currency.Exponent);
            Assert.Equal(
                file.Payments.Select(p => (p.EndToEndId, p.Amount / scale)),
                root.Descendants(Iso + "CdtTrfTxInf").Select(t => (
                    t.Descendants(Iso + "EndToEndId").Single().Value,
                    decimal.Parse(t.Descendants(Iso + "InstdAmt").Single().Value, CultureInfo.InvariantCulture))));
        });
    }

    [Fact]
    public void the_file_is_what_the_schema_says()
    {
        var schemas = new XmlSchemaSet { XmlResolver = null };
        schemas.Add(null, Iso20022.Schema("pain.001.001.03"));
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
        void Validate(string xml)
        {
            using var reader = XmlReader.Create(new StringReader(xml), settings);
            while (reader.Read()) { }
        }
        Property.Holds(Files(), file => Validate(Written(file)));
        Assert.Throws<XmlSchemaValidationException>(() => Validate(Written(File).Replace("<MsgId>", "<MsgId>" + new string('x', 35))));
    }

    [Fact]
    public async Task xmllint_says_so_too()
    {
        var schema = Iso20022.Schema("pain.001.001.03");
        var path = Path.GetTempFileName();
        try
        {
            var payments = Enumerable.Range(1, Pain001.MostPayments).Select(i => Order with { EndToEndId = $"dsb-{i}", Amount = i }).ToArray();
            await System.IO.File.WriteAllTextAsync(path, Written(With(payments)));
            using var xmllint = Xmllint("--noout", "--nonet", "--schema", schema, path);
            var said = await xmllint.StandardError.ReadToEndAsync();
            await xmllint.WaitForExitAsync();
            Assert.True(xmllint.ExitCode == 0, said);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    private static Process Xmllint(params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("xmllint", arguments) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("xmllint is not installed.");
            throw;
        }
    }

    [Fact]
    public void one_payment_is_written_like_this() => Assert.Equal("""
        <?xml version="1.0" encoding="utf-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03">
          <CstmrCdtTrfInitn>
            <GrpHdr>
              <MsgId>BURSAR-20260310-1</MsgId>
              <CreDtTm>2026-03-10T02:30:00Z</CreDtTm>
              <NbOfTxs>1</NbOfTxs>
              <CtrlSum>150000</CtrlSum>
              <InitgPty>
                <Nm>PT Kopi Nusantara</Nm>
              </InitgPty>
            </GrpHdr>
            <PmtInf>
              <PmtInfId>BURSAR-20260310-1</PmtInfId>
              <PmtMtd>TRF</PmtMtd>
              <NbOfTxs>1</NbOfTxs>
              <CtrlSum>150000</CtrlSum>
              <ReqdExctnDt>2026-03-11</ReqdExctnDt>
              <Dbtr>
                <Nm>PT Kopi Nusantara</Nm>
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <Othr>
                    <Id>9876543210</Id>
                  </Othr>
                </Id>
                <Ccy>IDR</Ccy>
              </DbtrAcct>
              <DbtrAgt>
                <FinInstnId>
                  <BIC>BMRIIDJA</BIC>
                </FinInstnId>
              </DbtrAgt>
              <CdtTrfTxInf>
                <PmtId>
                  <EndToEndId>dsb-1</EndToEndId>
                </PmtId>
                <Amt>
                  <InstdAmt Ccy="IDR">150000</InstdAmt>
                </Amt>
                <CdtrAgt>
                  <FinInstnId>
                    <BIC>CENAIDJA</BIC>
                  </FinInstnId>
                </CdtrAgt>
                <Cdtr>
                  <Nm>Siti Aminah</Nm>
                </Cdtr>
                <CdtrAcct>
                  <Id>
                    <Othr>
                      <Id>1234567890</Id>
                    </Othr>
                  </Id>
                </CdtrAcct>
                <RmtInf>
                  <Ustrd>Invoice 7</Ustrd>
                </RmtInf>
              </CdtTrfTxInf>
            </PmtInf>
          </CstmrCdtTrfInitn>
        </Document>
        """, Written(File).TrimEnd('\n'));

    [Fact]
    public void each_wrong_field_is_named_and_nothing_is_written()
    {
        (PaymentOrder Order, string Field, string Code)[] cases =
        [
            (Order with { EndToEndId = new string('x', 36) }, "endToEndId", "reference_invalid"),
            (Order with { EndToEndId = "" }, "endToEndId", "reference_invalid"),
            (Order with { EndToEndId = "a b" }, "endToEndId", "reference_invalid"),
            (Order with { EndToEndId = "é" }, "endToEndId", "reference_invalid"),
            (Order with { EndToEndId = "/a" }, "endToEndId", "reference_invalid"),
            (Order with { EndToEndId = "a//b" }, "endToEndId", "reference_invalid"),
            (Order with { Amount = 0 }, "amount", "amount_out_of_range"),
            (Order with { Amount = -1 }, "amount", "amount_out_of_range"),
            (Order with { CreditorName = "" }, "creditorName", "length_out_of_range"),
            (Order with { CreditorName = "   " }, "creditorName", "length_out_of_range"),
            (Order with { CreditorName = new string('x', 71) }, "creditorName", "length_out_of_range"),
            (Order with { CreditorName = "王小明" }, "creditorName", "characters_unsupported"),
            (Order with { CreditorName = "a\nb" }, "creditorName", "characters_unsupported"),
            (Order with { CreditorName = "Siti \u202EhanimA" }, "creditorName", "characters_unsupported"),
            (Order with { CreditorAccount = "12-34" }, "creditorAccount", "account_invalid"),
            (Order with { CreditorAccount = new string('1', 35) }, "creditorAccount", "account_invalid"),
            (Order with { CreditorAccount = "123\n" }, "creditorAccount", "account_invalid"),
            (Order with { CreditorAccount = "DE88370400440532013000" }, "creditorAccount", "account_invalid"),
            (Order with { CreditorBank = new PaymentBank() }, "creditorBank", "bank_invalid"),
            (Order with { CreditorBank = new PaymentBank("CENAIDJA", "014") }, "creditorBank", "bank_invalid"),
            (Order with { CreditorBank = new PaymentBank("CENAIDJ") }, "creditorBank/bic", "bic_invalid"),
            (Order with { CreditorBank = new PaymentBank(MemberCode: "0 14") }, "creditorBank/memberCode", "bank_invalid"),
            (Order with { Remark = new string('x', 141) }, "remark", "length_out_of_range"),
            (Order with { Remark = "😀" }, "remark", "characters_unsupported"),
        ];
        foreach (var (order, field, code) in cases)
            Assert.Equal([($"/payments/1/{field}", code)], Refused(With(Order with { EndToEndId = "first" }, order)));
    }

    [Fact]
    public void the_file_as_a_whole_is_checked_too()
    {
        Assert.Equal([("/payments", "length_out_of_range")], Refused(With()));
        Assert.Equal([("/payments/1/endToEndId", "duplicate")], Refused(With(Order, Order)));
        Assert.Equal([("/messageId", "reference_invalid")], Refused(File with { MessageId = "a b" }));
        Assert.Equal([("/currency", "currency_unsupported")], Refused(File with { Currency = Currency.Idrt }));
        Assert.Equal([("/payments", "amount_out_of_range")],
            Refused(With(Order with { Amount = Money.Max }, Order with { EndToEndId = "b", Amount = Money.Max })));
        Assert.Equal([("/debtor/name", "length_out_of_range")], Refused(File with { Debtor = File.Debtor with { Name = "" } }));
        var many = Enumerable.Range(0, Pain001.MostPayments + 1).Select(i => Order with { EndToEndId = $"e{i}" }).ToArray();
        Assert.Equal([("/payments", "length_out_of_range")], Refused(With(many)));
        Assert.Equal(50, Refused(With([.. many[..100].Select(o => o with { Amount = 0 })])).Length);
    }

    [Theory]
    [InlineData("Ünal & Söhne", "Uenal + Soehne")]
    [InlineData("José Peña-Núñez", "Jose Pena-Nunez")]
    [InlineData("e\u0301", "e")]
    [InlineData("  two   blanks\u00A0", "two blanks")]
    [InlineData("“quoted” – dashed…", "'quoted' - dashed...")]
    [InlineData("Łódź Ðặng", null)]
    [InlineData("100%", null)]
    [InlineData("カフェ", null)]
    public void letters_lose_their_marks_and_other_scripts_are_refused(string text, string? expected)
    {
        Assert.Equal(expected is not null, PaymentText.TryRestrict(text, out var plain));
        Assert.Equal(expected, plain);
    }

    [Theory]
    [InlineData("DE89370400440532013000", true)]
    [InlineData("DE89 3704 0044 0532 0130 00", true)]
    [InlineData("NL91ABNA0417164300", true)]
    [InlineData("GB29NWBK60161331926819", true)]
    [InlineData("DE98370400440532013000", false)]
    [InlineData("DE8937040044", false)]
    [InlineData("1234567890", false)]
    [InlineData("", false)]
    public void an_iban_proves_itself(string account, bool valid) => Assert.Equal(valid, Iban.IsValid(account));
}

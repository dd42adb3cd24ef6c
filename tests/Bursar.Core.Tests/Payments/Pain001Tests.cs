using System.Globalization;
using System.Xml.Linq;
using Bursar.Core.Currencies;
using Bursar.Core.Payments;
using static Bursar.Core.Tests.Payments.Sample;

namespace Bursar.Core.Tests.Payments;

public sealed class Pain001Tests
{
    private static readonly XNamespace Iso = Pain001.Namespace;

    private static (string Field, string Code)[] Refused(PaymentFile file)
    {
        using var output = new MemoryStream();
        var result = Pain001.Write(file, output);
        Assert.False(result.Ok);
        Assert.Equal(0, output.Length);
        return [.. result.Error.Fields.Select(f => (f.Field, f.Code))];
    }

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
        """, Written(Simple).TrimEnd('\n'));

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
        Assert.Equal([("/messageId", "reference_invalid")], Refused(Simple with { MessageId = "a b" }));
        Assert.Equal([("/currency", "currency_unsupported")], Refused(Simple with { Currency = Currency.Idrt }));
        Assert.Equal([("/payments", "amount_out_of_range")],
            Refused(With(Order with { Amount = Money.Max }, Order with { EndToEndId = "b", Amount = Money.Max })));
        Assert.Equal([("/debtor/name", "length_out_of_range")], Refused(Simple with { Debtor = Simple.Debtor with { Name = "" } }));
        var many = Enumerable.Range(0, Pain001.MostPayments + 1).Select(i => Order with { EndToEndId = $"e{i}" }).ToArray();
        Assert.Equal([("/payments", "length_out_of_range")], Refused(With(many)));
        Assert.Equal(50, Refused(With([.. many[..100].Select(o => o with { Amount = 0 })])).Length);
    }
}

using System.Globalization;
using System.Text;
using System.Xml;
using Bursar.Core.Currencies;
using Bursar.Core.Results;

namespace Bursar.Core.Payments;

/// <summary>
/// Writes a payment file as ISO 20022 pain.001.001.03 (customer credit transfer initiation): one payment block, with count and
/// control sum on both levels. Checked whole before the first byte; what is not valid is named by its place, and nothing is
/// written.
/// </summary>
public static class Pain001
{
    public const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03";

    /// <summary>Payments of one file: the largest batch.</summary>
    public const int MostPayments = 20_000;

    /// <summary>The control sum in minor units, or <c>validation_failed</c> with a pointer for each wrong field (the first 50).</summary>
    public static Result<long> Write(PaymentFile file, Stream output)
    {
        var problems = PaymentFileRules.Problems(file).Take(50).ToArray();
        if (problems.Length > 0) return Errors.Invalid(problems);

        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" };
        var sum = file.Payments.Sum(p => p.Amount);
        using var xml = XmlWriter.Create(output, settings);
        xml.WriteStartDocument();
        xml.WriteStartElement("Document", Namespace);
        xml.WriteStartElement("CstmrCdtTrfInitn", Namespace);
        WriteHeader(xml, file, sum);
        xml.WriteStartElement("PmtInf", Namespace);
        WriteDebtor(xml, file, sum);
        foreach (var payment in file.Payments) WritePayment(xml, payment, file.Currency);
        xml.WriteEndDocument();
        return sum;
    }

    private static void WriteHeader(XmlWriter xml, PaymentFile file, long sum)
    {
        xml.WriteStartElement("GrpHdr", Namespace);
        Leaf(xml, "MsgId", file.MessageId);
        Leaf(xml, "CreDtTm", file.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        WriteTotals(xml, file, sum);
        Nested(xml, ["InitgPty", "Nm"], Restricted(file.Debtor.Name));
        xml.WriteEndElement();
    }

    private static void WriteDebtor(XmlWriter xml, PaymentFile file, long sum)
    {
        Leaf(xml, "PmtInfId", file.MessageId);
        Leaf(xml, "PmtMtd", "TRF");
        WriteTotals(xml, file, sum);
        Leaf(xml, "ReqdExctnDt", file.ExecuteOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Nested(xml, ["Dbtr", "Nm"], Restricted(file.Debtor.Name));
        xml.WriteStartElement("DbtrAcct", Namespace);
        WriteAccountId(xml, file.Debtor.Account);
        Leaf(xml, "Ccy", file.Currency.Code);
        xml.WriteEndElement();
        WriteBank(xml, "DbtrAgt", file.Debtor.Bank);
    }

    private static void WritePayment(XmlWriter xml, PaymentOrder payment, Currency currency)
    {
        xml.WriteStartElement("CdtTrfTxInf", Namespace);
        Nested(xml, ["PmtId", "EndToEndId"], payment.EndToEndId);
        xml.WriteStartElement("Amt", Namespace);
        xml.WriteStartElement("InstdAmt", Namespace);
        xml.WriteAttributeString("Ccy", currency.Code);
        xml.WriteString(Amount(payment.Amount, currency));
        xml.WriteEndElement();
        xml.WriteEndElement();
        WriteBank(xml, "CdtrAgt", payment.CreditorBank);
        Nested(xml, ["Cdtr", "Nm"], Restricted(payment.CreditorName));
        xml.WriteStartElement("CdtrAcct", Namespace);
        WriteAccountId(xml, payment.CreditorAccount);
        xml.WriteEndElement();
        if (Restricted(payment.Remark ?? "") is { Length: > 0 } remark) Nested(xml, ["RmtInf", "Ustrd"], remark);
        xml.WriteEndElement();
    }

    private static void WriteTotals(XmlWriter xml, PaymentFile file, long sum)
    {
        Leaf(xml, "NbOfTxs", file.Payments.Count.ToString(CultureInfo.InvariantCulture));
        Leaf(xml, "CtrlSum", Amount(sum, file.Currency));
    }

    private static void WriteAccountId(XmlWriter xml, string account)
    {
        if (Iban.IsValid(account)) Nested(xml, ["Id", "IBAN"], Iban.Plain(account));
        else Nested(xml, ["Id", "Othr", "Id"], account);
    }

    private static void WriteBank(XmlWriter xml, string name, PaymentBank bank)
    {
        if (bank.Bic is { } bic) Nested(xml, [name, "FinInstnId", "BIC"], bic);
        else Nested(xml, [name, "FinInstnId", "ClrSysMmbId", "MmbId"], bank.MemberCode!);
    }

    private static void Leaf(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Namespace, text);

    private static void Nested(XmlWriter xml, ReadOnlySpan<string> path, string text)
    {
        foreach (var name in path) xml.WriteStartElement(name, Namespace);
        xml.WriteString(text);
        foreach (var _ in path) xml.WriteEndElement();
    }

    private static string Restricted(string text) => PaymentText.TryRestrict(text, out var plain) ? plain : "";

    /// <summary>xs:decimal with the currency's digits, from whole minor units.</summary>
    internal static string Amount(long minor, Currency currency)
    {
        var digits = minor.ToString(CultureInfo.InvariantCulture).PadLeft(currency.Exponent + 1, '0');
        return currency.Exponent == 0 ? digits : $"{digits[..^currency.Exponent]}.{digits[^currency.Exponent..]}";
    }
}

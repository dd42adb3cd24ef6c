using System.Globalization;

namespace Bursar.Core.Statements;

/// <summary>
/// ISO 20022 camt.053.001.02 and .08. Booked entries alone count (Sts BOOK); the opening balance is OPBD, or PRCD where there is
/// none, and the closing one CLBD. An entry that lists its payments, each with its amount and together with the entry's, gives a
/// line for each.
/// </summary>
internal sealed class CamtStatements(XmlWalk xml, StatementChain chain)
{
    private const string Root = "Document/BkToCstmrStmt";
    private const string Statement = Root + "/Stmt";
    private const string EntryPath = Statement + "/Ntry";
    private const string BalancePath = Statement + "/Bal";

    private static readonly string[] Namespaces =
        ["urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"];

    private CamtPage page = new();
    private CamtBalance balance = new();
    private CamtEntry entry = new();

    public static void Read(Stream content, StatementChain chain)
    {
        using var xml = new XmlWalk(content);
        new CamtStatements(xml, chain).Read();
    }

    private void Read()
    {
        while (xml.Next())
            if (xml.IsStart) Start();
            else End();
    }

    private void Start()
    {
        switch (xml.Path)
        {
            case "Document" when Namespaces.Contains(xml.Namespace): break;
            case "Document":
                StatementRefused.Throw(FaultCodes.UnsupportedVersion, xml.At, "This is neither camt.053.001.02 nor camt.053.001.08.");
                break;
            case Statement: page = new CamtPage(); break;
            case BalancePath: balance = new CamtBalance(); break;
            case EntryPath: entry = new CamtEntry { At = xml.At }; break;
            default:
                if (!xml.Path.StartsWith(Root, StringComparison.Ordinal))
                    StatementRefused.Throw(FaultCodes.BadStructure, xml.At, "This document is not a bank to customer statement.");
                if (Below(EntryPath) is { } inEntry) entry.Start(inEntry, xml);
                break;
        }
    }

    private void End()
    {
        if (xml.Path == EntryPath) entry.Finish(chain);
        else if (xml.Path == BalancePath) page.Take(balance, chain);
        else if (xml.Path == Statement) Close();
        else if (Below(EntryPath) is { } inEntry) entry.End(inEntry, xml, chain);
        else if (Below(BalancePath) is { } inBalance) balance.End(inBalance, xml, chain);
        else if (Below(Statement) is { } inStatement) page.End(inStatement, xml, chain);
    }

    private string? Below(string path) =>
        xml.Path.Length > path.Length && xml.Path[path.Length] == '/' && xml.Path.StartsWith(path, StringComparison.Ordinal)
            ? xml.Path[(path.Length + 1)..] : null;

    private void Close()
    {
        if (page.Account is null) StatementRefused.Throw(FaultCodes.WrongAccount, xml.At, "The statement names no account.");
        if ((page.Opening ?? page.Previous) is not { } opening || page.Closing is not { } closing)
        {
            StatementRefused.Throw(FaultCodes.BalanceMissing, xml.At, "The statement lacks its opening (OPBD) or closing balance (CLBD).");
            return;
        }
        chain.Close(opening.Minor, closing.Minor, (page.From ?? opening.Day, page.To ?? closing.Day), page.Id, closing.At);
    }
}

/// <summary>What one Stmt says before and between its entries.</summary>
internal sealed class CamtPage
{
    public string? Id { get; private set; }
    public string? Account { get; private set; }
    public DateOnly? From { get; private set; }
    public DateOnly? To { get; private set; }
    public CamtAmount? Opening { get; private set; }
    public CamtAmount? Previous { get; private set; }
    public CamtAmount? Closing { get; private set; }

    public void End(string path, XmlWalk xml, StatementChain chain)
    {
        switch (path)
        {
            case "Id": Id = xml.Text; break;
            case "Acct/Id/IBAN" or "Acct/Id/Othr/Id":
                Account = xml.Text;
                chain.CheckAccount(xml.Text, xml.At);
                break;
            case "Acct/Ccy": chain.CheckCurrency(xml.Text, xml.At); break;
            case "FrToDt/FrDtTm": From = CamtText.Day(xml); break;
            case "FrToDt/ToDtTm": To = CamtText.Day(xml); break;
            default: break;
        }
    }

    public void Take(CamtBalance balance, StatementChain chain)
    {
        var amount = balance.Finish(chain);
        if (balance.Kind == "OPBD") Opening ??= amount;
        if (balance.Kind == "PRCD") Previous ??= amount;
        if (balance.Kind == "CLBD") Closing = amount;
    }
}

internal sealed record CamtAmount(long Minor, DateOnly Day, Place At);

internal sealed class CamtBalance
{
    private long? minor;
    private int sign;
    private DateOnly? day;
    private Place at;

    public string Kind { get; private set; } = "";

    public void End(string path, XmlWalk xml, StatementChain chain)
    {
        switch (path)
        {
            case "Tp/CdOrPrtry/Cd": Kind = xml.Text; break;
            case "Amt": (minor, at) = (CamtText.Amount(xml, chain), xml.At); break;
            case "CdtDbtInd": sign = CamtText.Sign(xml); break;
            case "Dt/Dt" or "Dt/DtTm": day = CamtText.Day(xml); break;
            default: break;
        }
    }

    /// <summary>The balance with its sign; of kinds that do not concern the proof (available, forward) also null.</summary>
    public CamtAmount? Finish(StatementChain chain)
    {
        if (Kind is not ("OPBD" or "PRCD" or "CLBD")) return null;
        if (minor is { } known && sign != 0 && day is { } on) return new CamtAmount(sign * known, on, at);
        StatementRefused.Throw(FaultCodes.BalanceMissing, at, $"The balance {Kind} in {chain.Currency} lacks amount, direction or day.");
        return null;
    }
}

internal static class CamtText
{
    public static long Amount(XmlWalk xml, StatementChain chain)
    {
        chain.CheckCurrency(xml.Currency, xml.At);
        return chain.Amount(xml.Text, AmountStyle.Xml, xml.At);
    }

    public static int Sign(XmlWalk xml)
    {
        if (xml.Text is not ("CRDT" or "DBIT")) StatementRefused.Throw(FaultCodes.BadDirection, xml.At, "A direction is CRDT or DBIT.");
        return xml.Text == "CRDT" ? 1 : -1;
    }

    /// <summary>The day as the bank writes it; the time and its zone stay out, for the bank books by its own days.</summary>
    public static DateOnly Day(XmlWalk xml)
    {
        var text = xml.Text.Length > 10 && xml.Text[10] is 'T' or '+' or 'Z' or '-' ? xml.Text[..10] : xml.Text;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            StatementRefused.Throw(FaultCodes.BadDate, xml.At, "This is not a day written as YYYY-MM-DD.");
        return day;
    }
}

namespace Bursar.Core.Statements;

/// <summary>One Ntry: a booking, or a batch of them.</summary>
internal sealed class CamtEntry
{
    private readonly CamtPayment whole = new();
    private readonly List<CamtPayment> payments = [];
    private CamtPayment? payment;
    private string status = "";
    private DateOnly? bookedOn;
    private DateOnly? valueOn;

    public Place At { get; init; }

    public void Start(string path, XmlWalk xml)
    {
        if (path != "NtryDtls/TxDtls") return;
        if (payments.Count == StatementLimits.Rows)
            StatementRefused.Throw(FaultCodes.TooManyRows, xml.At, $"A statement file holds up to {StatementLimits.Rows} lines.");
        payments.Add(payment = new CamtPayment { At = xml.At });
    }

    public void End(string path, XmlWalk xml, StatementChain chain)
    {
        switch (path)
        {
            case "Amt": whole.Minor = CamtText.Amount(xml, chain); break;
            case "CdtDbtInd": whole.Sign = CamtText.Sign(xml); break;
            // Version 02 has the code itself, version 08 a choice.
            case "Sts" when status.Length == 0: status = xml.Text; break;
            case "Sts/Cd" or "Sts/Prtry": status = xml.Text; break;
            case "BookgDt/Dt" or "BookgDt/DtTm": bookedOn = CamtText.Day(xml); break;
            case "ValDt/Dt" or "ValDt/DtTm": valueOn = CamtText.Day(xml); break;
            case "AcctSvcrRef": whole.BankReference = xml.Text; break;
            case "AddtlNtryInf": whole.AddRemark(xml.Text); break;
            default:
                if (path.StartsWith("NtryDtls/TxDtls/", StringComparison.Ordinal))
                    payment!.End(path["NtryDtls/TxDtls/".Length..], xml, chain);
                break;
        }
    }

    public void Finish(StatementChain chain)
    {
        if (status != "BOOK") return;
        if (whole.Minor is not { } minor || whole.Sign == 0)
        {
            StatementRefused.Throw(FaultCodes.AmountMissing, At, "This entry lacks its amount or direction.");
            return;
        }
        if (bookedOn is not { } day)
        {
            StatementRefused.Throw(FaultCodes.BadDate, At, "This booked entry does not say on which day it was booked.");
            return;
        }
        var amount = whole.Sign * minor;
        if (payments.Count == 1) chain.Add(Line(payments[0], amount, day));
        else if (Apart(amount)) payments.ForEach(p => chain.Add(Line(p, p.Amount(whole.Sign)!.Value, day)));
        else chain.Add(Line(whole, amount, day));
    }

    /// <summary>
    /// Does each payment say its amount, and do they make the entry's? If not (charges, other currencies) the entry is one line.
    /// </summary>
    private bool Apart(long amount)
    {
        Int128 sum = 0;
        foreach (var each in payments)
        {
            if (each.Amount(whole.Sign) is not { } part) return false;
            sum += part;
        }
        return payments.Count > 1 && sum == amount;
    }

    private string Described(CamtPayment from) =>
        StatementText.Clean(string.Join(' ', from.Remark.Concat(whole.Remark).Distinct()));

    private StatementLine Line(CamtPayment from, long amount, DateOnly day) =>
        new(from.At.Line > 0 ? from.At.Line : At.Line, day, amount, Described(from))
        {
            ValueOn = valueOn,
            Counterparty = StatementText.CleanOrNull(amount > 0 ? from.Debtor : from.Creditor),
            CounterpartyAccount = StatementText.CleanOrNull(amount > 0 ? from.DebtorAccount : from.CreditorAccount),
            BankReference = StatementText.CleanOrNull(from.BankReference ?? whole.BankReference),
            EndToEndId = from.EndToEndId is null or "NOTPROVIDED" ? null : StatementText.CleanOrNull(from.EndToEndId),
        };
}

/// <summary>One TxDtls, or the entry where it has none.</summary>
internal sealed class CamtPayment
{
    /// <summary>Pieces of remark that are kept; the schema sets no bound.</summary>
    private const int Pieces = 20;

    private readonly List<string> remark = [];

    public Place At { get; init; }
    public long? Minor { get; set; }
    public int Sign { get; set; }
    public string? BankReference { get; set; }
    public IReadOnlyList<string> Remark => remark;
    public string? EndToEndId { get; private set; }
    public string? Debtor { get; private set; }
    public string? DebtorAccount { get; private set; }
    public string? Creditor { get; private set; }
    public string? CreditorAccount { get; private set; }

    public void AddRemark(string text)
    {
        if (remark.Count < Pieces) remark.Add(StatementText.Clean(text));
    }

    /// <summary>Signed minor units, or null if it does not say. Version 02 has no direction of its own: the entry's holds.</summary>
    public long? Amount(int entrySign) => Minor is { } minor ? minor * (Sign == 0 ? entrySign : Sign) : null;

    public void End(string path, XmlWalk xml, StatementChain chain)
    {
        switch (path)
        {
            case "Amt" or "AmtDtls/TxAmt/Amt": TakeAmount(xml, chain); break;
            case "CdtDbtInd": Sign = CamtText.Sign(xml); break;
            case "Refs/EndToEndId": EndToEndId = xml.Text; break;
            case "Refs/AcctSvcrRef": BankReference = xml.Text; break;
            case "RltdPties/Dbtr/Nm" or "RltdPties/Dbtr/Pty/Nm": Debtor = xml.Text; break;
            case "RltdPties/Cdtr/Nm" or "RltdPties/Cdtr/Pty/Nm": Creditor = xml.Text; break;
            case "RltdPties/DbtrAcct/Id/IBAN" or "RltdPties/DbtrAcct/Id/Othr/Id": DebtorAccount = xml.Text; break;
            case "RltdPties/CdtrAcct/Id/IBAN" or "RltdPties/CdtrAcct/Id/Othr/Id": CreditorAccount = xml.Text; break;
            case "RmtInf/Ustrd" or "RmtInf/Strd/CdtrRefInf/Ref" or "AddtlTxInf": AddRemark(xml.Text); break;
            default: break;
        }
    }

    /// <summary>A payment may be told in the payer's currency; then it does not say its amount in ours.</summary>
    private void TakeAmount(XmlWalk xml, StatementChain chain)
    {
        if (Minor is null && xml.Currency == chain.Currency.Code) Minor = CamtText.Amount(xml, chain);
    }
}

using Bursar.Core.Currencies;
using Bursar.Core.Text;
using Bursar.Platform.Control;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Approvals;

public static class ApprovalWords
{
    /// <summary>What stopped it, in words.</summary>
    public static string Rule(string rule) => rule switch
    {
        "MAKER_NEEDS_APPROVER" => "Makers need an approver",
        "SEPARATION_OF_DUTIES" => "Duties are separated: a second person decides",
        "API_TRANSFERS_NEED_APPROVAL" => "Transfers by API need approval here",
        "TWIN_WITHIN_10_MINUTES" => "The same amount went to the same account within 10 minutes",
        "REFUNDS_NEED_APPROVAL" => "Refunds are decided by people",
        "REQUIRES_APPROVAL" => "Above a policy's approval threshold",
        _ => rule,
    };

    public static string Kind(string kind) =>
        ApprovalListQuery.KindOptions.FirstOrDefault(o => o.Value == kind)?.Label ?? kind.Replace('_', ' ');

    public static Money Amount(ApprovalResource a) => new(a.Amount, Currency.Get(a.Currency));

    public static string Full(ApprovalResource a) => MoneyText.Full(Amount(a));

    /// <summary>Whom it is paid to: the merchant of an agent, the beneficiary of a transfer.</summary>
    public static string Payee(ApprovalResource a) => Payee(a.Merchant, a.Beneficiary);

    /// <summary>Programs read "bca 5270997481 Ayu Lestari", people "Ayu Lestari, Bank Central Asia 5270997481".</summary>
    public static string Payee(string? merchant, string? beneficiary) => merchant ?? beneficiary?.Split(' ', 3) switch
    {
        [var code, var account, var name] when Banks.Find(code) is { } bank => $"{name}, {bank.Name} {account}",
        [var code, var account] when Banks.Find(code) is { } bank => $"{bank.Name} {account}",
        _ => beneficiary ?? "–",
    };

    /// <summary>That the account is new, to whoever is about to let money go there.</summary>
    public static Phrase NewPayee(PayeeChange change, DateTimeOffset now) => (int)(now - change.At).TotalHours switch
    {
        0 => $"{change.Name} set this account less than an hour ago. Make sure that it is the recipient's.",
        1 => $"{change.Name} set this account an hour ago. Make sure that it is the recipient's.",
        var hours => $"{change.Name} set this account {hours} hours ago. Make sure that it is the recipient's.",
    };

    /// <summary>"1 of 2: Dewi".</summary>
    public static string Voices(ApprovalResource a) =>
        T($"{a.ApprovedBy.Count} of {a.Quorum}") + (a.ApprovedBy.Count == 0 ? ""
            : ": " + string.Join(", ", a.ApprovedBy.Select(v => v.Name)));

    /// <summary>The page of what is asked: a transfer in its list, a spend with its trace.</summary>
    public static string Subject(ApprovalResource a) => a.Kind switch
    {
        "agent_spend" => $"logs/{a.Subject.Id}",
        "international_transfer" => $"international?id={a.Subject.Id}",
        "refund" => $"refunds?id={a.Subject.Id}",
        _ => $"transfers?id={a.Subject.Id}",
    };
}

using Bursar.Core.Currencies;
using Bursar.Platform.Control;
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
        "REQUIRES_APPROVAL" => "Above a policy's approval threshold",
        _ => rule,
    };

    public static string Kind(string kind) =>
        ApprovalListQuery.KindOptions.FirstOrDefault(o => o.Value == kind)?.Label ?? kind.Replace('_', ' ');

    public static Money Amount(ApprovalResource a) => new(a.Amount, Currency.Get(a.Currency));

    public static string Full(ApprovalResource a) => MoneyText.Full(Amount(a));

    /// <summary>Whom it is paid to: the merchant of an agent, the beneficiary of a transfer.</summary>
    public static string Payee(ApprovalResource a) => a.Merchant ?? a.Beneficiary ?? "–";

    /// <summary>"1 of 2: Dewi".</summary>
    public static string Voices(ApprovalResource a) =>
        T($"{a.ApprovedBy.Count} of {a.Quorum}") + (a.ApprovedBy.Count == 0 ? ""
            : ": " + string.Join(", ", a.ApprovedBy.Select(v => v.Name)));

    /// <summary>The page of what is asked: a transfer in its list, a spend with its trace.</summary>
    public static string Subject(ApprovalResource a) => a.Kind switch
    {
        "agent_spend" => $"logs/{a.Subject.Id}",
        "international_transfer" => $"international?id={a.Subject.Id}",
        _ => $"transfers?id={a.Subject.Id}",
    };
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Control;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>Policies to begin from: the form is filled in, nothing is saved.</summary>
internal sealed record PolicyTemplate(string Key, string Name, string About, PolicyFields Fields)
{
    public static readonly IReadOnlyList<PolicyTemplate> All =
    [
        new("global", "One global policy", "Every agent, with a limit each time, a day and a month, and a person above Rp 250.000.",
            new PolicyFields("Global", MaxSingleAmount: 500_000, DailyLimit: 2_000_000, MonthlyLimit: 20_000_000,
                RequireApprovalOver: 250_000, MaxTransactionsPerHour: 60)),
        new("ask", "Ask for everything", "Agents pay nothing before a person has agreed.",
            new PolicyFields("Ask for everything", DailyLimit: 5_000_000, RequireApprovalOver: 0)),
        new("list", "Known merchants only", "Agents pay a few merchants, small amounts, without anybody.",
            new PolicyFields("Known merchants", MaxSingleAmount: 200_000, DailyLimit: 1_000_000, AllowedMerchants: ["tokopedia.com"])),
        new("keys", "Large transfers by API", "What API keys transfer above Rp 10.000.000 needs a person, above Rp 100.000.000 two.",
            new PolicyFields("Large transfers by API", RequireApprovalOver: 10_000_000, ApprovalTiers: [new(100_000_000, 2)],
                Scope: new PolicyScope { Kinds = [DisbursementKind.MoneyTransfer], Principals = [PrincipalKind.ApiKey] })),
    ];

    public static PolicyTemplate? Find(string? key) => All.FirstOrDefault(t => t.Key == key);
}

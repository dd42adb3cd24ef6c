using Bursar.Core.Policies;

namespace Bursar.Platform.Control;

/// <summary>The fields of a policy that a writer gives.</summary>
public sealed record PolicyFields(
    string Name, string Currency = "IDR", long? MaxSingleAmount = null, long? DailyLimit = null, long? MonthlyLimit = null,
    long? RequireApprovalOver = null, int? MaxTransactionsPerMinute = null, int? MaxTransactionsPerHour = null,
    IReadOnlyList<string>? AllowedMerchants = null, IReadOnlyList<string>? BlockedMerchants = null,
    IReadOnlyList<string>? AllowedCategories = null, IReadOnlyList<string>? BlockedCategories = null,
    PolicyScope? Scope = null, bool Active = true, IReadOnlyList<ApprovalTier>? ApprovalTiers = null)
{
    public Policy ToPolicy(PolicyId id, int version) => new()
    {
        Id = id,
        Version = version,
        Name = Name,
        Currency = Currency,
        MaxSingleAmount = MaxSingleAmount,
        DailyLimit = DailyLimit,
        MonthlyLimit = MonthlyLimit,
        RequireApprovalOver = RequireApprovalOver,
        ApprovalTiers = ApprovalTiers ?? [],
        MaxTransactionsPerMinute = MaxTransactionsPerMinute,
        MaxTransactionsPerHour = MaxTransactionsPerHour,
        AllowedMerchants = AllowedMerchants ?? [],
        BlockedMerchants = BlockedMerchants ?? [],
        AllowedCategories = AllowedCategories ?? [],
        BlockedCategories = BlockedCategories ?? [],
        Scope = Scope,
        Active = Active,
    };

    public static PolicyFields Of(Policy p) => new(
        p.Name, p.Currency, p.MaxSingleAmount, p.DailyLimit, p.MonthlyLimit, p.RequireApprovalOver,
        p.MaxTransactionsPerMinute, p.MaxTransactionsPerHour, p.AllowedMerchants, p.BlockedMerchants, p.AllowedCategories,
        p.BlockedCategories, p.Scope, p.Active, p.ApprovalTiers);
}

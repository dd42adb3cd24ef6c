using System.Text.Json.Serialization;
using Bursar.Core.Access;

namespace Bursar.Core.Policies;

/// <summary>What asks to go out; wire names lower snake.</summary>
public enum DisbursementKind { MoneyTransfer, InternationalTransfer, TokenWithdrawal, AgentSpend, Refund }

/// <summary>
/// One version of a spend rule (PRODUCT S1). Amounts in minor units of <see cref="Currency"/>; null means no limit; lists are
/// normalised merchant keys or categories, empty means the list says nothing.
/// </summary>
public record Policy
{
    public required PolicyId Id { get; init; }
    public required int Version { get; init; }
    public required string Name { get; init; }
    public required string Currency { get; init; }
    /// <summary>Highest amount of one transaction, inclusive.</summary>
    public long? MaxSingleAmount { get; init; }
    /// <summary>Highest sum of a calendar day of the workspace's zone, held and used together, inclusive.</summary>
    public long? DailyLimit { get; init; }
    public long? MonthlyLimit { get; init; }
    /// <summary>At or below passes; above asks for approval.</summary>
    public long? RequireApprovalOver { get; init; }
    /// <summary>Above an amount more than one person must approve; the highest tier below the amount counts.</summary>
    public IReadOnlyList<ApprovalTier> ApprovalTiers { get; init; } = [];
    public int? MaxTransactionsPerMinute { get; init; }
    public int? MaxTransactionsPerHour { get; init; }
    public IReadOnlyList<string> AllowedMerchants { get; init => MerchantsAllowed = KeyList.Of(field = value); } = [];
    public IReadOnlyList<string> BlockedMerchants { get; init => MerchantsBlocked = KeyList.Of(field = value); } = [];
    public IReadOnlyList<string> AllowedCategories { get; init => CategoriesAllowed = KeyList.Of(field = value); } = [];
    public IReadOnlyList<string> BlockedCategories { get; init => CategoriesBlocked = KeyList.Of(field = value); } = [];
    /// <summary>Absent means every agent spend and nothing else.</summary>
    public PolicyScope? Scope { get; init; }
    public bool Active { get; init; } = true;

    /// <summary>How many different people this policy can ask for at the most: 0 when it never asks.</summary>
    [JsonIgnore]
    public int ApprovalsMost => RequireApprovalOver is not { } over || over >= MaxSingleAmount ? 0
        : ApprovalTiers.Where(t => !(t.Over >= MaxSingleAmount)).Select(t => t.Approvals).DefaultIfEmpty(1).Max();

    /// <summary>How many different people must approve this amount, once approval is asked for at all.</summary>
    internal int ApprovalsFor(long amount) =>
        ApprovalTiers.Where(t => amount > t.Over).Select(t => t.Approvals).DefaultIfEmpty(1).Max();

    // What the rules read: the lists above, prepared when they are set, so that no copy of a policy can keep an old list.
    internal KeyList MerchantsAllowed { get; private init; } = KeyList.Empty;
    internal KeyList MerchantsBlocked { get; private init; } = KeyList.Empty;
    internal KeyList CategoriesAllowed { get; private init; } = KeyList.Empty;
    internal KeyList CategoriesBlocked { get; private init; } = KeyList.Empty;
}

/// <summary>Amounts above <paramref name="Over"/> (minor units) need this many different people, 2 to 5.</summary>
public sealed record ApprovalTier(long Over, int Approvals)
{
    public const int ApprovalsMax = 5;
}

/// <summary>Whom a policy concerns: each list that is present must contain the instruction's value; an absent list says nothing.</summary>
public sealed record PolicyScope
{
    public IReadOnlyList<PrincipalKind>? Principals { get; init; }
    public IReadOnlyList<string>? AgentIds { get; init; }
    public IReadOnlyList<string>? KeyIds { get; init; }
    public IReadOnlyList<string>? HandleIds { get; init; }
    public IReadOnlyList<DisbursementKind>? Kinds { get; init; }
}

/// <summary>
/// What is asked of the engine. <see cref="Merchant"/> is the agent's merchant, or for a transfer the destination as
/// <c>bank:account</c>; <see cref="Category"/> the agent's category, or for a transfer <c>bank</c>, <c>va</c> or <c>e_wallet</c>.
/// </summary>
public sealed record Instruction(DisbursementKind Kind, PrincipalKind Principal, long Amount, string Currency)
{
    public string? KeyId { get; init; }
    public string? AgentId { get; init; }
    public string? HandleId { get; init; }
    public string? Merchant { get; init; }
    public string? Category { get; init; }
}

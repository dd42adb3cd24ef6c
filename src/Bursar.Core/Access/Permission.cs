using System.Numerics;

namespace Bursar.Core.Access;

/// <summary>
/// What a role may do: the nine rows of the Flip seed, then what the seed does not list (PRODUCT §4). A set is a combination of flags.
/// </summary>
[Flags]
public enum Permission
{
    None = 0,
    ViewTransactions = 1 << 0,
    DownloadReports = 1 << 1,
    TopUpDeposit = 1 << 2,
    CreateTransactions = 1 << 3,
    ApproveTransactions = 1 << 4,
    RequestRefunds = 1 << 5,
    ManageApi = 1 << 6,
    AccountSettings = 1 << 7,
    ManageMembers = 1 << 8,
    /// <summary>Approvals, policies, agents, ledger: everyone but Customer Service looks.</summary>
    ViewControls = 1 << 9,
    WritePolicies = 1 << 10,
    FreezeAgents = 1 << 11,
    /// <summary>Rows older than 7 days without a search; all but Customer Service.</summary>
    ViewAllHistory = 1 << 12,
    /// <summary>
    /// Ask for agent spends, and what belongs to one: tokens, execution, receipts. Policies decide. A key of scope spend has only this.
    /// </summary>
    RequestSpends = 1 << 13,
}

public static class Permissions
{
    /// <summary>The wire name, as in <c>missingPermission</c>: lower snake case. One flag only.</summary>
    public static string Name(Permission permission)
    {
        Results.Invariant.Hold(BitOperations.PopCount((uint)permission) == 1);
        return System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(permission.ToString());
    }

    /// <summary>The first flag of <paramref name="needed"/> that <paramref name="held"/> lacks, or None.</summary>
    public static Permission Missing(Permission held, Permission needed)
    {
        var missing = (uint)(needed & ~held);
        return (Permission)(missing & (~missing + 1));
    }
}

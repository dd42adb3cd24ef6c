using static Bursar.Core.Access.Permission;

namespace Bursar.Core.Access;

public enum Role { Admin, Approver, Reviewer, DepositAdmin, Executor, Maker, Developer, CustomerService }

/// <summary>The eight-role matrix of the Flip seed to the letter, one role each, with our own rows beneath (PRODUCT §4, W3).</summary>
public static class Roles
{
    private const Permission Look = ViewTransactions | DownloadReports | ViewControls | ViewAllHistory;

    public static Permission Allows(Role role) => role switch
    {
        Role.Admin => Look | TopUpDeposit | CreateTransactions | ApproveTransactions | RequestRefunds | ManageApi | AccountSettings
            | ManageMembers | WritePolicies | FreezeAgents | RequestSpends,
        Role.Approver => Look | TopUpDeposit | ApproveTransactions | FreezeAgents,
        Role.Reviewer => Look,
        Role.DepositAdmin => Look | TopUpDeposit | RequestRefunds,
        Role.Executor => Look | TopUpDeposit | CreateTransactions | ApproveTransactions | RequestRefunds | RequestSpends,
        Role.Maker => Look | CreateTransactions | RequestSpends,
        Role.Developer => Look | ManageApi | RequestSpends,
        Role.CustomerService => ViewTransactions | RequestRefunds,
        _ => None,
    };

    /// <summary>As people read it: "Deposit Admin".</summary>
    public static string Name(Role role) => role switch
    {
        Role.DepositAdmin => "Deposit Admin",
        Role.CustomerService => "Customer Service",
        _ => role.ToString(),
    };
}

public enum KeyScope { Full, Read, Spend }

public static class KeyScopes
{
    /// <summary>
    /// What a key of this scope may do when its maker may do <paramref name="maker"/>: a key carries no right its maker lacks,
    /// never approves, and writes policies only when an Admin made it for that (PRODUCT D1).
    /// </summary>
    public static Permission Allows(KeyScope scope, Permission maker, bool canWritePolicies)
    {
        var wanted = scope switch
        {
            KeyScope.Full => ViewTransactions | DownloadReports | TopUpDeposit | CreateTransactions | RequestRefunds | ManageApi
                | ViewControls | ViewAllHistory | FreezeAgents | RequestSpends | (canWritePolicies ? WritePolicies : None),
            KeyScope.Read => ViewTransactions | DownloadReports | ViewControls | ViewAllHistory,
            KeyScope.Spend => RequestSpends,
            _ => None,
        };
        return wanted & maker;
    }
}

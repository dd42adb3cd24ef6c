using Bursar.Core.Ledger;

namespace Bursar.Platform.LedgerView;

/// <summary>The ledger's words as people read them.</summary>
public static class LedgerWords
{
    public static string Account(string name) => name switch
    {
        "funding" => "Paid in from outside",
        "deposit" => "Deposit",
        "collected" => "Collected from payers",
        "token" => "IDRT",
        "payouts" => "Paid out",
        "fees" => "Fees",
        "statement_clearing" => "Money out, not explained",
        "suspense" => "Suspense",
        "customers" => "Credited to workspaces",
        "returns" => "To be returned",
        "paid_out" => "Paid for workspaces",
        "bank_charges" => "Bank charges",
        "own_transfers" => "Own transfers",
        _ => name,
    };

    public static string Kind(TransferKind kind) => kind switch
    {
        TransferKind.Direct => "Booked",
        TransferKind.Pending => "Held",
        TransferKind.Post => "Hold booked",
        _ => "Hold released",
    };

    /// <summary>What moved an account, by the account on the other side.</summary>
    public static string Movement(AccountCode other, bool isDebit) => (other, isDebit) switch
    {
        (AccountCode.Funding, false) => "Top-ups received",
        (AccountCode.Payouts, true) => "Transfers paid",
        (AccountCode.Payouts, false) => "Transfers returned",
        (AccountCode.Fees, true) => "Fees",
        (AccountCode.Fees, false) => "Fees returned",
        (_, true) => "Moved out",
        _ => "Moved in",
    };
}

using Bursar.Core.Results;

namespace Bursar.Core.Ledger;

/// <summary>The chart of accounts of a book; docs/ledger.md tells what each is for. Numbers are stored: never reuse one.</summary>
public enum AccountCode : short
{
    /// <summary>Money outside that came in: debited by what customers pay us.</summary>
    Funding = 1,
    /// <summary>What the business can pay out from.</summary>
    Deposit = 2,
    /// <summary>What payers of payment links sent and is not settled yet.</summary>
    Collected = 3,
    /// <summary>IDRT held for the business.</summary>
    Token = 4,
    /// <summary>What left through a rail.</summary>
    Payouts = 5,
    /// <summary>What Bursar's operator earned.</summary>
    Fees = 6,
    /// <summary>House: money that left a bank account of the operator's by a line that no transfer of ours explains yet.</summary>
    StatementClearing = 20,
    /// <summary>House: money that arrived and is nobody's yet.</summary>
    Suspense = 21,
    /// <summary>House: what was credited to workspaces, each in a book of its own.</summary>
    Customers = 22,
    /// <summary>House: what is to be sent back to whoever sent it.</summary>
    Returns = 23,
    /// <summary>House: what banks paid for workspaces, less what came back, each in a book of its own.</summary>
    PaidOut = 24,
    /// <summary>House: what the banks charged, less the interest they paid.</summary>
    BankCharges = 25,
    /// <summary>House: money under way from one bank account of the operator's to another.</summary>
    OwnTransfers = 26,
}

public static class AccountCodes
{
    private const short Banks = 10_000;

    /// <summary>House: a bank account of the operator's, by its number; debited by what came in, credited by what went out.</summary>
    public static AccountCode Bank(short number) => (AccountCode)(Banks + number);

    /// <summary>The name on the wire: "deposit", "bank_3".</summary>
    public static string Name(AccountCode code) => (short)code > Banks
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bank_{(short)code - Banks}")
        : System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());
}

/// <summary>
/// One account, in TigerBeetle's model: amounts in minor units, all ≥ 0.
/// Invariant: <c>debits_pending + debits_posted ≤ credits_posted + limit</c>;
/// <see cref="Version"/> rises by one with each transfer that touches it.
/// </summary>
public sealed record Account(
    AccountId Id, AccountCode Code, string Currency, long DebitsPending, long DebitsPosted, long CreditsPending, long CreditsPosted,
    long Limit, long Version)
{
    /// <summary>What may still be debited.</summary>
    public long Available => checked(CreditsPosted + Limit - DebitsPosted - DebitsPending);

    /// <summary>Posted balance seen from the owner of the credit side.</summary>
    public long Posted => checked(CreditsPosted - DebitsPosted);
}

public enum TransferKind : short
{
    Direct = 1,
    Pending = 2,
    Post = 3,
    Void = 4,
}

/// <summary>
/// An immutable ledger entry between two accounts of one book and one currency, with both accounts as they stood after it.
/// </summary>
public sealed record LedgerTransfer(
    LedgerTransferId Id, AccountId Debit, AccountId Credit, long Amount, TransferKind Kind, LedgerTransferId? Pending, Guid Reference,
    DateTimeOffset BookedAt, Account DebitAfter, Account CreditAfter);

using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.Ledger;

/// <summary>The ledger of an open book: the only code that moves money between accounts. docs/ledger.md shows each posting.</summary>
public static class BookLedger
{
    public static void WantAccounts(this Reads reads, Command command, params ReadOnlySpan<AccountCode> codes)
    {
        foreach (var code in codes) reads.Of(AccountTable.Instance).Want(command.Book, code);
    }

    public static Account Account(this OpenBook book, AccountCode code)
    {
        var account = book.Find(AccountTable.Instance, code);
        Invariant.Hold(account is not null);
        return account;
    }

    /// <summary>Moves money at once.</summary>
    public static Result<LedgerTransferId> Move(this OpenBook book, AccountCode debit, AccountCode credit, long amount, Guid reference) =>
        book.Enter(debit, credit, amount, TransferKind.Direct, null, reference,
            LedgerRules.Direct(book.Account(debit), book.Account(credit), amount));

    /// <summary>Reserves money; the hold's id ends it later, once.</summary>
    public static Result<LedgerTransferId> Hold(this OpenBook book, AccountCode debit, AccountCode credit, long amount, Guid reference) =>
        book.Enter(debit, credit, amount, TransferKind.Pending, null, reference,
            LedgerRules.Pending(book.Account(debit), book.Account(credit), amount));

    /// <summary>Books a hold in full.</summary>
    public static void PostHold(
        this OpenBook book, LedgerTransferId hold, AccountCode debit, AccountCode credit, long amount, Guid reference) =>
        book.End(hold, debit, credit, amount, TransferKind.Post, reference,
            LedgerRules.Post(book.Account(debit), book.Account(credit), amount, amount));

    /// <summary>Gives a hold back.</summary>
    public static void VoidHold(
        this OpenBook book, LedgerTransferId hold, AccountCode debit, AccountCode credit, long amount, Guid reference) =>
        book.End(hold, debit, credit, amount, TransferKind.Void, reference,
            LedgerRules.Void(book.Account(debit), book.Account(credit), amount));

    private static void End(
        this OpenBook book, LedgerTransferId hold, AccountCode debit, AccountCode credit, long amount, TransferKind kind,
        Guid reference, (Account, Account) after) =>
        Invariant.Hold(book.Enter(debit, credit, amount, kind, hold, reference, after).Ok);

    private static Result<LedgerTransferId> Enter(this OpenBook book, AccountCode debit, AccountCode credit, long amount, TransferKind kind,
        LedgerTransferId? pending, Guid reference, Result<(Account Debit, Account Credit)> moved)
    {
        if (!moved.Ok) return moved.Error;
        var (debitAfter, creditAfter) = moved.Value;
        var id = LedgerTransferId.New(book.At);
        book.Update(AccountTable.Instance, debit, debitAfter);
        book.Update(AccountTable.Instance, credit, creditAfter);
        book.Book(new LedgerTransfer(id, debitAfter.Id, creditAfter.Id, amount, kind, pending, reference, book.At, debitAfter,
            creditAfter));
        return id;
    }
}

using Bursar.Core.Results;

namespace Bursar.Core.Ledger;

/// <summary>
/// What each kind of transfer does to its two accounts (TigerBeetle's two-phase transfers). Pure; the caller stores the result.
/// </summary>
public static class LedgerRules
{
    /// <summary>Moves <paramref name="amount"/> at once. Fails with <c>insufficient_funds</c> when the debit side cannot bear it.</summary>
    public static Result<(Account Debit, Account Credit)> Direct(Account debit, Account credit, long amount)
    {
        if (Refusal(debit, credit, amount) is { } error) return error;
        return (Bump(debit) with { DebitsPosted = checked(debit.DebitsPosted + amount) },
            Bump(credit) with { CreditsPosted = checked(credit.CreditsPosted + amount) });
    }

    /// <summary>Reserves <paramref name="amount"/>: a hold, ended exactly once by <see cref="Post"/> or <see cref="Void"/>.</summary>
    public static Result<(Account Debit, Account Credit)> Pending(Account debit, Account credit, long amount)
    {
        if (Refusal(debit, credit, amount) is { } error) return error;
        return (Bump(debit) with { DebitsPending = checked(debit.DebitsPending + amount) },
            Bump(credit) with { CreditsPending = checked(credit.CreditsPending + amount) });
    }

    /// <summary>Ends a hold of <paramref name="held"/>: <paramref name="amount"/> (1 … held) is booked, the rest is free again.</summary>
    public static (Account Debit, Account Credit) Post(Account debit, Account credit, long held, long amount)
    {
        Invariant.Hold(amount > 0 && amount <= held);
        var (d, c) = Void(debit, credit, held);
        return (d with { DebitsPosted = checked(d.DebitsPosted + amount) }, c with { CreditsPosted = checked(c.CreditsPosted + amount) });
    }

    /// <summary>Ends a hold of <paramref name="held"/> with nothing booked.</summary>
    public static (Account Debit, Account Credit) Void(Account debit, Account credit, long held)
    {
        Invariant.Hold(held > 0 && debit.DebitsPending >= held && credit.CreditsPending >= held);
        return (Bump(debit) with { DebitsPending = debit.DebitsPending - held },
            Bump(credit) with { CreditsPending = credit.CreditsPending - held });
    }

    private static Error? Refusal(Account debit, Account credit, long amount)
    {
        Invariant.Hold(debit.Id != credit.Id && debit.Currency == credit.Currency);
        Invariant.Hold(amount is >= 1 and <= Currencies.Money.Max);
        // Written as a subtraction: no sum that could overflow on the way to the answer.
        if (amount <= debit.Available) return null;
        return new Error(Errors.InsufficientFunds, "The balance does not cover this.")
            .With("available", Math.Max(0, debit.Available)).With("requested", amount).With("currency", debit.Currency);
    }

    private static Account Bump(Account account) => account with { Version = checked(account.Version + 1) };
}

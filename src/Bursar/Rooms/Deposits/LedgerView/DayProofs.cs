using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;
using Bursar.Platform.LedgerView;

namespace Bursar.Rooms.Deposits.LedgerView;

/// <summary>All that moved an account in a day for one reason; the amount is signed as the owner of the account sees it.</summary>
public sealed record DayMovement(AccountCode Other, bool IsDebit, long Count, long Amount);

/// <summary>
/// An account over one day: what it held before, what moved it, and what the last transfer of the day says it held then. The two ways to
/// the closing are independent, and the day is proved when they meet.
/// </summary>
public sealed record DayProof(
    string Account, string Currency, long Opening, IReadOnlyList<DayMovement> Movements, long Closing, long Held)
{
    public long Moved => Movements.Sum(m => m.Amount);
    public bool Holds => Opening + Moved == Closing;
}

/// <summary>The proof of a day of a workspace's book (PRODUCT L5), read in one snapshot.</summary>
public static class DayProofs
{
    private static readonly AccountCode[] Owned = [AccountCode.Deposit, AccountCode.Collected, AccountCode.Token];

    /// <summary>The business's own accounts from the moment <paramref name="start"/> up to, without, <paramref name="end"/>.</summary>
    public static async Task<IReadOnlyList<DayProof>> Of(Snapshot snapshot, BookKey book, DateTimeOffset start, DateTimeOffset end)
    {
        // Booking times have whole microseconds: the last one before a moment ends the day before it.
        var before = await Accounts(snapshot, book, start.AddMicroseconds(-1));
        var after = await Accounts(snapshot, book, end.AddMicroseconds(-1));
        var moved = (await snapshot.Read("""
            select a.code, o.code, t.debit_account = a.account_id, count(*), sum(t.amount)::bigint
            from ledger_transfers t
            join accounts a on a.workspace_id = t.workspace_id and a.mode = t.mode and a.account_id in (t.debit_account, t.credit_account)
            join accounts o on o.workspace_id = t.workspace_id and o.mode = t.mode
                and o.account_id = case when t.debit_account = a.account_id then t.credit_account else t.debit_account end
            where t.workspace_id = @workspace and t.mode = @mode and t.booked_at >= @start and t.booked_at < @end and t.kind in (1, 3)
                and a.code = any(@codes)
            group by 1, 2, 3 order by 1, 2, 3
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            start,
            end,
            codes = Owned.Select(c => (short)c).ToArray(),
        }, r => (Account: (AccountCode)r.GetInt16(0), Movement: new DayMovement(
            (AccountCode)r.GetInt16(1), r.GetBoolean(2), r.GetInt64(3), r.GetBoolean(2) ? -r.GetInt64(4) : r.GetInt64(4)))))
            .ToLookup(m => AccountCodes.Name(m.Account), m => m.Movement);
        return
        [
            .. Owned.Select(AccountCodes.Name).Select(name => new DayProof(name, after[name].Currency, before[name].Posted,
                [.. moved[name]], after[name].Posted, after[name].DebitsPending)),
        ];
    }

    private static async Task<Dictionary<string, LedgerAccount>> Accounts(Snapshot snapshot, BookKey book, DateTimeOffset at) =>
        (await snapshot.Read(LedgerViewReads.AccountsAt, new { workspace = book.Workspace.Value, mode = (short)book.Mode, at },
            LedgerViewReads.ReadAccount)).ToDictionary(a => a.Account);
}

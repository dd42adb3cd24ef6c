using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;

namespace Bursar.Platform.Ledger;

public sealed record Balance(string Account, string Currency, long Available, long Held, long Posted);

public sealed record TrialBalanceRow(string Currency, long Debits, long Credits, bool Balanced);

/// <summary>What the ledger shows; nothing here changes anything.</summary>
public sealed class LedgerReads(Database database)
{
    private static readonly AccountCode[] Owned = [AccountCode.Deposit, AccountCode.Collected, AccountCode.Token];

    public async Task<IReadOnlyList<Balance>> Balances(BookKey book)
    {
        var rows = await database.Query<AccountRow>(book, """
            select code, currency, debits_pending, debits_posted, credits_posted, credit_limit from accounts
            where workspace_id = @workspace and mode = @mode and code = any(@codes) order by code
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, codes = Owned.Select(c => (short)c).ToArray() });
        return [.. rows.Select(r => new Balance(Json.Name((AccountCode)r.Code), r.Currency,
            r.CreditsPosted + r.CreditLimit - r.DebitsPosted - r.DebitsPending, r.DebitsPending, r.CreditsPosted - r.DebitsPosted))];
    }

    /// <summary>Sums of what was posted up to a moment, from the transfers themselves; without a moment, up to now.</summary>
    public Task<IReadOnlyList<TrialBalanceRow>> TrialBalance(BookKey book, DateTimeOffset? at) => database.Query<TrialBalanceRow>(book, """
        with posted as (
            select t.debit_account, t.credit_account, t.amount from ledger_transfers t
            where t.workspace_id = @workspace and t.mode = @mode and t.kind in (1, 3) and (@at::timestamptz is null or t.booked_at <= @at))
        select a.currency as "Currency", coalesce(sum(d.amount), 0)::bigint as "Debits", coalesce(sum(c.amount), 0)::bigint as "Credits",
            coalesce(sum(d.amount), 0) = coalesce(sum(c.amount), 0) as "Balanced"
        from accounts a
        left join lateral (select sum(amount) as amount from posted p where p.debit_account = a.account_id) d on true
        left join lateral (select sum(amount) as amount from posted p where p.credit_account = a.account_id) c on true
        where a.workspace_id = @workspace and a.mode = @mode
        group by a.currency order by a.currency
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, at });

    private sealed record AccountRow
    {
        public short Code { get; init; }
        public required string Currency { get; init; }
        public long DebitsPending { get; init; }
        public long DebitsPosted { get; init; }
        public long CreditsPosted { get; init; }
        public long CreditLimit { get; init; }
    }
}

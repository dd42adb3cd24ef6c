using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyIn;

/// <summary>
/// The exact amounts that are open at each receiving account, over all workspaces. An amount is reserved before the collection is posted
/// and stays taken to the end of the bank's day after its expiry: late money must not meet a new owner, and a bank tells days, no hours. A
/// reservation without a collection lapses alike.
/// </summary>
public sealed class ReceivingAmounts(Database database, TimeProvider time)
{
    private const int CodeMax = 999;
    private const int QuarantineDays = 1;

    /// <summary>A free code from 1 to 999 that makes amount + code unique at the account, or null when none is free.</summary>
    public async Task<int?> Reserve(BookKey book, string account, long amount, Guid collection, DateTimeOffset expiresAt)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var args = new
        {
            mode = (short)book.Mode,
            account,
            amount,
            workspace = book.Workspace.Value,
            collection,
            now = time.NowMicros(),
            freeAt = Calendar.StartOf(
                Calendar.DateIn(expiresAt, ReceivingAccounts.BankZone).AddDays(1 + QuarantineDays), ReceivingAccounts.BankZone),
            CodeMax,
        };
        await connection.ExecuteAsync("""
            delete from receiving_amounts where mode = @mode and receiving_account = @account
                    and exact_amount between @amount + 1 and @amount + @CodeMax and free_at <= @now
            """, args);
        // Two may pick the same free code; the primary key lets one through, the other picks again: each loss is a code that is gone.
        for (var attempt = 0; attempt < CodeMax; attempt++)
        {
            var code = await connection.ExecuteScalarAsync<int?>("""
                insert into receiving_amounts (mode, receiving_account, exact_amount, workspace_id, collection_id, free_at)
                select @mode, @account, @amount + code, @workspace, @collection, @freeAt from generate_series(1, @CodeMax) code
                where not exists (select from receiving_amounts r where r.mode = @mode and r.receiving_account = @account
                    and r.exact_amount = @amount + code)
                order by random() limit 1
                on conflict do nothing returning (exact_amount - @amount)::int
                """, args);
            if (code is not null) return code;
            var taken = await connection.ExecuteScalarAsync<long>("""
                select count(*) from receiving_amounts where mode = @mode and receiving_account = @account
                    and exact_amount between @amount + 1 and @amount + @CodeMax
                """, args);
            if (taken >= CodeMax) return null;
        }
        return null;
    }

    /// <summary>Frees what was reserved for a collection that was refused.</summary>
    public async Task Free(BookKey book, string account, long exactAmount, Guid collection)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            delete from receiving_amounts where mode = @mode and receiving_account = @account and exact_amount = @exactAmount
                and workspace_id = @workspace and collection_id = @collection
            """, new { mode = (short)book.Mode, account, exactAmount, workspace = book.Workspace.Value, collection });
    }
}

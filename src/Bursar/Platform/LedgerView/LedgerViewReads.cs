using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;

namespace Bursar.Platform.LedgerView;

/// <summary>An account of the book; <paramref name="Posted"/> is credits less debits, as its owner sees it.</summary>
public sealed record LedgerAccount(
    AccountId Id, string Account, string Currency, long DebitsPending, long DebitsPosted, long CreditsPending, long CreditsPosted,
    long Posted);

/// <summary>
/// One entry of the ledger; <paramref name="PendingId"/> is the hold that it ends, <paramref name="Reference"/> what it belongs to.
/// </summary>
public sealed record LedgerEntry(
    LedgerTransferId Id, TransferKind Kind, string DebitAccount, string CreditAccount, long Amount, string Currency,
    LedgerTransferId? PendingId, string Reference, DateTimeOffset BookedAt);

public sealed record LedgerPage(IReadOnlyList<LedgerEntry> Rows, string? Next, string? Previous);

/// <summary>
/// A book's accounts and transfers (PRODUCT L4), for whoever may see them. Nothing here changes anything: corrections are new transfers.
/// </summary>
public sealed class LedgerViewReads(Database database)
{
    /// <summary>Every account as it stood at a moment, or now.</summary>
    public async Task<IReadOnlyList<LedgerAccount>> Accounts(BookKey book, DateTimeOffset? at) => await database.Read(
        book, AccountsAt, new { workspace = book.Workspace.Value, mode = (short)book.Mode, at }, ReadAccount);

    /// <summary>
    /// Each transfer keeps both accounts as they stood after it, so the last one on either side tells the account at that moment. Without a
    /// moment the account says it itself.
    /// </summary>
    public const string AccountsAt = """
        select a.account_id, a.code, a.currency,
            case when @at::timestamptz is null then a.debits_pending else coalesce(d.debit_pending_after, 0) end,
            case when @at::timestamptz is null then a.debits_posted else coalesce(d.debit_posted_after, 0) end,
            case when @at::timestamptz is null then a.credits_pending else coalesce(c.credit_pending_after, 0) end,
            case when @at::timestamptz is null then a.credits_posted else coalesce(c.credit_posted_after, 0) end
        from accounts a
        left join lateral (
            select t.debit_pending_after, t.debit_posted_after from ledger_transfers t
            where t.workspace_id = @workspace and t.mode = @mode and t.debit_account = a.account_id and t.booked_at <= @at and a.version > 0
            order by t.booked_at desc, t.debit_version desc limit 1) d on true
        left join lateral (
            select t.credit_pending_after, t.credit_posted_after from ledger_transfers t
            where t.workspace_id = @workspace and t.mode = @mode and t.credit_account = a.account_id and t.booked_at <= @at
                and a.version > 0
            order by t.booked_at desc, t.credit_version desc limit 1) c on true
        where a.workspace_id = @workspace and a.mode = @mode order by a.code
        """;

    public static LedgerAccount ReadAccount(Npgsql.NpgsqlDataReader r) => new(
        new(r.GetGuid(0)), AccountCodes.Name((AccountCode)r.GetInt16(1)), r.GetString(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5),
        r.GetInt64(6), r.GetInt64(6) - r.GetInt64(4));

    /// <summary>A page, newest first, with the cursors of both neighbours.</summary>
    public async Task<LedgerPage> Browse(BookKey book, LedgerQuery query)
    {
        var after = Cursor.Parse(query.Cursor);
        var before = after is null ? Cursor.Parse(query.Before) : null;
        var from = after ?? before;
        var (side, order) = before is null ? ("<", "desc") : (">", "asc");
        var rows = await database.Read(book, $"""
            select t.transfer_id, t.kind, da.code, ca.code, t.amount, da.currency, t.pending_id, t.reference, t.booked_at,
                coalesce(d.kind, c.kind, case when l.line_id is not null then 'statement_line' end)
            from ledger_transfers t
            join accounts da on da.workspace_id = t.workspace_id and da.mode = t.mode and da.account_id = t.debit_account
            join accounts ca on ca.workspace_id = t.workspace_id and ca.mode = t.mode and ca.account_id = t.credit_account
            left join disbursements d on d.workspace_id = t.workspace_id and d.mode = t.mode and d.disbursement_id = t.reference
            left join collections c on c.workspace_id = t.workspace_id and c.mode = t.mode and c.collection_id = t.reference
            left join statement_lines l on l.workspace_id = t.workspace_id and l.mode = t.mode and l.line_id = t.reference
            where t.workspace_id = @workspace and t.mode = @mode
                and (@codes::smallint[] is null or da.code = any(@codes) or ca.code = any(@codes))
                and (@kinds::smallint[] is null or t.kind = any(@kinds))
                and (@bookedFrom::timestamptz is null or t.booked_at >= @bookedFrom)
                and (@bookedTo::timestamptz is null or t.booked_at < @bookedTo)
                and (@reference::uuid is null or t.reference = @reference)
                and (@at::timestamptz is null or (t.booked_at, t.transfer_id) {side} (@at, @id))
            order by t.booked_at {order}, t.transfer_id {order} limit @limit
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            codes = query.Accounts.Count == 0 ? null : query.Accounts.Select(c => (short)c).ToArray(),
            kinds = query.Kinds.Count == 0 ? null : query.Kinds.Select(k => (short)k).ToArray(),
            bookedFrom = query.BookedFrom,
            bookedTo = query.BookedTo,
            reference = query.Reference,
            at = from?.At,
            id = from?.Id,
            limit = query.Limit + 1,
        }, ReadEntry);
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(query.Limit);
        // Back past the newest row is the first page, whole.
        if (before is not null && !more) return await Browse(book, query with { Before = null });
        if (before is not null) rows.Reverse();
        string? At(bool exists, int row) =>
            exists && rows.Count > 0 ? new Cursor(rows[row].BookedAt, rows[row].Id.Value).ToString() : null;
        return new LedgerPage(rows, At(more || before is not null, rows.Count - 1), At(after is not null || before is not null, 0));
    }

    private static LedgerEntry ReadEntry(Npgsql.NpgsqlDataReader r) => new(
        new(r.GetGuid(0)), (TransferKind)r.GetInt16(1), AccountCodes.Name((AccountCode)r.GetInt16(2)),
        AccountCodes.Name((AccountCode)r.GetInt16(3)), r.GetInt64(4), r.GetString(5),
        r.GuidOrNull(6) is { } hold ? new LedgerTransferId(hold) : null, PrefixOf(r.Text(9)) + Core.Ids.Base32.Encode(r.GetGuid(7)),
        r.Time(8));

    private static string PrefixOf(string? kind) => kind switch
    {
        "money_transfer" => Core.Ids.TransferKind.Prefix,
        "international_transfer" => "itr_",
        "refund" => "ref_",
        "agent_spend" => Core.Ids.SpendRequestKind.Prefix,
        "top_up" => Core.Ids.TopUpKind.Prefix,
        "statement_line" => Core.Ids.StatementLineKind.Prefix,
        _ => "",
    };
}

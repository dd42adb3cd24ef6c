using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.Transfers;

public sealed record TransferSummary(long Count, bool CountIsCapped, long Sum);

/// <summary>Transfers as lists show them: keyset paging, newest first, one SQL for API, page and export.</summary>
public sealed class TransferReads(Database database, AuditTrail audit, TimeProvider time)
{
    private const int CountMax = 10_000;
    private const int SearchMax = 10_000;
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    public async Task<Result<Page<Transfer>>> List(Actor actor, TransferQuery query) =>
        (await Browse(actor, query)).Map(page => new Page<Transfer>(page.Rows, page.Next));

    /// <summary>A page with the cursors of both directions.</summary>
    public async Task<Result<KeysetPage<Transfer>>> Browse(Actor actor, TransferQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (!actor.May(Permission.ViewAllHistory) && query.Search is { } search
            && await Looked(actor, new { search }) is { } unkept) return unkept;
        return (await database.Page(actor.Book, Where(actor, query), query.Cursor, query.Before, query.Limit)).Map(Transfer.Of);
    }

    public async Task<Result<Transfer>> Get(Actor actor, TransferId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (await Find(actor.Book, id) is not { } found) return Errors.Missing();
        // To name an id is to search for it.
        var isOld = found.CreatedAt < time.NowMicros() - LockedHistory;
        if (isOld && !actor.May(Permission.ViewAllHistory) && await Looked(actor, new { id }) is { } unkept) return unkept;
        return Transfer.Of(found);
    }

    /// <summary>Customer Service reaches older rows by a search, and the journal knows for what (PRODUCT W4).</summary>
    private Task<Error?> Looked(Actor actor, object data) => audit.Record(actor, "history.searched", actor.Principal, data);

    public async Task<Disbursement?> Find(BookKey book, TransferId id)
    {
        var args = Conditions.ArgsOf(book);
        args.Add("id", id.Value);
        var rows = await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.kind = 'money_transfer' and d.disbursement_id = @id
            """, args, DisbursementTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Count and sum of the filtered set; above 10,000 rows the count is capped and the sum left out.</summary>
    public async Task<TransferSummary> Summarise(Actor actor, TransferQuery query)
    {
        var (where, args) = Where(actor, query);
        args.Add("most", CountMax + 1);
        var row = await database.One<SummaryRow>(actor.Book, $"""
            select count(*) as count, coalesce(sum(amount), 0)::bigint as sum
            from (select d.amount from disbursements d where {where} limit @most) f
            """, args);
        return row!.Count > CountMax ? new TransferSummary(CountMax, true, 0) : new TransferSummary(row.Count, false, row.Sum);
    }

    /// <summary>Every filtered row of the snapshot, newest first.</summary>
    public async IAsyncEnumerable<Transfer> All(Snapshot snapshot, Actor actor, TransferQuery query)
    {
        await foreach (var rows in snapshot.Chunks(Where(actor, query)))
            foreach (var row in rows) yield return Transfer.Of(row);
    }

    private (string Where, DynamicParameters Args) Where(Actor actor, TransferQuery q)
    {
        var where = new Conditions(actor.Book, "d").And("d.kind = 'money_transfer'");
        where.And(q.States.Count > 0, "d.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        where.And(q.Destinations.Count > 0, "d.destination_type = any(@destinations)", "destinations", q.Destinations.ToArray());
        where.And(q.Banks.Count > 0, "d.bank_code = any(@banks)", "banks", q.Banks.ToArray());
        where.And(q.Via.Count > 0, "d.created_via = any(@via)", "via", q.Via.ToArray());
        where.And(q.CreatedFrom is not null, "d.created_at >= @createdFrom", "createdFrom", q.CreatedFrom);
        where.And(q.CreatedTo is not null, "d.created_at < @createdTo", "createdTo", q.CreatedTo);
        where.And(q.CompletedFrom is not null, "d.completed_at >= @completedFrom", "completedFrom", q.CompletedFrom);
        where.And(q.CompletedTo is not null, "d.completed_at < @completedTo", "completedTo", q.CompletedTo);
        where.And(q.AmountFrom is not null, "d.amount >= @amountFrom", "amountFrom", q.AmountFrom);
        where.And(q.AmountTo is not null, "d.amount <= @amountTo", "amountTo", q.AmountTo);
        where.And(q.AccountNumber is not null, "d.account_number = @account", "account", q.AccountNumber);
        where.And(q.Reference is not null, "d.reference = @reference", "reference", q.Reference);
        if (q.Search is not null) Search(q.Search, where);
        // Customer Service sees 7 days; any search reaches older rows (PRODUCT W4).
        where.And(!actor.May(Permission.ViewAllHistory) && q.Search is null,
            "d.created_at >= @recent", "recent", time.NowMicros() - LockedHistory);
        return where.All;
    }

    /// <summary>The seed's search fields: transaction id, account number, amount, beneficiary name and remark.</summary>
    private static void Search(string search, Conditions where)
    {
        if (TransferId.TryParse(search, out var id))
        {
            where.And(true, "d.disbursement_id = @searchId", "searchId", id.Value);
            return;
        }
        var digits = search.Replace("Rp", "", StringComparison.OrdinalIgnoreCase).Replace(".", "", StringComparison.Ordinal).Trim();
        if (digits.Length is > 0 and <= 18 && digits.All(char.IsAsciiDigit))
        {
            where.And(true,
                "(d.account_number = @searchDigits or d.amount = @searchDigits::bigint "
                + "or d.disbursement_id in (select find_disbursements(@words, @found)))",
                "searchDigits", digits);
        }
        else where.And(true, "d.disbursement_id in (select find_disbursements(@words, @found))", "found", SearchMax);
        where.And(true, "true", "found", SearchMax);
        where.And(true, "true", "words", SearchWords.Patterns(search));
    }

    private sealed record SummaryRow
    {
        public long Count { get; init; }
        public long Sum { get; init; }
    }
}

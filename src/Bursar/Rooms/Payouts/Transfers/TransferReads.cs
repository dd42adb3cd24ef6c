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

public sealed record TransferPage(IReadOnlyList<Transfer> Rows, string? Next, string? Previous);

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
    public async Task<Result<TransferPage>> Browse(Actor actor, TransferQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (!actor.May(Permission.ViewAllHistory) && query.Search is { } search
            && await Looked(actor, new { search }) is { } unkept) return unkept;
        var (where, args) = Where(actor, query);
        var after = Cursor.Parse(query.Cursor);
        var before = after is null ? Cursor.Parse(query.Before) : null;
        if ((after ?? before) is { } cursor)
        {
            where += $" and (d.created_at, d.disbursement_id) {(before is null ? "<" : ">")} (@cursorAt, @cursorId)";
            args.Add("cursorAt", cursor.At);
            args.Add("cursorId", cursor.Id);
        }
        args.Add("limit", query.Limit + 1);
        var order = before is null ? "desc" : "asc";
        var rows = await Rows(actor.Book, $"""
            select {DisbursementTable.Columns} from disbursements d where {where}
            order by d.created_at {order}, d.disbursement_id {order} limit @limit
            """, args);
        var more = rows.Count > query.Limit;
        if (more) rows.RemoveAt(query.Limit);
        // Back past the newest row is the first page, whole.
        if (before is not null && !more) return await Browse(actor, query with { Before = null });
        if (before is not null) rows.Reverse();
        string? CursorOf(bool exists, int row) =>
            exists && rows.Count > 0 ? new Cursor(rows[row].CreatedAt, rows[row].Id).ToString() : null;
        return new TransferPage(
            [.. rows.Select(Transfer.Of)],
            CursorOf(more || before is not null, rows.Count - 1),
            CursorOf(after is not null || before is not null, 0));
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
        var args = Scope(book);
        args.Add("id", id.Value);
        var rows = await Rows(book, $"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.kind = 'money_transfer' and d.disbursement_id = @id
            """, args);
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

    /// <summary>Every filtered row of the snapshot, newest first, a page at a time.</summary>
    public async IAsyncEnumerable<Transfer> All(Snapshot snapshot, Actor actor, TransferQuery query)
    {
        const int pageSize = 500;
        var (where, args) = Where(actor, query);
        args.Add("limit", pageSize);
        args.Add("cursorAt", DateTimeOffset.MaxValue);
        args.Add("cursorId", Guid.Empty);
        for (var found = pageSize; found == pageSize;)
        {
            var rows = await snapshot.Read($"""
                select {DisbursementTable.Columns} from disbursements d
                where {where} and (d.created_at, d.disbursement_id) < (@cursorAt, @cursorId)
                order by d.created_at desc, d.disbursement_id desc limit @limit
                """, args, DisbursementTable.ReadRow);
            found = rows.Count;
            foreach (var row in rows) yield return Transfer.Of(row);
            if (found == 0) yield break;
            args.Add("cursorAt", rows[^1].CreatedAt);
            args.Add("cursorId", rows[^1].Id);
        }
    }

    private (string Where, DynamicParameters Args) Where(Actor actor, TransferQuery q)
    {
        var args = Scope(actor.Book);
        var where = new List<string> { "d.workspace_id = @workspace", "d.mode = @mode", "d.kind = 'money_transfer'" };
        void Add(bool when, string sql, string name, object? value)
        {
            if (!when) return;
            where.Add(sql);
            args.Add(name, value);
        }
        Add(q.States.Count > 0, "d.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        Add(q.Destinations.Count > 0, "d.destination_type = any(@destinations)", "destinations", q.Destinations.ToArray());
        Add(q.Banks.Count > 0, "d.bank_code = any(@banks)", "banks", q.Banks.ToArray());
        Add(q.Via.Count > 0, "d.created_via = any(@via)", "via", q.Via.ToArray());
        Add(q.CreatedFrom is not null, "d.created_at >= @createdFrom", "createdFrom", q.CreatedFrom);
        Add(q.CreatedTo is not null, "d.created_at < @createdTo", "createdTo", q.CreatedTo);
        Add(q.CompletedFrom is not null, "d.completed_at >= @completedFrom", "completedFrom", q.CompletedFrom);
        Add(q.CompletedTo is not null, "d.completed_at < @completedTo", "completedTo", q.CompletedTo);
        Add(q.AmountFrom is not null, "d.amount >= @amountFrom", "amountFrom", q.AmountFrom);
        Add(q.AmountTo is not null, "d.amount <= @amountTo", "amountTo", q.AmountTo);
        Add(q.AccountNumber is not null, "d.account_number = @account", "account", q.AccountNumber);
        Add(q.Reference is not null, "d.reference = @reference", "reference", q.Reference);
        if (q.Search is not null) Search(q.Search, Add);
        // Customer Service sees 7 days; any search reaches older rows (PRODUCT W4).
        Add(!actor.May(Permission.ViewAllHistory) && q.Search is null,
            "d.created_at >= @recent", "recent", time.NowMicros() - LockedHistory);
        return (string.Join(" and ", where), args);
    }

    /// <summary>The seed's search fields: transaction id, account number, amount, beneficiary name and remark.</summary>
    private static void Search(string search, Action<bool, string, string, object?> add)
    {
        if (TransferId.TryParse(search, out var id))
        {
            add(true, "d.disbursement_id = @searchId", "searchId", id.Value);
            return;
        }
        var digits = search.Replace("Rp", "", StringComparison.OrdinalIgnoreCase).Replace(".", "", StringComparison.Ordinal).Trim();
        if (digits.Length is > 0 and <= 18 && digits.All(char.IsAsciiDigit))
        {
            add(true,
                "(d.account_number = @searchDigits or d.amount = @searchDigits::bigint "
                + "or d.disbursement_id in (select find_disbursements(@words, @found)))",
                "searchDigits", digits);
        }
        else add(true, "d.disbursement_id in (select find_disbursements(@words, @found))", "found", SearchMax);
        add(true, "true", "found", SearchMax);
        add(true, "true", "words", SearchWords.Patterns(search));
    }

    private static DynamicParameters Scope(BookKey book)
    {
        var args = new DynamicParameters();
        args.Add("workspace", book.Workspace.Value);
        args.Add("mode", (short)book.Mode);
        return args;
    }

    private Task<List<Disbursement>> Rows(BookKey book, string sql, DynamicParameters args) =>
        database.Read(book, sql, args, DisbursementTable.ReadRow);

    private sealed record SummaryRow
    {
        public long Count { get; init; }
        public long Sum { get; init; }
    }
}

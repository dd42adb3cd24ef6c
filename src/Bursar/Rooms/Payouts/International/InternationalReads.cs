using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.International;

public sealed record InternationalPage(IReadOnlyList<InternationalTransfer> Rows, string? Next, string? Previous);

public sealed record InternationalSummary
{
    public long Count { get; init; }
    public long Sum { get; init; }
}

/// <summary>Transfers abroad as lists show them: keyset paging, newest first, one SQL for API, page and export.</summary>
public sealed partial class InternationalReads(Database database, AuditTrail audit, TimeProvider time)
{
    private const int CountMax = 10_000;
    private const int SearchMax = 10_000;
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    public async Task<Result<Page<InternationalTransfer>>> List(Actor actor, InternationalQuery query) =>
        (await Browse(actor, query)).Map(page => new Page<InternationalTransfer>(page.Rows, page.Next));

    /// <summary>A page with the cursors of both directions.</summary>
    public async Task<Result<InternationalPage>> Browse(Actor actor, InternationalQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (!actor.May(Permission.ViewAllHistory) && (query.Search ?? query.BeneficiaryName) is { } search
            && await Looked(actor, new { search }) is { } unkept) return unkept;
        var page = await database.Page(actor.Book, Where(actor, query), query.Cursor, query.Before, query.Limit);
        return new InternationalPage([.. page.Rows.Select(InternationalTransfer.Of)], page.Next, page.Previous);
    }

    public async Task<Result<InternationalTransfer>> Get(Actor actor, InternationalTransferId id) =>
        (await Row(actor, id)).Map(InternationalTransfer.Of);

    /// <summary>The row itself, with what only the page of one transfer shows.</summary>
    public async Task<Result<Disbursement>> Row(Actor actor, InternationalTransferId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        if (await Find(actor.Book, id) is not { } found) return Errors.Missing();
        // To name an id is to search for it.
        var isOld = found.CreatedAt < time.NowMicros() - LockedHistory;
        if (isOld && !actor.May(Permission.ViewAllHistory) && await Looked(actor, new { id }) is { } unkept) return unkept;
        return found;
    }

    /// <summary>Customer Service reaches older rows by a search, and the journal knows for what (PRODUCT W4).</summary>
    private Task<Error?> Looked(Actor actor, object data) => audit.Record(actor, "history.searched", actor.Principal, data);

    public async Task<Disbursement?> Find(BookKey book, InternationalTransferId id)
    {
        var args = Scope(book);
        args.Add("id", id.Value);
        var rows = await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.kind = 'international_transfer' and d.disbursement_id = @id
            """, args, DisbursementTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Count and sum of the filtered set; the count is capped.</summary>
    public async Task<InternationalSummary> Summarise(Actor actor, InternationalQuery query)
    {
        var (where, args) = Where(actor, query);
        args.Add("most", CountMax + 1);
        return (await database.One<InternationalSummary>(actor.Book, $"""
            select count(*) as count, coalesce(sum(amount), 0)::bigint as sum
            from (select d.amount from disbursements d where {where} limit @most) f
            """, args))!;
    }

    /// <summary>Every filtered row of the snapshot, newest first.</summary>
    public async IAsyncEnumerable<InternationalTransfer> All(Snapshot snapshot, Actor actor, InternationalQuery query)
    {
        await foreach (var rows in snapshot.Chunks(Where(actor, query)))
            foreach (var row in rows) yield return InternationalTransfer.Of(row);
    }

    private (string Where, DynamicParameters Args) Where(Actor actor, InternationalQuery q)
    {
        var args = Scope(actor.Book);
        var where = new List<string> { "d.workspace_id = @workspace", "d.mode = @mode", "d.kind = 'international_transfer'" };
        void Add(bool when, string sql, string name, object? value)
        {
            if (!when) return;
            where.Add(sql);
            args.Add(name, value);
        }
        void Named(string? text, string name) => Add(text is not null,
            $"d.disbursement_id in (select find_disbursements(@{name}, {SearchMax})) and d.recipient_name ilike all (@{name})", name,
            text?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8)
                .OrderByDescending(w => w.Length).Select(w => $"%{Pattern().Replace(w, "\\$0")}%").ToArray());
        Add(q.States.Count > 0, "d.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        Add(q.CreatedFrom is not null, "d.created_at >= @createdFrom", "createdFrom", q.CreatedFrom);
        Add(q.CreatedTo is not null, "d.created_at < @createdTo", "createdTo", q.CreatedTo);
        Add(q.Reference is not null, "d.reference = @reference", "reference", q.Reference);
        var isId = InternationalTransferId.TryParse(q.Search, out var id);
        Add(isId, "d.disbursement_id = @searchId", "searchId", id.Value);
        Named(isId ? null : q.Search, "words");
        Named(q.BeneficiaryName, "names");
        // Customer Service sees 7 days; any search reaches older rows (PRODUCT W4).
        Add(!actor.May(Permission.ViewAllHistory) && q.Search is null && q.BeneficiaryName is null,
            "d.created_at >= @recent", "recent", time.NowMicros() - LockedHistory);
        return (string.Join(" and ", where), args);
    }

    /// <summary>What means something in a LIKE pattern.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"[\\%_]")]
    private static partial System.Text.RegularExpressions.Regex Pattern();

    private static DynamicParameters Scope(BookKey book)
    {
        var args = new DynamicParameters();
        args.Add("workspace", book.Workspace.Value);
        args.Add("mode", (short)book.Mode);
        return args;
    }
}

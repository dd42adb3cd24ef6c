using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Http;
using Bursar.Rooms.Spending.Sats;
using Dapper;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// Spend requests as people and agents read them. Whoever may see transactions sees all of the book; a key of scope spend sees what it
/// asked itself. Lists are newest first, by keyset, the same for API, page and report.
/// </summary>
public sealed class SpendReads(
    Database database, SpendViews views, Posting posting, SatIssuer sats, AuditTrail audit, TimeProvider time)
{
    private const int CountMax = 10_000;
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    public async Task<Result<SpendRequest>> Get(Actor actor, string id)
    {
        var found = await Look(actor, id);
        if (!found.Ok) return found.Error;
        return await WithSat(actor, found.Value);
    }

    /// <summary>The row, for whoever looks at it: to name an id is to search for it, and beyond seven days that is written down.</summary>
    public async Task<Result<Disbursement>> Look(Actor actor, string id)
    {
        var found = await Find(actor, id);
        var isOld = found.Ok && found.Value.CreatedAt < time.NowMicros() - LockedHistory;
        return isOld && IsLocked(actor) && await audit.Record(actor, "history.searched", actor.Principal, new { search = id }) is { } unkept
            ? unkept : found;
    }

    /// <summary>
    /// The key that asked gets a token with the same id and a new life, for as long as the authorization lasts; nobody else does.
    /// </summary>
    private async Task<Result<SpendRequest>> WithSat(Actor actor, Disbursement seen)
    {
        var asked = actor.Kind == PrincipalKind.ApiKey && actor.Principal == seen.MakerPrincipal && actor.May(Permission.RequestSpends);
        if (!asked || !SatRules.MayBeDrawn(seen, time.NowMicros())) return await views.One(actor.Book, seen);
        var pen = await sats.Pen(actor.Book.Mode);
        var drawn = await posting.Submit(new DrawSat(actor, seen) { Needs = Permission.RequestSpends });
        if (!drawn.Ok) return drawn.Error;
        var (spend, at) = drawn.Value.Value;
        var shown = await views.One(actor.Book, spend);
        return at is { } from && SatTerms.TimesOf(spend, from) is { } times
            ? shown with { Sat = pen.Sign(SatTerms.Of(actor.Book, spend), times), SatExpiresAt = times.End }
            : shown;
    }

    /// <summary>What an authorization's tokens say.</summary>
    public async Task<SatTerms> Terms(BookKey book, SpendRequestId id) =>
        SatTerms.Of(book, (await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @workspace and d.mode = @mode
                and d.disbursement_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, DisbursementTable.ReadRow))[0]);

    /// <summary>The row, for whoever may see it: a foreign one is missing.</summary>
    public async Task<Result<Disbursement>> Find(Actor actor, string id)
    {
        if (May(actor) is { } denied) return denied;
        if (!SpendRequestId.TryParse(id, out var spend)) return Errors.Missing();
        var rows = await database.Read(actor.Book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @workspace and d.mode = @mode
                and d.disbursement_id = @id and d.kind = 'agent_spend' and (@principal::uuid is null or d.maker_principal = @principal)
            """, Scope(actor, spend.Value), DisbursementTable.ReadRow);
        return rows.Count == 0 ? Errors.Missing() : rows[0];
    }

    public async Task<Result<Page<SpendRequest>>> List(Actor actor, SpendQuery query) =>
        (await Browse(actor, query)).Map(page => new Page<SpendRequest>(page.Rows, page.Next));

    /// <summary>A page with the cursors of both directions.</summary>
    public async Task<Result<KeysetPage<SpendRequest>>> Browse(Actor actor, SpendQuery query)
    {
        if (May(actor) is { } denied) return denied;
        if (IsLocked(actor) && query.Search is { } search
            && await audit.Record(actor, "history.searched", actor.Principal, new { search }) is { } unkept) return unkept;
        var page = await database.Page(actor.Book, Where(actor, query), query.Cursor, query.Before, query.Limit);
        return new KeysetPage<SpendRequest>(await views.Many(actor.Book, page.Rows), page.Next, page.Previous);
    }

    /// <summary>How many the query matches; 10,001 means more than 10,000.</summary>
    public async Task<long> Count(Actor actor, SpendQuery query)
    {
        var (where, args) = Where(actor, query);
        args.Add("most", CountMax + 1);
        return await database.One<long>(
            actor.Book, $"select count(*) from (select from disbursements d where {where} limit @most) x", args);
    }

    /// <summary>Every filtered row of the snapshot, newest first.</summary>
    public async IAsyncEnumerable<SpendRequest> All(Snapshot snapshot, Actor actor, SpendQuery query)
    {
        await foreach (var rows in snapshot.Chunks(Where(actor, query)))
            foreach (var row in await SpendViews.Many(snapshot, actor.Book, rows)) yield return row;
    }

    private static Error? May(Actor actor) =>
        actor.May(Permission.ViewTransactions) || actor.May(Permission.RequestSpends) ? null : Errors.Denied(Permission.ViewTransactions);

    /// <summary>Customer Service sees 7 days; a search reaches older rows (PRODUCT W4).</summary>
    private static bool IsLocked(Actor actor) => actor.May(Permission.ViewTransactions) && !actor.May(Permission.ViewAllHistory);

    private (string Where, DynamicParameters Args) Where(Actor actor, SpendQuery query) =>
        SpendFilter.Of(actor, query, IsLocked(actor) && query.Search is null ? time.NowMicros() - LockedHistory : null);

    private static object Scope(Actor actor, Guid id) => new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        id,
        principal = actor.May(Permission.ViewTransactions) ? (Guid?)null : actor.Principal,
    };
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// Spend requests as people and agents read them. Whoever may see transactions sees all of the book; a key of scope spend sees what it
/// asked itself.
/// </summary>
public sealed class SpendReads(Database database, Posting posting, SatIssuer sats, TimeProvider time)
{
    public async Task<Result<SpendRequest>> Get(Actor actor, string id)
    {
        var found = await Find(actor, id);
        if (!found.Ok) return found.Error;
        return await WithSat(actor, found.Value);
    }

    /// <summary>The key that asked gets a token with the same id and a new life, for as long as the authorization lasts; nobody else does.</summary>
    private async Task<Result<SpendRequest>> WithSat(Actor actor, Disbursement seen)
    {
        var asked = actor.Kind == PrincipalKind.ApiKey && actor.Principal == seen.MakerPrincipal && actor.May(Permission.RequestSpends);
        if (!asked || !SatRules.MayBeDrawn(seen, time.NowMicros())) return SpendRequest.Of(seen);
        var pen = await sats.Pen(actor.Book.Mode);
        var drawn = await posting.Submit(new DrawSat(actor, seen) { Needs = Permission.RequestSpends });
        if (!drawn.Ok) return drawn.Error;
        var (spend, at) = drawn.Value.Value;
        var shown = SpendRequest.Of(spend);
        return at is { } from && SatTerms.TimesOf(spend, from) is { } times
            ? shown with { Sat = pen.Sign(SatTerms.Of(actor.Book, spend), times), SatExpiresAt = times.End }
            : shown;
    }

    /// <summary>What an authorization's tokens say.</summary>
    public async Task<SatTerms> Terms(BookKey book, SpendRequestId id) =>
        SatTerms.Of(book, (await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @workspace and d.mode = @mode and d.disbursement_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, DisbursementTable.ReadRow))[0]);

    /// <summary>The row, for whoever may see it: a foreign one is missing.</summary>
    public async Task<Result<Disbursement>> Find(Actor actor, string id)
    {
        if (!actor.May(Permission.ViewTransactions) && actor.Require(Permission.RequestSpends) is { } denied) return denied;
        if (!SpendRequestId.TryParse(id, out var spend)) return Errors.Missing();
        var rows = await database.Read(actor.Book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @workspace and d.mode = @mode
                and d.disbursement_id = @id and d.kind = 'agent_spend' and (@principal::uuid is null or d.maker_principal = @principal)
            """, Scope(actor, spend.Value), DisbursementTable.ReadRow);
        return rows.Count == 0 ? Errors.Missing() : rows[0];
    }

    private static object Scope(Actor actor, Guid id) => new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        id,
        principal = actor.May(Permission.ViewTransactions) ? (Guid?)null : actor.Principal,
    };
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// Spend requests as people and agents read them. Whoever may see transactions sees all of the book; a key of scope spend sees what it
/// asked itself.
/// </summary>
public sealed class SpendReads(Database database)
{
    public async Task<Result<SpendRequest>> Get(Actor actor, string id) =>
        await Find(actor, id) is { Ok: true } found ? SpendRequest.Of(found.Value) : Errors.Missing();

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

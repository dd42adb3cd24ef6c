using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Execution;

/// <summary>
/// POST /v1/spend-requests/{id}/cancellation: a spend that waits for people, or for its execution, is taken back; its holds are free. Who
/// asked may do so until a token was issued; a member who may freeze agents also afterwards, until it goes to its executor or rail.
/// </summary>
public sealed class CancelSpend(SpendReads reads, Posting posting, DisbursementShapes shapes)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/spend-requests/{id}/cancellation", (HttpContext http, string id, CancelSpend slice) =>
            Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<SpendRequest>("Cancel a spend request");

    public async Task<Result<SpendRequest>> Handle(Actor actor, string id)
    {
        var mayStop = actor.Kind == PrincipalKind.Member && actor.May(Permission.FreezeAgents);
        var needs = mayStop ? Permission.FreezeAgents : Permission.RequestSpends;
        if (actor.Require(needs) is { } denied) return denied;
        var found = await reads.Find(actor, id);
        if (!found.Ok) return found.Error;
        var cancel = new CancelDisbursement(actor, DisbursementKind.AgentSpend, found.Value.Id, found.Value.ApprovalId, shapes)
        {
            Needs = needs,
            Refuses = spend => Refuses(spend, mayStop),
        };
        return (await posting.Submit(cancel)).Map(done => SpendRequest.Of(done.Value));
    }

    private static Error? Refuses(Disbursement spend, bool mayStop)
    {
        if (spend.State != DisbursementState.Approved || spend.SatIssuedAt is null) return null;
        if (spend.Rail == SpendDetail.AgentPays)
            return Conflict(spend, "The agent has a token and may have paid: a member may release its budget instead.");
        return mayStop ? null : Conflict(spend, "A token was issued for it: only a member who may freeze agents takes it back now.");
    }

    private static Error Conflict(Disbursement spend, string why) => new Error(Errors.StateConflict, why).With("state", spend.State);
}

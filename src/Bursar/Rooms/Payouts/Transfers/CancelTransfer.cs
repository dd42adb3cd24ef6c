using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>POST /v1/transfers/{id}/cancellation: takes a transfer back before its execution.</summary>
public sealed class CancelTransfer(Posting posting, TransferReads reads, DisbursementShapes shapes)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfers/{id}/cancellation", (HttpContext http, string id, CancelTransfer slice) =>
            Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<Transfer>("Cancel a transfer");

    public async Task<Result<Transfer>> Handle(Actor actor, string id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!TransferId.TryParse(id, out var transfer) || await reads.Find(actor.Book, transfer) is not { } known) return Errors.Missing();
        var answer = await posting.Submit(
            new CancelDisbursement(actor, DisbursementKind.MoneyTransfer, transfer.Value, known.ApprovalId, shapes)
            {
                Needs = Permission.CreateTransactions,
            });
        return answer.Map(a => Transfer.Of(a.Value));
    }
}

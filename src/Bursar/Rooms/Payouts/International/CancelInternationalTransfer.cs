using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.International;

/// <summary>POST /v1/international-transfers/{id}/cancellation: takes a transfer back before its execution. Its quote stays used.</summary>
public sealed class CancelInternationalTransfer(Posting posting, InternationalReads reads, DisbursementShapes shapes)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/international-transfers/{id}/cancellation",
            (HttpContext http, string id, CancelInternationalTransfer slice) => Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<InternationalTransfer>("Cancel an international transfer");

    public async Task<Result<InternationalTransfer>> Handle(Actor actor, string id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!InternationalTransferId.TryParse(id, out var transfer) || await reads.Find(actor.Book, transfer) is not { } known)
            return Errors.Missing();
        var answer = await posting.Submit(
            new CancelDisbursement(actor, DisbursementKind.InternationalTransfer, transfer.Value, known.ApprovalId, shapes)
            {
                Needs = Permission.CreateTransactions,
            });
        return answer.Map(a => InternationalTransfer.Of(a.Value));
    }
}

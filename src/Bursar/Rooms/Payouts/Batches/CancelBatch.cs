using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// POST /v1/transfer-batches/{id}/cancellation: takes back a batch that was not submitted, or of a submitted one every row that has not
/// gone to its rail. What is on its way stays on its way.
/// </summary>
public sealed class CancelBatch(IPosting posting, Database database, BatchReads reads, BatchQueue queue, DisbursementShapes shapes)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfer-batches/{id}/cancellation", (HttpContext http, string id, CancelBatch slice) =>
            Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<TransferBatch>("Cancel a transfer batch");

    public async Task<Result<TransferBatch>> Handle(Actor actor, string id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!BatchId.TryParse(id, out var parsed) || await reads.Find(actor.Book, parsed) is not { } batch) return Errors.Missing();
        if (batch.State != BatchState.Submitted)
        {
            var answer = await posting.Submit(new Command(actor, batch.Id) { Needs = Permission.CreateTransactions });
            return answer.Map(a => TransferBatch.Of(a.Value));
        }
        if (await Open(batch) is not { Count: > 0 } open)
            return new Error(Errors.StateConflict, "No row of it can be cancelled any more.").With("state", batch.State);
        foreach (var slice in open.Chunk(SubmitRows.SliceMax))
            await Task.WhenAll(slice.Select(row => posting.Submit(
                new CancelDisbursement(actor, DisbursementKind.MoneyTransfer, row.DisbursementId, row.ApprovalId, shapes)
                {
                    Needs = Permission.CreateTransactions,
                })));
        await queue.LookAt(batch);
        return await reads.Get(actor, parsed);
    }

    private Task<IReadOnlyList<Row>> Open(Batch batch) => database.Query<Row>(batch.Maker.Book, $"""
        select d.disbursement_id, d.approval_id from {BatchReads.TransfersOfBatch} and d.state in ('pending_approval', 'approved')
        """, BatchReads.Of(batch.Maker.Book, batch.Id));

    private sealed record Row
    {
        public Guid DisbursementId { get; init; }
        public Guid? ApprovalId { get; init; }
    }

    private sealed class Command(Actor actor, Guid id) : Command<Batch>(actor)
    {
        public override void Plan(Reads reads) => reads.Of(BatchTable.Instance).Want(Book, id);

        public override Result<Batch> Decide(OpenBook book)
        {
            if (book.Find(BatchTable.Instance, id) is not { } batch) return Errors.Missing();
            if (!batch.State.CanBecome(BatchState.Cancelled))
                return new Error(Errors.StateConflict, "It can no longer be cancelled.").With("state", batch.State);
            var cancelled = book.Become(batch, BatchState.Cancelled);
            book.Record(cancelled);
            return cancelled;
        }
    }
}

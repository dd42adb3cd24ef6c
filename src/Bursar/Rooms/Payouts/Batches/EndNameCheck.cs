using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// POST /v1/transfer-batches/{id}/name-check-end: the check goes on without asking whose the remaining accounts are, because a bank that
/// answers slowly must not keep thousands of payments waiting. Rows that were not asked carry a flag that approvers see.
/// </summary>
public sealed class EndNameCheck(IPosting posting)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfer-batches/{id}/name-check-end", (HttpContext http, string id, EndNameCheck slice) =>
            Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<TransferBatch>("End the name check of a transfer batch");

    public async Task<Result<TransferBatch>> Handle(Actor actor, string id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!BatchId.TryParse(id, out var batch)) return Errors.Missing();
        var answer = await posting.Submit(new Command(actor, batch.Value) { Needs = Permission.CreateTransactions });
        return answer.Map(a => TransferBatch.Of(a.Value));
    }

    private sealed class Command(Actor actor, Guid id) : Command<Batch>(actor)
    {
        public override void Plan(Reads reads) => reads.Of(BatchTable.Instance).Want(Book, id);

        public override Result<Batch> Decide(OpenBook book)
        {
            if (book.Find(BatchTable.Instance, id) is not { } batch) return Errors.Missing();
            if (batch is not { State: BatchState.Checking, AsksNames: true })
                return new Error(Errors.StateConflict, "No bank is being asked for names.").With("state", batch.State);
            var ended = batch with { AsksNames = false, Version = batch.Version + 1, ChangedAt = book.At };
            book.Update(BatchTable.Instance, id, ended);
            book.Record("batch.name_check_ended", id, ended.Version, new { ended.FileName, ended.Checked, of = ended.Rows });
            return ended;
        }
    }
}

using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// A batch that goes as a whole cannot: first nothing more of it is asked for and what is there is cancelled, then it has failed and its
/// hold is free again. One that was never submitted fails at once.
/// </summary>
public sealed class FailBatch(Actor actor, Guid id, BatchState to, Error? why = null) : Command<Batch>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BatchTable.Instance).Want(Book, id);
        reads.WantAccounts(this, AccountCode.Deposit, AccountCode.Payouts);
    }

    public override Result<Batch> Decide(OpenBook book)
    {
        if (book.Find(BatchTable.Instance, id) is not { } batch || !batch.State.CanBecome(to))
            return new Error(Errors.StateConflict, "It is no longer where it could fail.");
        if (to == BatchState.Failed && batch.Hold is { } hold)
        {
            book.VoidHold(new(hold), AccountCode.Deposit, AccountCode.Payouts, batch.Held, id);
            batch = batch with { Hold = null, Held = 0 };
        }
        var moved = book.Become(batch with { FailureReason = batch.FailureReason ?? Reason() }, to);
        book.Record(moved);
        return moved;
    }

    private string? Reason() => why is null ? null
        : why.Extra.TryGetValue("line", out var line) ? $"{why.Code.Code} in line {line}" : why.Code.Code;
}

/// <summary>All rows are final: told once, with what became of them.</summary>
public sealed class CompleteBatch(Actor actor, Guid id, IReadOnlyList<BatchTally> results) : Command<Batch>(actor)
{
    public const string Completed = "batch.completed";

    public override void Plan(Reads reads) => reads.Of(BatchTable.Instance).Want(Book, id);

    public override Result<Batch> Decide(OpenBook book)
    {
        if (book.Find(BatchTable.Instance, id) is not { State: BatchState.Submitted } batch)
            return new Error(Errors.StateConflict, "It is not submitted, or completed already.");
        var done = book.Become(batch, BatchState.Completed);
        book.Publish(Completed, id, done.Version, TransferBatch.Of(done, [], results, whole: true));
        return done;
    }
}

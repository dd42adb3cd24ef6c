using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>A row that is to become a transfer: its order, or why it cannot be one any more.</summary>
public sealed record WantedRow(int Line, Result<Order> Order);

/// <summary>
/// A slice of a batch becomes transfers, in one transaction with the note at each row that it did: whatever dies in between, no row is
/// asked for twice. Each is decided, held and sent to approval by itself. In a batch that goes as a whole the money of the rest stays held
/// under the same lock, and one refusal refuses the slice.
/// </summary>
public sealed class SubmitRows(Actor maker, Guid id, IReadOnlyList<WantedRow> rows, DisbursementShapes shapes) : Command<Batch>(maker)
{
    public const int SliceMax = 256;

    public override void Plan(Reads reads)
    {
        Disbursing.WantAll(reads, this);
        reads.Of(BatchTable.Instance).Want(Book, id);
        foreach (var row in rows)
        {
            reads.Of(BatchLineTable.Instance).Want(Book, (id, row.Line));
            if (row.Order is not { Ok: true, Value: var order }) continue;
            reads.WantBank(this, order.BankCode!);
            if (order.Reference is { } reference) reads.Of(ReferenceTable.Instance).Want(Book, (order.Kind, reference));
        }
    }

    public override Result<Batch> Decide(OpenBook book)
    {
        if (book.Find(BatchTable.Instance, id) is not { State: BatchState.Submitting } batch)
            return new Error(Errors.StateConflict, "It is not being submitted.");
        if (batch.Hold is { } hold) book.VoidHold(new(hold), AccountCode.Deposit, AccountCode.Payouts, batch.Held, id);
        var (done, taken) = (0, 0L);
        foreach (var row in rows)
        {
            var line = book.Find(BatchLineTable.Instance, (id, row.Line))!;
            if (line.Disbursement is not null || line.Refusal is not null) continue;
            done++;
            var opened = Open(book, row.Order);
            if (opened.Ok) taken += opened.Value.Row.Amount + opened.Value.Row.Fee;
            else if (batch.Way == BatchMode.Atomic) return opened.Error.With("line", row.Line);
            book.Update(BatchLineTable.Instance, (id, row.Line), opened.Ok
                ? line with { Disbursement = opened.Value.Row.Id }
                : line with { Refusal = opened.Error.Code.Code, RefusalDetail = opened.Error.Detail });
        }
        var after = book.Advance(Rest(book, batch, taken, isLast: batch.Submitted + done == batch.Rows), done);
        book.Record("batch.rows_submitted", id, after.Version, new { rows = done, after.Submitted, of = after.Rows });
        return after;
    }

    private Result<Opened> Open(OpenBook book, Result<Order> order)
    {
        if (!order.Ok) return order.Error;
        // Asked before, because a refusal here must leave nothing of the row behind: the others go on.
        if (book.BankRefuses(order.Value.BankCode!) is { } disturbed) return disturbed;
        if (!book.Covers(order.Value)) return new Error(Errors.InsufficientFunds, "The deposit does not cover this row.");
        return book.Open(order.Value with { BatchId = id }, shapes);
    }

    /// <summary>What the rows still to come need stays held.</summary>
    private Batch Rest(OpenBook book, Batch batch, long taken, bool isLast)
    {
        if (batch.Hold is null) return batch;
        var rest = isLast ? 0 : Math.Max(0, batch.Held - taken);
        if (rest == 0) return batch with { Hold = null, Held = 0 };
        var held = book.Hold(AccountCode.Deposit, AccountCode.Payouts, rest, id);
        Invariant.Hold(held.Ok);
        return batch with { Hold = held.Value.Value, Held = rest };
    }
}

/// <summary>
/// Rows of which no transfer can be made, because whoever asked for them may not any more: they are refused, the batch goes on.
/// </summary>
public sealed class RefuseRows(Actor actor, Guid id, IReadOnlyList<int> lines, Error why) : Command<Batch>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BatchTable.Instance).Want(Book, id);
        foreach (var line in lines) reads.Of(BatchLineTable.Instance).Want(Book, (id, line));
    }

    public override Result<Batch> Decide(OpenBook book)
    {
        if (book.Find(BatchTable.Instance, id) is not { State: BatchState.Submitting } batch)
            return new Error(Errors.StateConflict, "It is not being submitted.");
        var open = lines.Select(l => book.Find(BatchLineTable.Instance, (id, l))!)
            .Where(l => l.Disbursement is null && l.Refusal is null).ToList();
        foreach (var line in open)
            book.Update(BatchLineTable.Instance, (id, line.Line),
                line with { Refusal = why.Code.Code, RefusalDetail = why.Detail });
        var after = book.Advance(batch, open.Count);
        book.Record("batch.rows_refused", id, after.Version, new { rows = open.Count, why.Code.Code });
        return after;
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.MoneyOut;

/// <summary>Compare-and-set approved → executing together with the attempt row, before the first byte leaves.</summary>
public sealed class ClaimDisbursement(Actor actor, DueDisbursement due, DisbursementShapes shapes) : Command<Disbursement>(actor)
{
    private readonly DisbursementShape shape = shapes.Of(due.Kind);

    public override void Plan(Reads reads)
    {
        reads.Of(DisbursementTable.Instance).Want(Book, due.Id);
        if (due.BankCode is { } bank) reads.WantBank(this, bank);
        shape.ClaimReads(reads, this, due);
    }

    public override Result<Disbursement> Decide(OpenBook book)
    {
        if (book.Find(DisbursementTable.Instance, due.Id) is not { } d) return Errors.Missing();
        if (d.State != DisbursementState.Approved)
            return new Error(Errors.StateConflict, "It is not waiting to be executed.").With("state", d.State);
        if (d.BankCode is { } bank && book.BankRefuses(bank) is { } disturbed) return disturbed;
        if (shape.HeldBack(book, d) is { } held) return held;
        // What was approved is what goes out, or nothing does.
        Invariant.Hold(Order.Of(d).Hash() == d.ContentHash);
        var claimed = shape.Claimed(book.Become(d, DisbursementState.Executing, shapes) with { Attempts = d.Attempts + 1 });
        book.Update(DisbursementTable.Instance, due.Id, claimed);
        book.Insert(AttemptTable.Instance, (due.Id, claimed.Attempts), new Attempt(d.Rail, "sent", null, book.At, null));
        book.Record("disbursement.executing", due.Id, claimed.Version, new { attempt = claimed.Attempts, rail = d.Rail });
        return claimed;
    }
}

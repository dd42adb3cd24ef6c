using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Takes a disbursement back before it is claimed for execution; holds and budget are free again, a waiting approval ends with it.
/// </summary>
public sealed class CancelDisbursement(Actor actor, DisbursementKind kind, Guid id, Guid? approval, DisbursementShapes shapes)
    : Command<Disbursement>(actor)
{
    /// <summary>Why this one is not theirs to take back now, or null.</summary>
    public Func<Disbursement, Error?> Refuses { get; init; } = _ => null;

    public override void Plan(Reads reads)
    {
        Disbursing.WantExisting(reads, this, id);
        if (approval is { } waiting) reads.WantApproval(this, new(waiting));
    }

    public override Result<Disbursement> Decide(OpenBook book)
    {
        if (book.Find(DisbursementTable.Instance, id) is not { } d || d.Kind != kind) return Errors.Missing();
        if (Refuses(d) is { } refused) return refused;
        if (!d.State.CanBecome(DisbursementState.Cancelled))
            return new Error(Errors.StateConflict, "It can no longer be cancelled.").With("state", d.State);
        return book.TakeBack(d, shapes);
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// One human's verdict: one rejects, as many approve as the approval's quorum says. Of parallel resolvers one wins, the others are told
/// who. Nobody approves what they, or a key they made, asked for, while duties are separated; every right is read from the locked book.
/// </summary>
public sealed class DecideApproval(
    Actor actor, ApprovalId id, Guid subject, bool approve, string? note, string contentHash, DisbursementShapes shapes)
    : Command<ApprovalResource>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.WantApproval(this, id);
        Disbursing.WantExisting(reads, this, subject);
        reads.WantPayeeChanges(this, subject);
    }

    public override Result<ApprovalResource> Decide(OpenBook book)
    {
        if (book.Find(ApprovalTable.Instance, id) is not { } approval || approval.Subject != subject) return Errors.Missing();
        // No key holds this right; said again here, where the money goes.
        if (Actor.Kind != PrincipalKind.Member) return Errors.Denied(Permission.ApproveTransactions);
        if (Refusal(book, approval) is { } refused) return refused;
        var d = book.Find(DisbursementTable.Instance, subject)!;
        if (contentHash != approval.ContentHash || Order.Of(d).Hash() != approval.ContentHash)
            return new Error(Errors.VersionMismatch, "What you were shown is not what would be paid. Look at it again.")
                .With("currentVersion", approval.ContentHash);
        if (approve && book.IsBarred(d, Actor.Person!.Value))
            return new Error(Errors.SelfApprovalForbidden,
                "You set this recipient's account within the last 24 hours: somebody else must approve it.");
        var voted = approve ? book.Approve(approval, note, person => book.IsBarred(d, person)) : book.Resolve(approval, ApprovalState.Rejected, note);
        if (!voted.Ok) return voted.Error;
        if (voted.Value is not null) book.Become(d, approve ? DisbursementState.Approved : DisbursementState.Rejected, shapes);
        return ApprovalResource.Of(book.Find(ApprovalTable.Instance, id)!, book.VotesOf(id));
    }

    private Error? Refusal(OpenBook book, Approval approval)
    {
        if (approval.State != ApprovalState.Pending)
            return new Error(Errors.AlreadyResolved,
                $"{approval.ResolvedBy ?? "The system"} decided this already: {Data.Json.Name(approval.State)}.")
                .With("winner", new { by = approval.ResolvedBy, state = approval.State, at = approval.ResolvedAt });
        if (approval.ExpiresAt <= book.At) return new Error(Errors.Expired, "This request has expired.");
        return approve && !book.MayApprove(approval, Actor.Person!.Value)
            ? new Error(Errors.SelfApprovalForbidden, "You, or a key you made, asked for this: somebody else must approve it.")
            : null;
    }
}

/// <summary>An approval nobody decided in time: the disbursement expires with it, its holds are free again.</summary>
public sealed class ExpireApproval(Actor actor, ApprovalId id, Guid subject, DisbursementShapes shapes) : Command<ApprovalResource>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.WantApproval(this, id);
        Disbursing.WantExisting(reads, this, subject);
    }

    public override Result<ApprovalResource> Decide(OpenBook book)
    {
        if (book.Find(ApprovalTable.Instance, id) is not { State: ApprovalState.Pending } approval) return Errors.Missing();
        if (approval.ExpiresAt > book.At) return new Error(Errors.StateConflict, "Not yet.");
        var resolved = book.Resolve(approval, ApprovalState.Expired, null);
        book.Become(book.Find(DisbursementTable.Instance, subject)!, DisbursementState.Expired, shapes);
        return ApprovalResource.Of(resolved, book.VotesOf(id));
    }
}

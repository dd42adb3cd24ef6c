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
    Actor actor, ApprovalId id, Guid subject, bool approve, string? note, string contentHash, IApprovalSubject about)
    : Command<ApprovalResource>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.WantApproval(this, id);
        about.Want(reads, this, subject);
        reads.WantPayeeChanges(this, subject);
    }

    public override Result<ApprovalResource> Decide(OpenBook book)
    {
        if (book.Find(ApprovalTable.Instance, id) is not { } approval || approval.Subject != subject) return Errors.Missing();
        // No key holds this right; said again here, where the money goes.
        if (Actor.Kind != PrincipalKind.Member) return Errors.Denied(Permission.ApproveTransactions);
        if (Refusal(book, approval) is { } refused) return refused;
        var d = book.Find(DisbursementTable.Instance, subject);
        if (contentHash != approval.ContentHash || about.HashOf(book, subject) != approval.ContentHash)
            return new Error(Errors.VersionMismatch, "What you were shown is not what would be paid. Look at it again.")
                .With("currentVersion", approval.ContentHash);
        if (approve && d is not null && book.IsBarred(d, Actor.Person!.Value))
            return new Error(Errors.SelfApprovalForbidden,
                "You set this recipient's account within the last 24 hours: somebody else must approve it.");
        var voted = approve ? book.Approve(approval, note, person => d is not null && book.IsBarred(d, person))
            : book.Resolve(approval, ApprovalState.Rejected, note);
        if (!voted.Ok) return voted.Error;
        if (voted.Value is { } ended) about.Ended(book, ended);
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

/// <summary>An approval nobody decided in time: what it is about ends with it, its holds are free again.</summary>
public sealed class ExpireApproval(Actor actor, ApprovalId id, Guid subject, IApprovalSubject about) : Command<ApprovalResource>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.WantApproval(this, id);
        about.Want(reads, this, subject);
    }

    public override Result<ApprovalResource> Decide(OpenBook book)
    {
        if (book.Find(ApprovalTable.Instance, id) is not { State: ApprovalState.Pending } approval) return Errors.Missing();
        if (approval.ExpiresAt > book.At) return new Error(Errors.StateConflict, "Not yet.");
        var resolved = book.Resolve(approval, ApprovalState.Expired, null);
        about.Ended(book, resolved);
        return ApprovalResource.Of(resolved, book.VotesOf(id));
    }
}

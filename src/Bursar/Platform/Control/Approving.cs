using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;

namespace Bursar.Platform.Control;

/// <summary>An approval's verbs on an open book; what follows for its subject is the caller's.</summary>
public static class Approving
{
    /// <summary>The public event of an approval's end.</summary>
    public const string Resolved = "approval.resolved";

    /// <summary>The public event of its beginning.</summary>
    public const string Pending = "approval.pending";

    /// <summary>Rows of a batch begin to wait: what people are told once instead of once a row. The subject is the batch.</summary>
    public const string BatchWaiting = "approval.batch_waiting";

    public static void WantApproval(this Reads reads, Command command, ApprovalId id)
    {
        reads.Of(ApprovalTable.Instance).Want(command.Book, id);
        reads.Of(ApprovalVoteTable.Instance).Want(command.Book, (id, default));
    }

    public static IReadOnlyList<ApprovalVote> VotesOf(this OpenBook book, ApprovalId id) =>
        [.. book.All(ApprovalVoteTable.Instance).Where(v => v.Key.Approval == id).Select(v => v.Row)];

    /// <summary>Whether a person may let it go, by what the locked book knows now: the role, and the separation of duties.</summary>
    public static bool MayApprove(this OpenBook book, Approval approval, Guid person)
    {
        var facts = Principals.Instance.Of(book);
        return !(facts.Workspace.SeparationOfDuties && approval.RequesterPerson == person)
            && facts.Members.Values.Any(m => m.Person == person && m.Active
                && (Roles.Allows(m.Role) & Permission.ApproveTransactions) != 0);
    }

    /// <summary>
    /// Adds the actor's approval and counts whose still count: each right is read again. Null while more people are needed, else the
    /// approval, resolved. The same person twice is refused. <paramref name="isBarred"/>: who may not for what the approval is about.
    /// </summary>
    public static Result<Approval?> Approve(this OpenBook book, Approval approval, string? note, Func<Guid, bool> isBarred)
    {
        var (member, person) = (book.Actor.Principal, book.Actor.Person!.Value);
        var before = book.VotesOf(approval.Id);
        if (before.Any(v => v.Person == person))
            return new Error(Errors.AlreadyVoted, $"You approved this already. It needs {approval.Quorum} different people.")
                .With("quorum", approval.Quorum);
        var own = new ApprovalVote(member, person, book.Actor.Name, book.At);
        book.Insert(ApprovalVoteTable.Instance, (approval.Id, person), own);
        var lapsed = before.Where(v => !book.MayApprove(approval, v.Person) || isBarred(v.Person)).ToList();
        if (before.Count - lapsed.Count + 1 >= approval.Quorum)
        {
            foreach (var vote in lapsed) book.Update(ApprovalVoteTable.Instance, (approval.Id, vote.Person), vote with { Lapsed = true });
            return book.Resolve(approval, ApprovalState.Approved, note);
        }
        var waiting = approval with { Version = approval.Version + 1 };
        book.Update(ApprovalTable.Instance, approval.Id, waiting);
        book.Record("approval.voted", approval.Id.Value, waiting.Version,
            new { by = own.Name, note, given = before.Count + 1, waiting.Quorum });
        return (Approval?)null;
    }

    /// <summary>Begins to wait for people.</summary>
    public static void Ask(this OpenBook book, Approval approval)
    {
        book.Insert(ApprovalTable.Instance, approval.Id, approval);
        book.Publish(Pending, approval.Id.Value, 1, ApprovalResource.Of(approval, []));
    }

    /// <summary>Ends a pending approval and tells the world.</summary>
    public static Approval Resolve(this OpenBook book, Approval approval, ApprovalState state, string? note)
    {
        Invariant.Hold(approval.State == ApprovalState.Pending && state != ApprovalState.Pending);
        var resolved = approval with
        {
            State = state,
            Version = approval.Version + 1,
            Note = note,
            ResolvedAt = book.At,
            ResolvedBy = book.Actor.Name,
            ResolverPerson = book.Actor.Person,
        };
        book.Update(ApprovalTable.Instance, approval.Id, resolved);
        book.Publish(Resolved, approval.Id.Value, resolved.Version, ApprovalResource.Of(resolved, book.VotesOf(approval.Id)));
        return resolved;
    }
}

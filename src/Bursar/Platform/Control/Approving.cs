using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.Control;

public static class Approving
{
    /// <summary>Ends a pending approval and tells the world; what follows for its subject is the caller's.</summary>
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
        book.Publish("approval.resolved", approval.Id.Value, resolved.Version, ApprovalResource.Of(resolved));
        return resolved;
    }
}

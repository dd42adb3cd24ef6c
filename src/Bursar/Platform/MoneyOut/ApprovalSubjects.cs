using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;

namespace Bursar.Platform.MoneyOut;

/// <summary>What approvals are about: what is read with one, what it is bound to, and what its end does under the same lock.</summary>
public interface IApprovalSubject
{
    void Want(Reads reads, Command command, Guid subject);

    /// <summary>The content hash of the subject as it stands now.</summary>
    string HashOf(OpenBook book, Guid subject);

    /// <summary>The approval has just ended: approved, rejected or expired.</summary>
    void Ended(OpenBook book, Approval approval);
}

/// <summary>Approvals of a kind whose subjects are more than a disbursement.</summary>
public interface IApprovalKind
{
    string Kind { get; }

    /// <summary>Looked up before the lock, so that the command knows what to read under it.</summary>
    Task<IApprovalSubject> Look(BookKey book, Guid subject);
}

/// <summary>The kinds of approvals by name. What no kind claims is a disbursement.</summary>
public sealed class ApprovalSubjects(IEnumerable<IApprovalKind> kinds, DisbursementShapes disbursements)
{
    private readonly Dictionary<string, IApprovalKind> kinds = kinds.ToDictionary(k => k.Kind);

    public async Task<IApprovalSubject> Look(BookKey book, string kind, Guid subject) =>
        kinds.TryGetValue(kind, out var known) ? await known.Look(book, subject) : disbursements;
}

using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;

namespace Bursar.Platform.MoneyOut;

public enum DisbursementState
{
    PendingApproval, Approved, Rejected, Expired, Cancelled, Executing, Succeeded, Failed, Unknown, Reversed, Denied,
}

public static class DisbursementStates
{
    /// <summary>
    /// The state graph of docs/api/transfers.md: a late, duplicate or contradictory answer never moves a state backwards.
    /// </summary>
    public static bool CanBecome(this DisbursementState from, DisbursementState to) => from switch
    {
        DisbursementState.PendingApproval => to is DisbursementState.Approved or DisbursementState.Rejected or DisbursementState.Expired
            or DisbursementState.Cancelled,
        DisbursementState.Approved => to is DisbursementState.Executing or DisbursementState.Cancelled or DisbursementState.Expired,
        DisbursementState.Executing => to is DisbursementState.Succeeded or DisbursementState.Failed or DisbursementState.Unknown,
        DisbursementState.Unknown => to is DisbursementState.Succeeded or DisbursementState.Failed,
        DisbursementState.Succeeded => to is DisbursementState.Reversed,
        _ => false,
    };

    public static bool IsFinal(this DisbursementState state) => state is DisbursementState.Rejected or DisbursementState.Expired
        or DisbursementState.Cancelled or DisbursementState.Failed or DisbursementState.Reversed or DisbursementState.Denied;
}

/// <summary>Money that is asked to go out, whatever the product: one row, one state machine.</summary>
public sealed record Disbursement
{
    public required Guid Id { get; init; }
    public required DisbursementKind Kind { get; init; }
    public required DisbursementState State { get; init; }
    public required int Version { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required long Fee { get; init; }
    public string? BankCode { get; init; }
    public string? DestinationType { get; init; }
    public string? AccountNumber { get; init; }
    public string? RecipientName { get; init; }
    public string? Remark { get; init; }
    public string? Reference { get; init; }
    public required string MakerName { get; init; }
    public required short MakerKind { get; init; }
    public required Guid MakerPrincipal { get; init; }
    public required Guid MakerCredential { get; init; }
    public Guid? MakerPerson { get; init; }
    public required string CreatedVia { get; init; }
    public required string Rail { get; init; }
    public required string ContentHash { get; init; }
    public required StoredJson DecisionInputs { get; init; }
    public DecisionRecord Decision => DecisionInputs.As<DecisionRecord>();
    public Guid? ApprovalId { get; init; }
    public Guid? AmountHold { get; init; }
    public Guid? FeeHold { get; init; }
    public int Attempts { get; init; }
    public int Queries { get; init; }
    public string? FailureReason { get; init; }
    public StoredJson? Detail { get; init; }
    public string? AgentId { get; init; }
    public string? Merchant { get; init; }
    public string? Category { get; init; }
    public string? Reason { get; init; }
    public Guid? HandleId { get; init; }
    /// <summary>An allowed agent spend is an authorization until then.</summary>
    public DateTimeOffset? AuthorizedUntil { get; init; }
    /// <summary>When the first spend authorization token of this spend was signed; from then on the agent may have paid.</summary>
    public DateTimeOffset? SatIssuedAt { get; init; }
    public DateTimeOffset? SatConsumedAt { get; init; }
    /// <summary>When the agent's receipt is missed; null while none is expected, and once it came or was missed.</summary>
    public DateTimeOffset? ReceiptDue { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>What a room tells the spine of its kind.</summary>
public sealed record DisbursementShape(DisbursementKind Kind)
{
    /// <summary>
    /// How a state is told of where it is no event of its own: the row carries something else that tells. Its reads must be wanted by
    /// whatever changes the row.
    /// </summary>
    public Action<OpenBook, Disbursement>? Tells { get; init; }

    /// <summary>The public event that tells of a state.</summary>
    public required Func<DisbursementState, string> Event { get; init; }

    /// <summary>What GET of the resource returns.</summary>
    public required Func<Disbursement, object> Resource { get; init; }

    /// <summary>What being approved adds to the row.</summary>
    public Func<Disbursement, Disbursement> Approved { get; init; } = d => d;

    /// <summary>Whether an approved one goes to its rail at once; otherwise <see cref="Disbursing.SendToRail"/> sends it there.</summary>
    public Func<Disbursement, bool> GoesAtOnce { get; init; } = _ => true;

    /// <summary>What claiming one for its rail reads besides the row.</summary>
    public Action<Reads, Command, DueDisbursement> ClaimReads { get; init; } = (_, _, _) => { };

    /// <summary>
    /// Why an approved one may not go to its rail now, or null; asked under the book lock. It waits until it may, is cancelled or expires.
    /// </summary>
    public Func<OpenBook, Disbursement, Error?> HeldBack { get; init; } = (_, _) => null;

    /// <summary>What being claimed adds to the row.</summary>
    public Func<Disbursement, Disbursement> Claimed { get; init; } = d => d;

    /// <summary>What recording a rail's answer reads besides the row.</summary>
    public Action<Reads, RecordAnswer> AnswerReads { get; init; } = (_, _) => { };

    /// <summary>What ends with one that a rail, or a person for it, has ended.</summary>
    public Action<OpenBook, Disbursement> Ended { get; init; } = (_, _) => { };

    /// <summary>The other side wants to know something before it goes on; a kind that cannot be asked hears nothing of it.</summary>
    public Action<OpenBook, Disbursement, string> Asked { get; init; } = (_, _, _) => { };

    /// <summary>What a paid one books besides; the text is what the other side calls the payment.</summary>
    public Func<OpenBook, Disbursement, string?, Disbursement> Paid { get; init; } = (_, d, _) => d;

    /// <summary>The events of a kind whose states are told under its own name: <c>transfer.approved</c>.</summary>
    public static Func<DisbursementState, string> Named(string name) => state => $"{name}.{Data.Json.Name(state)}";
}

public sealed class DisbursementShapes(IEnumerable<DisbursementShape> shapes) : IApprovalSubject
{
    private readonly Dictionary<DisbursementKind, DisbursementShape> byKind = shapes.ToDictionary(s => s.Kind);

    public DisbursementShape Of(DisbursementKind kind) => byKind[kind];

    void IApprovalSubject.Want(Reads reads, Command command, Guid subject) => Disbursing.WantExisting(reads, command, subject);

    string IApprovalSubject.HashOf(OpenBook book, Guid subject) => Order.Of(book.Find(DisbursementTable.Instance, subject)!).Hash();

    void IApprovalSubject.Ended(OpenBook book, Approval approval) => book.Become(
        book.Find(DisbursementTable.Instance, approval.Subject)!, approval.State switch
        {
            ApprovalState.Approved => DisbursementState.Approved,
            ApprovalState.Rejected => DisbursementState.Rejected,
            _ => DisbursementState.Expired,
        }, this);
}

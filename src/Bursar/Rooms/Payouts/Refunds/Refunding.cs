using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>A refund's verbs on an open book.</summary>
public static class Refunding
{
    /// <summary>The transfer had left when its refund was approved.</summary>
    public const string AlreadySent = "ALREADY_SENT";
    public const string NobodyDecided = "APPROVAL_EXPIRED";
    public const string Returned = "RETURNED";

    /// <summary>What pays the refund of a top-up. Its states are told as those of the refund.</summary>
    public static readonly DisbursementShape Shape = new(DisbursementKind.Refund)
    {
        Event = DisbursementShape.Named("disbursement"),
        Resource = d => new { d.State, d.FailureReason },
        GoesAtOnce = _ => false,
        AnswerReads = (reads, answer) => reads.Of(RefundTable.Instance).Want(answer.Book, answer.Id),
        Tells = Follow,
    };

    public static RefundResource Begin(this OpenBook book, Refund refund)
    {
        book.Insert(RefundTable.Instance, refund.Id, refund);
        book.Count(refund, refund.Amount);
        var resource = RefundResource.Of(refund);
        book.Publish("refund.requested", refund.Id, refund.Version, resource);
        return resource;
    }

    public static void Move(this OpenBook book, Guid id, RefundState state, string? failure = null)
    {
        var refund = book.Find(RefundTable.Instance, id)!;
        Invariant.Hold((refund.State, state) is (RefundState.Requested, RefundState.Approved or RefundState.Rejected)
            or (RefundState.Approved, RefundState.Succeeded or RefundState.Failed) or (RefundState.Succeeded, RefundState.Failed));
        var moved = refund with
        {
            State = state,
            Version = refund.Version + 1,
            FailureReason = failure,
            ChangedAt = book.At,
            CompletedAt = state == RefundState.Approved ? null : book.At,
        };
        book.Update(RefundTable.Instance, id, moved);
        if (state is RefundState.Rejected or RefundState.Failed) book.Count(refund, -refund.Amount);
        book.Publish($"refund.{Json.Name(state)}", id, moved.Version, RefundResource.Of(moved));
    }

    /// <summary>The next command of this batch sees what this one took or gave back.</summary>
    private static void Count(this OpenBook book, Refund refund, long change)
    {
        if (book.Find(RefundedTable.Instance, refund.Resource) is { } sum)
            book.Update(RefundedTable.Instance, refund.Resource, new Refunded(sum.Amount + change));
    }

    private static void Follow(OpenBook book, Disbursement d)
    {
        book.Record(Shape.Event(d.State), d.Id, d.Version, Shape.Resource(d));
        (RefundState State, string? Failure)? next = d.State switch
        {
            DisbursementState.Approved => (RefundState.Approved, null),
            DisbursementState.Rejected => (RefundState.Rejected, null),
            DisbursementState.Expired => (RefundState.Rejected, NobodyDecided),
            DisbursementState.Succeeded => (RefundState.Succeeded, null),
            DisbursementState.Failed => (RefundState.Failed, d.FailureReason),
            DisbursementState.Reversed => (RefundState.Failed, Returned),
            _ => null,
        };
        if (next is { } to) book.Move(d.Id, to.State, to.Failure);
    }

    /// <summary>What the end of its approval does to a refund that takes a transfer back.</summary>
    public static void EndTakingBack(this OpenBook book, Refund refund, ApprovalState end, DisbursementShapes shapes)
    {
        if (end != ApprovalState.Approved)
        {
            book.Move(refund.Id, RefundState.Rejected, end == ApprovalState.Expired ? NobodyDecided : null);
            return;
        }
        book.Move(refund.Id, RefundState.Approved);
        var transfer = book.Find(DisbursementTable.Instance, refund.Resource)!;
        if (!transfer.State.CanBecome(DisbursementState.Cancelled))
        {
            book.Move(refund.Id, RefundState.Failed, AlreadySent);
            return;
        }
        book.TakeBack(transfer, shapes);
        book.Move(refund.Id, RefundState.Succeeded);
    }
}

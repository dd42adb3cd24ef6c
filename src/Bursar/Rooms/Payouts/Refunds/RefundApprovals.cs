using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>Approvals of refunds: one queue, and what is decided there happens to the refund, its payout or its transfer at once.</summary>
public sealed class RefundApprovals(Database database, RefundReads reads, DisbursementShapes shapes) : IApprovalKind
{
    public string Kind => "refund";

    public async Task<IApprovalSubject> Look(BookKey book, Guid subject)
    {
        var refund = (await reads.Find(book, new(subject)))!;
        // A transfer that itself waits for an approval takes that one along.
        var approval = refund.Kind == RefundKind.Transfer ? await database.One<Guid?>(book, """
            select approval_id from disbursements where workspace_id = @workspace and mode = @mode and disbursement_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = refund.Resource }) : null;
        return new Subject(refund, approval, shapes);
    }

    private sealed class Subject(Refund known, Guid? transferApproval, DisbursementShapes shapes) : IApprovalSubject
    {
        public void Want(Reads reads, Command command, Guid subject)
        {
            reads.Of(RefundTable.Instance).Want(command.Book, subject);
            reads.Of(RefundedTable.Instance).Want(command.Book, known.Resource);
            Disbursing.WantExisting(reads, command, known.Kind == RefundKind.TopUp ? subject : known.Resource);
            if (transferApproval is { } also) reads.WantApproval(command, new(also));
        }

        public string HashOf(OpenBook book, Guid subject) => known.Kind == RefundKind.TopUp
            ? Order.Of(book.Find(DisbursementTable.Instance, subject)!).Hash() : book.Find(RefundTable.Instance, subject)!.Hash();

        public void Ended(OpenBook book, Approval approval)
        {
            if (known.Kind == RefundKind.Transfer)
            {
                book.EndTakingBack(book.Find(RefundTable.Instance, approval.Subject)!, approval.State, shapes);
                return;
            }
            ((IApprovalSubject)shapes).Ended(book, approval);
            if (approval.State == ApprovalState.Approved) book.SendToRail(book.Find(DisbursementTable.Instance, approval.Subject)!);
        }
    }
}

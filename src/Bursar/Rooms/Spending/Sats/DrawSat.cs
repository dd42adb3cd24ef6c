using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// Whether a token may be drawn now, under the book's lock, so that a freeze holds for the very next one. The first one of an SDK guard
/// makes its budget used for good: from now on the agent may have paid.
/// </summary>
public sealed class DrawSat(Actor actor, Disbursement seen) : Command<DrawSat.Drawn>(actor)
{
    /// <param name="At">When it is drawn; null when none may be.</param>
    public sealed record Drawn(Disbursement Spend, DateTimeOffset? At);

    public override void Plan(Reads reads)
    {
        reads.Of(DisbursementTable.Instance).Want(Book, seen.Id);
        reads.WantAgent(this, seen.AgentId!);
        reads.WantBudgets(this);
        reads.WantHolds(this, seen.Id);
    }

    public override Result<Drawn> Decide(OpenBook book)
    {
        if (book.Find(DisbursementTable.Instance, seen.Id) is not { } spend) return Errors.Missing();
        if (!SatRules.MayBeDrawn(spend, book.At) || book.IsFrozen(spend.AgentId!)) return new Drawn(spend, null);
        if (spend.SatIssuedAt is null)
        {
            spend = ReceiptRules.AwaitReceipt(spend with { SatIssuedAt = book.At }, book.At);
            book.Update(DisbursementTable.Instance, spend.Id, spend);
            if (spend.Rail == SpendDetail.AgentPays) book.UseBudget(spend.Id);
            book.Record("spend.sat_issued", spend.Id, spend.Version, new { jti = new SatId(spend.Id) });
        }
        return new Drawn(spend, book.At);
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;
using Dapper;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>
/// Opens MISSING_RECEIPT for every spend whose receipt did not come in time; looked for every few seconds, decided by posting, so that
/// each is opened once whichever process saw it (QUALITY SA8).
/// </summary>
public sealed class FlagMissingReceipts(Database database, Posting posting, TimeProvider time)
    : PeriodicPass("flagging missing receipts", TimeSpan.FromSeconds(5), time)
{
    private const int AtOnce = 256;

    /// <summary>Until none is due: agents that never report may be as fast as those that do.</summary>
    protected override async Task Pass(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && await Flag(ct) == AtOnce) { }
    }

    /// <summary>How many were flagged, by this process or another.</summary>
    private async Task<int> Flag(CancellationToken ct)
    {
        await using var connection = await database.Queues.OpenConnectionAsync(ct);
        var due = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Id)>("""
            select workspace_id, mode, disbursement_id from disbursements where receipt_due <= @now order by receipt_due limit @AtOnce
            """, new { now = Time.NowMicros(), AtOnce });
        var flagged = await Task.WhenAll(due.Select(d => posting.Submit(new Command(
            Actor.System(new BookKey(new(d.Workspace), (Mode)d.Mode), "Bursar", RequestId.New(Time.GetUtcNow())), d.Id))));
        return flagged.Count(f => f.Ok || f.Error.Code == Errors.NotFound);
    }

    private sealed class Command(Actor actor, Guid id) : Command<SpendRequest>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.Of(DisbursementTable.Instance).Want(Book, id);
            reads.WantAnomalies(this, id);
        }

        public override Result<SpendRequest> Decide(OpenBook book)
        {
            if (book.Find(DisbursementTable.Instance, id) is not { ReceiptDue: { } due } d) return Errors.Missing();
            if (due > book.At) return new Error(Errors.StateConflict, "Not yet.");
            if (!book.Flag(d, AnomalyKinds.MissingReceipt, "A token was issued and nothing was reported."))
                book.Record("spend.receipt_missed_again", id, d.Version, new { due });
            book.Update(DisbursementTable.Instance, id, d = d with { ReceiptDue = null });
            return SpendRequest.Of(d);
        }
    }
}

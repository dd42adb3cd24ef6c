using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// Ends authorizations that nobody used in time. What they hold is free again; the budget of an SDK guard whose token went out stays used,
/// because its agent may have paid.
/// </summary>
public sealed class ExpireAuthorizations(Database database, Posting posting, DisbursementShapes shapes, TimeProvider time)
    : PeriodicPass("expiring authorizations", TimeSpan.FromSeconds(5), time)
{
    private const int AtOnce = 500;

    protected override async Task Pass(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && await Expire(ct) == AtOnce) { }
    }

    /// <summary>How many it ended, of the oldest that are due.</summary>
    private async Task<int> Expire(CancellationToken ct)
    {
        List<(Guid Workspace, short Mode, Guid Id)> due;
        await using (var connection = await database.Queues.OpenConnectionAsync(ct))
            due = (await connection.QueryAsync<(Guid, short, Guid)>("""
                select workspace_id, mode, disbursement_id from disbursements
                where state = 'approved' and authorized_until is not null and authorized_until <= @now
                    order by authorized_until limit @AtOnce
                """, new { now = Time.NowMicros(), AtOnce })).AsList();
        var ended = await Task.WhenAll(due.Select(d => posting.Submit(new Command(
            Actor.System(new BookKey(new(d.Workspace), (Mode)d.Mode), "Bursar", RequestId.New(Time.GetUtcNow())), d.Id, shapes))));
        return ended.Count(e => e.Ok);
    }

    private sealed class Command(Actor actor, Guid id, DisbursementShapes shapes) : Command<Disbursement>(actor)
    {
        public override void Plan(Reads reads) => Disbursing.WantExisting(reads, this, id);

        public override Result<Disbursement> Decide(OpenBook book)
        {
            if (book.Find(DisbursementTable.Instance, id) is not { } spend) return Errors.Missing();
            // An attempt takes a spend out of this state in the transaction that notes it: whatever is still here was never sent.
            if (spend.State != DisbursementState.Approved || spend.AuthorizedUntil is not { } until || until > book.At)
                return new Error(Errors.StateConflict, "It has not run out.").With("state", spend.State);
            return book.Become(spend, DisbursementState.Expired, shapes);
        }
    }
}

using Bursar.Core.Rails;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.MoneyOut;

/// <summary>Takes approved disbursements to the rails that come with the program, many at once.</summary>
public sealed class ExecuteDisbursements(
    Database database, Posting posting, PayoutRouting routing, DisbursementShapes shapes, Wakeup wakeup, TimeProvider time)
        : OutboxPass("executing disbursements", wakeup)
{
    private const int AtOnce = 128;
    private const int BesideAtOnce = 256;
    private const int AtOneHandle = 8;
    private readonly DisbursementQueue queue = new(database, DisbursementConsumer.OfProgram, time);
    private readonly SideTrack beside = new(BesideAtOnce, AtOneHandle);

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        var due = await queue.Claim(AtOnce);
        if (due.Count == 0) return false;
        var dispatch = new Dispatch(posting, queue, shapes, time);
        var rails = (await routing.Rails()).ByName;
        await Task.WhenAll(due.Select(row => rails[row.Rail] is var rail && rail.Adapter.AnswerMax > IPayoutRail.UsualAnswerMax
            ? Beside(row, rail, dispatch, ct) : dispatch.Advance(row, rail, ct)));
        return due.Count == AtOnce;
    }

    /// <summary>A rail that may take long keeps its row for as long; where its handle has no place left, the row comes again.</summary>
    private async Task Beside(DueDisbursement due, KnownRail rail, Dispatch dispatch, CancellationToken ct)
    {
        await queue.Keep(due, rail.Adapter.AnswerMax + Dispatch.LeaseMargin);
        if (!beside.TryStart(due.HandleId ?? default, () => dispatch.Advance(due, rail, ct))) await queue.PutBack(due, Dispatch.Soon);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await beside.Ended();
    }
}

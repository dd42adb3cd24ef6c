using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Takes approved disbursements to the rails that the operator set up, so many at a time for each: what has no place yet stays in the
/// queue, and so does everything new while a rail is suspended.
/// </summary>
public sealed class ExecuteAtSetUpRails(
    Database database, Posting posting, PayoutRouting routing, DisbursementShapes shapes, Wakeup wakeup, TimeProvider time)
        : OutboxPass("executing at rails", wakeup)
{
    // As many connections as the outbound client opens to one server.
    private const int AtOneRail = 16;

    private readonly DisbursementQueue queue = new(database, DisbursementConsumer.OfOperator, time);
    private readonly Dictionary<string, HashSet<Task>> running = [];

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        var dispatch = new Dispatch(posting, queue, shapes, time);
        foreach (var rail in (await routing.Rails()).ByName.Values.Where(r => r.SetUp))
        {
            if (!running.TryGetValue(rail.Name, out var calls)) running.Add(rail.Name, calls = []);
            calls.RemoveWhere(c => c.IsCompleted);
            if (calls.Count == AtOneRail) continue;
            var lease = rail.Adapter.AnswerMax + Dispatch.LeaseMargin;
            foreach (var due in await queue.Claim(AtOneRail - calls.Count, lease, rail))
                calls.Add(dispatch.Advance(due, rail, ct));
        }
        return false;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(running.Values.SelectMany(c => c)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Takes approved disbursements to their rails: claim (attempt row first), submit, record. An order that was handed to a rail is only
/// ever asked about afterwards: unknown and accepted ones by schedule, those of a process that died when their lease has run out.
/// </summary>
public sealed class ExecuteDisbursements(
    Database database, Posting posting, IEnumerable<IPayoutRail> rails, DisbursementShapes shapes, Wakeup wakeup, TimeProvider time)
        : BackgroundService
{
    private const int AtOnce = 128;
    private const int BesideAtOnce = 256;
    private const int AtOneHandle = 8;
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeldBackFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhenItsBankIsBack = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan[] AskAgain =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)];

    private readonly Dictionary<string, IPayoutRail> rails = rails.ToDictionary(r => r.Name);
    private readonly DisbursementQueue queue = new(database, time);
    private readonly SideTrack beside = new(BesideAtOnce, AtOneHandle);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var signal = wakeup.Next;
            try
            {
                var due = await queue.Claim(AtOnce);
                if (due.Count > 0)
                {
                    await Task.WhenAll(due.Select(row => IsSlow(row) ? Beside(row, stoppingToken) : Advance(row, stoppingToken)));
                    if (due.Count == AtOnce) continue;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"bursar: executing disbursements: {e.Message}");
                await Task.Delay(Soon, stoppingToken);
            }
            try { await Wakeup.Wait(signal, stoppingToken); }
            catch (OperationCanceledException) { break; }
        }
        await beside.Ended();
    }

    private bool IsSlow(DueDisbursement due) => rails[due.Rail].AnswerMax > IPayoutRail.UsualAnswerMax;

    /// <summary>A rail that may take long keeps its row for as long; where its handle has no place left, the row comes again.</summary>
    private async Task Beside(DueDisbursement due, CancellationToken ct)
    {
        await queue.Keep(due, rails[due.Rail].AnswerMax + LeaseMargin);
        if (!beside.TryStart(due.HandleId ?? default, () => Advance(due, ct))) await queue.PutBack(due, Soon);
    }

    private async Task Advance(DueDisbursement due, CancellationToken ct)
    {
        try
        {
            var next = await Step(due, ct);
            await (next == WhenItsBankIsBack ? queue.PutBackForBank(due) : queue.PutBack(due, next));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The lease runs out and the row is taken up again: what was handed over is then asked about, never sent again.
            await Console.Error.WriteLineAsync($"bursar: disbursement {due.Id}: {e.Message}");
        }
    }

    /// <summary>One step; returns when to come back, or null when there is nothing more to do.</summary>
    private async Task<TimeSpan?> Step(DueDisbursement due, CancellationToken ct)
    {
        var actor = Actor.System(due.Book, "Bursar", RequestId.New(time.GetUtcNow()));
        var claimed = await posting.Submit(new ClaimDisbursement(actor, due, shapes));
        if (claimed.Ok)
        {
            var answer = await Ask(due.Book, claimed.Value.Value, (rail, order, token) => rail.Submit(order, token), ct);
            return await Record(actor, due, answer, toQuery: false);
        }
        if (claimed.Error.Code == Errors.BankDisturbed) return WhenItsBankIsBack;
        if (claimed.Error.Code != Errors.StateConflict)
            return claimed.Error.Code == Errors.NotFound ? null : claimed.Error.Code == Errors.AccountSuspended ? HeldBackFor : Soon;
        var state = (DisbursementState)claimed.Error.Extra["state"]!;
        if (state is not (DisbursementState.Executing or DisbursementState.Unknown or DisbursementState.Succeeded)) return null;
        var known = await queue.Load(due);
        if (state == DisbursementState.Executing && known.Queries == 0)
            await posting.Submit(new RecordAnswer(actor, due.Id, new RailAnswer(RailVerdict.Unknown), false, shapes) { Kind = due.Kind });
        var told = await Ask(due.Book, known, (rail, order, token) => rail.Query(order, known.Queries + 1, token), ct);
        return await Record(actor, due, told, toQuery: true);
    }

    private async Task<RailAnswer> Ask(
        BookKey book, Disbursement d, Func<IPayoutRail, PayoutOrder, CancellationToken, Task<RailAnswer>> ask, CancellationToken ct)
    {
        var rail = rails[d.Rail];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(rail.AnswerMax);
        try
        {
            var order = new PayoutOrder(
                book, d.Id.ToString("N"), d.Amount, d.Currency, d.BankCode ?? "", d.AccountNumber ?? "", d.Remark, d.CreatedAt);
            return await ask(rail, order, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"bursar: rail {d.Rail} gave no answer for {d.Id}: {e.GetType().Name}");
            return new RailAnswer(RailVerdict.Unknown);
        }
    }

    private async Task<TimeSpan?> Record(Actor actor, DueDisbursement due, RailAnswer answer, bool toQuery)
    {
        var recorded = await posting.Submit(new RecordAnswer(actor, due.Id, answer, toQuery, shapes) { Kind = due.Kind });
        if (!recorded.Ok) return Soon;
        var d = recorded.Value.Value;
        if (d.State is DisbursementState.Executing or DisbursementState.Unknown) return AskAgain[Math.Min(d.Queries, AskAgain.Length - 1)];
        return d.State == DisbursementState.Succeeded && !toQuery ? answer.AskAgainAfter : null;
    }
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Takes one disbursement a step on: claim (attempt row first), submit, record. An order that was handed to a rail is only ever asked
/// about afterwards: unknown and accepted ones by schedule, those of a process that died when their lease has run out.
/// </summary>
internal sealed class Dispatch(Posting posting, DisbursementQueue queue, DisbursementShapes shapes, TimeProvider time)
{
    public static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeldBackFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhenItsBankIsBack = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan[] AskAgain =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)];

    public async Task Advance(DueDisbursement due, KnownRail rail, CancellationToken ct)
    {
        try
        {
            var next = await Step(due, rail, ct);
            await (next == WhenItsBankIsBack ? queue.PutBackForBank(due) : queue.PutBack(due, next));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The lease runs out and the row is taken up again: what was handed over is then asked about, never sent again.
            await Console.Error.WriteLineAsync($"bursar: disbursement {due.Id}: {e.Message}");
        }
    }

    /// <summary>One step; returns when to come back, or null when there is nothing more to do.</summary>
    private async Task<TimeSpan?> Step(DueDisbursement due, KnownRail rail, CancellationToken ct)
    {
        var actor = Actor.System(due.Book, "Bursar", RequestId.New(time.GetUtcNow()));
        var claimed = await posting.Submit(new ClaimDisbursement(actor, due, shapes));
        if (claimed.Ok)
        {
            var answer = await Ask(rail, due.Book, claimed.Value.Value, (order, token) => rail.Adapter.Submit(order, token), ct);
            return await Record(actor, due, rail, answer, toQuery: false);
        }
        if (claimed.Error.Code == Errors.BankDisturbed) return WhenItsBankIsBack;
        if (claimed.Error.Code != Errors.StateConflict)
            return claimed.Error.Code == Errors.NotFound ? null : claimed.Error.Code == Errors.AccountSuspended ? HeldBackFor : Soon;
        var state = (DisbursementState)claimed.Error.Extra["state"]!;
        if (state is not (DisbursementState.Executing or DisbursementState.Unknown or DisbursementState.Succeeded)) return null;
        if (!rail.Adapter.CanBeAsked) return null;
        var known = await queue.Load(due);
        if (state == DisbursementState.Executing && known.Queries == 0)
            await Record(actor, due, rail, new RailAnswer(RailVerdict.Unknown), toQuery: false, isPresumed: true);
        var told = await Ask(rail, due.Book, known, (order, token) => rail.Adapter.Query(order, known.Queries + 1, token), ct);
        return await Record(actor, due, rail, told, toQuery: true);
    }

    private static async Task<RailAnswer> Ask(
        KnownRail rail, BookKey book, Disbursement d, Func<PayoutOrder, CancellationToken, Task<RailAnswer>> ask, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(rail.Adapter.AnswerMax);
        try
        {
            return await ask(OrderOf(book, d, rail.RailSettings), limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"bursar: rail {d.Rail} gave no answer for {d.Id}: {e.GetType().Name}");
            return new RailAnswer(RailVerdict.Unknown);
        }
    }

    /// <summary>A disbursement as its rail sees it.</summary>
    private static PayoutOrder OrderOf(BookKey book, Disbursement d, RailSettings settings) => new(
        book, d.Id.ToString("N"), d.Amount, d.Currency, d.BankCode ?? "", d.AccountNumber ?? "", d.Remark, d.CreatedAt)
    {
        Kind = d.Kind,
        DestinationType = d.DestinationType,
        RecipientName = d.RecipientName,
        Detail = d.Kind == DisbursementKind.InternationalTransfer ? d.Detail?.Text : null,
        RailSettings = settings,
    };

    private async Task<TimeSpan?> Record(Actor actor, DueDisbursement due, KnownRail rail, RailAnswer answer, bool toQuery, bool isPresumed = false)
    {
        var recorded = await posting.Submit(
            new RecordAnswer(actor, due.Id, answer, toQuery, shapes) { Kind = due.Kind, FromSetUpRail = rail.SetUp, IsPresumed = isPresumed });
        if (!recorded.Ok) return Soon;
        var d = recorded.Value.Value;
        if (d.State is DisbursementState.Executing or DisbursementState.Unknown)
            return rail.Adapter.CanBeAsked ? AskAgain[Math.Min(d.Queries, AskAgain.Length - 1)] : null;
        return d.State == DisbursementState.Succeeded && !toQuery ? answer.AskAgainAfter : null;
    }
}

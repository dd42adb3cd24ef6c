using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Operator.Payouts;

/// <summary>
/// A person says what became of a payment: of one that no rail answers for, and of one that stayed unknown (an unknown ends by query,
/// callback or a person with a reason). Who, what and why stand in the journal of the workspace.
/// </summary>
public sealed class TellOutcome(
    PayoutReads reads, PayoutRouting routing, Posting posting, DisbursementShapes shapes, Database database, TimeProvider time)
{
    /// <summary>
    /// Outcome: paid (with the bank's reference), failed or returned (with one of the reasons). The note says how they know.
    /// </summary>
    public sealed record Request(string Outcome, string? Reason, string? Reference, string? Note);

    public async Task<Result<DisbursementState>> Handle(Desk desk, WorkspaceId workspace, Core.Access.Mode mode, Guid id, Request request)
    {
        if (await reads.Find(workspace, mode, id) is not { } payout) return Errors.Missing();
        var answer = Read(payout.Of, request);
        if (!answer.Ok) return answer.Error;
        var rail = (await routing.Rails()).ByName.GetValueOrDefault(payout.Rail);
        var told = await posting.Submit(new RecordAnswer(desk.In(payout.Book), id, answer.Value, toQuery: false, shapes)
        {
            Kind = payout.Of,
            FromSetUpRail = rail is { SetUp: true },
            Note = request.Note,
            Refuses = d => rail is { Adapter.CanBeAsked: false } || d.State == DisbursementState.Unknown ? null
                : new Error(Errors.StateConflict, "Its rail is asked for it. A person ends only what is not known there.")
                    .With("state", d.State),
        });
        return told.Map(d => d.Value.State);
    }

    private static Result<RailAnswer> Read(DisbursementKind kind, Request request)
    {
        var errors = new List<FieldError>();
        RailVerdict? verdict = request.Outcome switch
        {
            "paid" => RailVerdict.Succeeded,
            "failed" => RailVerdict.Refused,
            "returned" => RailVerdict.Returned,
            _ => null,
        };
        if (verdict is null) errors.Add(new("/outcome", "invalid", "paid, failed or returned."));
        if (verdict is RailVerdict.Refused or RailVerdict.Returned && !FailureReasons.Of(kind).Contains(request.Reason ?? ""))
            errors.Add(new("/reason", "invalid", "Choose why."));
        if (verdict == RailVerdict.Succeeded || request.Reference is not null)
            if (PlainText.Problem(request.Reference, 1, 100) is { } reference) errors.Add(new("/reference", "invalid", reference));
        if (PlainText.Problem(request.Note, 1, 300) is { } note) errors.Add(new("/note", "invalid", note));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        return new RailAnswer(
            verdict!.Value, verdict == RailVerdict.Succeeded ? null : request.Reason, ProviderReference: request.Reference);
    }

    /// <summary>Somebody looked at what a rail said twice in different ways, and says what it was.</summary>
    public async Task<Result<string>> Explain(Desk desk, Guid id, string? text)
    {
        if (PlainText.Problem(text, 1, 300) is { } problem) return Errors.Field("/note", "invalid", problem);
        await using var connection = await database.Desk.OpenConnectionAsync();
        var done = await connection.ExecuteAsync("""
            update rail_orders set explained_at = @now, explanation = @said
            where disbursement_id = @id and contradicted_at is not null and explained_at is null
            """, new { id, now = time.NowMicros(), said = $"{desk.Name}: {text}" });
        return done == 1 ? text! : new Error(Errors.AlreadyResolved, "Somebody has explained this already.");
    }
}

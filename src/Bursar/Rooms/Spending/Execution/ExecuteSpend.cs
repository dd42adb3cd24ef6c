using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending.Execution;

/// <summary>
/// POST /v1/spend-requests/{id}/execution: the agent spends what it was allowed. Uses the token up, sends the spend to its executor or
/// rail, and waits a little for the outcome. Asking again tells how it stands; nothing is paid twice.
/// </summary>
public sealed class ExecuteSpend(SatReader sats, SpendReads reads, Posting posting)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public sealed record Request(string Sat);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/spend-requests/{id}/execution", Execute)
            .Describe<Request, SpendRequest>("Execute an allowed spend",
                new Request("eyJhbGciOiJFUzI1NiIsInR5cCI6InNhdCtqd3QiLCJraWQiOiI…"));

    /// <summary>200 with the outcome, 202 while there is none.</summary>
    private static async Task Execute(HttpContext http, string id, ExecuteSpend slice, Callers callers)
    {
        var actor = await callers.Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var request = await Bodies.Read<Request>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var spend = await slice.Handle(actor.Value, id, request.Value, http.RequestAborted);
        if (spend.Ok)
        {
            var open = IsUnderWay(spend.Value.State) || spend.Value.State == DisbursementState.Unknown;
            await Api.WriteJson(http, open ? 202 : 200, Json.Write(spend.Value));
        }
        else await Problems.Write(http, spend.Error);
    }

    public async Task<Result<SpendRequest>> Handle(Actor actor, string id, Request request, CancellationToken ct)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        var found = await reads.Find(actor, id);
        if (!found.Ok) return found.Error;
        if (found.Value.Rail == SpendDetail.AgentPays)
            return new Error(Errors.StateConflict, "Its handle is an SDK guard: your own code pays, then sends the receipt.")
                .With("state", found.Value.State);
        // Late: whoever asks again how it stands may come when the token has died.
        var claims = await sats.Read(actor, request.Sat, late: true);
        if (!claims.Ok) return claims.Error;
        if (claims.Value.SpendRequestId.Value != found.Value.Id) return SatFault.UnknownRequest.Refusal();
        var sent = await posting.Submit(new Command(actor, claims.Value) { Needs = Permission.RequestSpends });
        return sent.Ok ? await Outcome(actor, id, sent.Value.Value, ct) : sent.Error;
    }

    private async Task<Result<SpendRequest>> Outcome(Actor actor, string id, Disbursement spend, CancellationToken ct)
    {
        var until = Environment.TickCount64 + (long)WaitMax.TotalMilliseconds;
        while (IsUnderWay(spend.State) && Environment.TickCount64 < until)
        {
            try { await Task.Delay(LookEvery, ct); }
            catch (OperationCanceledException) { break; }
            var now = await reads.Find(actor, id);
            if (!now.Ok) return now.Error;
            spend = now.Value;
        }
        return SpendRequest.Of(spend);
    }

    private static bool IsUnderWay(DisbursementState state) => state is DisbursementState.Approved or DisbursementState.Executing;

    private sealed class Command(Actor actor, SatClaims claims) : Command<Disbursement>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.Of(DisbursementTable.Instance).Want(Book, claims.SpendRequestId.Value);
            reads.WantAgent(this, claims.Sub);
        }

        public override Result<Disbursement> Decide(OpenBook book)
        {
            if (book.RefusesAgent(claims.Sub) is { } foreign) return foreign;
            if (book.Find(DisbursementTable.Instance, claims.SpendRequestId.Value) is not { } spend) return Errors.Missing();
            if (spend.State is DisbursementState.Cancelled or DisbursementState.Expired)
                return new Error(Errors.StateConflict, "It will not be paid any more.").With("state", spend.State);
            if (spend.State != DisbursementState.Approved || spend.SatConsumedAt is not null
                || SpendRequest.Shape.GoesAtOnce(spend)) return spend;
            if (ExecutionRules.HeldBack(book, spend) is { } held) return held;
            if ((SatRules.Refuses(spend, claims, frozen: false, book.At) ?? claims.At(book.At)) is { } fault) return fault.Refusal();
            spend = spend with { SatConsumedAt = book.At };
            book.Update(DisbursementTable.Instance, spend.Id, spend);
            book.Record("spend.sat_consumed", spend.Id, spend.Version, new { jti = claims.Jti });
            book.SendToRail(spend);
            return spend;
        }
    }
}

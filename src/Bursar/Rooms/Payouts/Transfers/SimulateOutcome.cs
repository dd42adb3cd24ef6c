using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.International;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>POST /v1/test/disbursements/{id}/outcome: what the rail would have said, in test mode only.</summary>
public sealed class SimulateOutcome(Posting posting, TransferReads reads, InternationalReads international, DisbursementShapes shapes)
{
    public sealed record Request(string Outcome, string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/test/disbursements/{id}/outcome", (HttpContext http, string id, SimulateOutcome slice) =>
            Api.Call<Request, object>(http, (actor, request) => slice.Handle(actor, id, request)))
            .DescribeEither<Request, Transfer, InternationalTransfer>("Answer as the rail", new Request("failed", "INACTIVE_ACCOUNT"));

    public async Task<Result<object>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (actor.Book.Mode != Mode.Test) return new Error(Errors.ModeMismatch, "Only test mode has a simulator.");
        var found = TransferId.TryParse(id, out var transfer) ? await reads.Find(actor.Book, transfer)
            : InternationalTransferId.TryParse(id, out var abroad) ? await international.Find(actor.Book, abroad)
            : null;
        if (found is not { } known) return Errors.Missing();
        (RailVerdict Verdict, DisbursementState State)? outcome = request.Outcome switch
        {
            "succeeded" => (RailVerdict.Succeeded, DisbursementState.Succeeded),
            "failed" => (RailVerdict.Refused, DisbursementState.Failed),
            "unknown" => (RailVerdict.Unknown, DisbursementState.Unknown),
            "reversed" => (RailVerdict.Returned, DisbursementState.Reversed),
            _ => null,
        };
        if (outcome is not { } wanted) return Errors.Field("/outcome", "invalid", "succeeded, failed, unknown or reversed.");
        if (!known.State.CanBecome(wanted.State))
            return new Error(Errors.StateConflict, "The state does not allow this.").With("state", Json.Name(known.State));
        var isAbroad = known.Kind == DisbursementKind.InternationalTransfer;
        if (isAbroad && request.Reason is not null && !FailureReasons.Abroad.Contains(request.Reason))
            return Errors.Field("/reason", "invalid", "One of the seventeen reasons of an international transfer.");
        var reason = wanted.Verdict is RailVerdict.Refused or RailVerdict.Returned
            ? request.Reason ?? (isAbroad ? "REFUSED" : "CANT_RECEIVE_TRANSFER") : null;
        var answer = await posting.Submit(
            new RecordAnswer(actor, known.Id, new RailAnswer(wanted.Verdict, reason), toQuery: false, shapes)
            {
                Kind = known.Kind,
                Needs = Permission.ManageApi,
            });
        return answer.Map(a => shapes.Of(known.Kind).Resource(a.Value));
    }
}

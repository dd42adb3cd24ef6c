using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>
/// POST /v1/anomalies/{id}/resolution: somebody has looked and says what it was (PRODUCT S6). Once; the note is what an auditor reads.
/// </summary>
public sealed class ResolveAnomaly(Posting posting, AnomalyReads reads)
{
    public const int NoteMax = 500;

    /// <summary>State <c>explained</c> or <c>dismissed</c>, note 1–500 characters.</summary>
    public sealed record Request(AnomalyState State, string Note);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/anomalies/{id}/resolution", (HttpContext http, string id, ResolveAnomaly slice) =>
            Api.Call<Request, AnomalyResource>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, AnomalyResource>("Resolve an anomaly", new(AnomalyState.Explained, "The shop added delivery"));

    public async Task<Result<AnomalyResource>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Require(Permission.FreezeAgents) is { } denied) return denied;
        if (request.State == AnomalyState.Open) return Errors.Field("/state", "invalid", "explained or dismissed.");
        if (PlainText.Problem(request.Note, 1, NoteMax) is { } note) return Errors.Field("/note", "invalid", note);
        if (!AnomalyId.TryParse(id, out var anomaly) || await reads.Find(actor.Book, anomaly) is not { } known) return Errors.Missing();
        var resolved = await posting.Submit(new Command(actor, known, request) { Needs = Permission.FreezeAgents });
        return resolved.Map(r => r.Value);
    }

    private sealed class Command(Actor actor, Anomaly known, Request request) : Command<AnomalyResource>(actor)
    {
        public override void Plan(Reads reads) => reads.WantAnomalies(this, known.Disbursement);

        public override Result<AnomalyResource> Decide(OpenBook book)
        {
            if (book.Find(AnomalyTable.Instance, (known.Disbursement, known.Kind)) is not { } anomaly) return Errors.Missing();
            if (anomaly.State != AnomalyState.Open)
                return new Error(
                    Errors.AlreadyResolved, $"{anomaly.ResolvedBy} resolved this already: {Platform.Data.Json.Name(anomaly.State)}.")
                    .With("winner", new { by = anomaly.ResolvedBy, state = anomaly.State, at = anomaly.ResolvedAt });
            return AnomalyResource.Of(book.Resolve(anomaly, request.State, request.Note));
        }
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>
/// POST /v1/spend-requests/{id}/release: a member says that an agent which holds a token did not pay, and gives its budget back
/// (PRODUCT S3). The token is worth nothing from then on. Only people may: an agent would free its own budget and pay all the same.
/// </summary>
public sealed class ReleaseSpend(Posting posting, SpendReads reads, DisbursementShapes shapes)
{
    public sealed record Request(string Note);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/spend-requests/{id}/release", (HttpContext http, string id, ReleaseSpend slice) =>
            Api.Call<Request, SpendRequest>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, SpendRequest>("Give the budget of an unpaid spend back", new("The agent crashed before it paid"));

    public async Task<Result<SpendRequest>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Kind != PrincipalKind.Member) return Errors.Denied(Permission.FreezeAgents);
        if (actor.Require(Permission.FreezeAgents) is { } denied) return denied;
        if (PlainText.Problem(request.Note, 1, ResolveAnomaly.NoteMax) is { } note) return Errors.Field("/note", "invalid", note);
        var found = await reads.Find(actor, id);
        if (!found.Ok) return found.Error;
        if (actor.Require(Proof.Password, "give a budget back") is { } unproved) return unproved;
        var released = await posting.Submit(new Command(actor, found.Value.Id, request.Note, shapes) { Needs = Permission.FreezeAgents });
        return released.Map(r => r.Value);
    }

    private sealed class Command(Actor actor, Guid id, string note, DisbursementShapes shapes) : Command<SpendRequest>(actor)
    {
        public override void Plan(Reads reads)
        {
            Disbursing.WantExisting(reads, this, id);
            reads.WantAnomalies(this, id);
            reads.Of(ReceiptTable.Instance).Want(Book, id);
        }

        public override Result<SpendRequest> Decide(OpenBook book)
        {
            if (book.Find(DisbursementTable.Instance, id) is not { } d) return Errors.Missing();
            if (Problem(book, d) is { } problem) return new Error(Errors.StateConflict, problem).With("state", d.State);
            d = d.State switch
            {
                DisbursementState.Approved => book.Become(d, DisbursementState.Cancelled, shapes, "NOT_PAID"),
                DisbursementState.Executing => book.Become(d, DisbursementState.Failed, shapes, "NOT_PAID"),
                _ => d,
            };
            book.Update(DisbursementTable.Instance, id, d = d with { ReceiptDue = null });
            book.GiveBudgetBack(id);
            book.ExplainMissing(id, note);
            book.Record("spend.released", id, d.Version, new { d.Amount, d.Currency, note });
            return SpendRequest.Of(d) with { Anomalies = book.AnomaliesOf(id) };
        }

        private Phrase? Problem(OpenBook book, Disbursement d)
        {
            if (d.Rail != SpendDetail.AgentPays) return "Only a spend that its agent pays is released; this one has an outcome of its own.";
            if (book.Find(ReceiptTable.Instance, id) is not null) return "It has a receipt: it was paid.";
            var holds = book.All(UsageHoldTable.Instance).Any(h => h.Key.Disbursement == id && h.Row.State != "released");
            if (d.AuthorizedUntil is null || !holds) return "It holds no budget.";
            return null;
        }
    }
}

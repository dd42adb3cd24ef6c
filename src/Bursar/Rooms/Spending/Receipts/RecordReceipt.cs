using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>
/// POST /v1/spend-requests/{id}/receipt: what was really paid (PRODUCT S6). Money that left is always written down: whatever differs from
/// the authorization becomes an anomaly, never a refusal. One receipt to an authorization; a repeat gets the same one.
/// </summary>
public sealed class RecordReceipt(Posting posting, SpendReads reads, SatReader sats, DisbursementShapes shapes, TimeProvider time)
{
    /// <summary>
    /// Amount in minor units of its currency; railId such as <c>stripe</c> or <c>custom:till</c>, up to 100 characters;
    /// providerTransactionId up to 200.
    /// </summary>
    public sealed record Request(
        string RailId, string ProviderTransactionId, long ActualAmount, string ActualCurrency, string? Sat = null,
        string? ActualMerchant = null);

    public sealed record Response(ReceiptId ReceiptId, IReadOnlyList<string> Anomalies);

    /// <summary>A response, and whether its receipt was made just now.</summary>
    private sealed record Recorded(Response Response, bool IsNew);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/spend-requests/{id}/receipt", (HttpContext http, string id, RecordReceipt slice) =>
            Api.Ensure<Request, Response>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, Response>("Report what was paid",
                new("stripe", "pi_3PgafmB7WZ01zgkW", 150_000, "IDR", ActualMerchant: "tokopedia.com"), 201);

    public async Task<Result<(Response Answer, bool IsNew)>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        if (Check(request) is { } wrong) return wrong;
        var found = await reads.Find(actor, id);
        if (!found.Ok) return found.Error;
        var unproved = await Unproved(actor, found.Value, request.Sat);
        var receipt = new Receipt(
            ReceiptId.New(time.GetUtcNow()), request.RailId, request.ProviderTransactionId, request.ActualAmount, request.ActualCurrency,
            request.ActualMerchant, unproved is null, default);
        var recorded = await posting.Submit(
            new Command(actor, found.Value.Id, receipt, unproved, shapes) { Needs = Permission.RequestSpends });
        return recorded.Map(r => (r.Value.Response, r.Value.IsNew));
    }

    /// <summary>Why the receipt does not prove that its token was there; null when it does. An expired token proves it as well.</summary>
    private async Task<string?> Unproved(Actor actor, Disbursement d, string? sat)
    {
        if (sat is null) return "No token came with it.";
        var claims = await sats.Read(actor, sat, late: true);
        if (!claims.Ok) return $"The token that came with it is not valid: {claims.Error.Detail}";
        return claims.Value.Jti.Value == d.Id ? null : "The token that came with it is another spend's.";
    }

    private static Error? Check(Request request)
    {
        var errors = new List<FieldError>();
        if (AmountCheck.Wrong(request.ActualAmount, request.ActualCurrency, "/actualCurrency") is { } amount) return amount;
        Text("/railId", request.RailId, 100);
        Text("/providerTransactionId", request.ProviderTransactionId, 200);
        Text("/actualMerchant", request.ActualMerchant, MerchantKey.LengthMax);
        return errors.Count > 0 ? Errors.Invalid([.. errors]) : null;

        void Text(string field, string? text, int most)
        {
            if (text is not null && PlainText.Problem(text, 1, most) is { } problem) errors.Add(new(field, "invalid", problem));
        }
    }

    private sealed class Command(Actor actor, Guid id, Receipt receipt, string? unproved, DisbursementShapes shapes)
        : Command<Recorded>(actor)
    {
        public override void Plan(Reads reads)
        {
            Disbursing.WantExisting(reads, this, id);
            reads.WantAnomalies(this, id);
            reads.Of(ReceiptTable.Instance).Want(Book, id);
            reads.Of(ProviderUseTable.Instance).Want(Book, (receipt.RailId, receipt.ProviderTransactionId));
        }

        public override Result<Recorded> Decide(OpenBook book)
        {
            if (book.Find(DisbursementTable.Instance, id) is not { } d) return Errors.Missing();
            if (book.RefusesAgent(d.AgentId!) is { } foreign) return foreign;
            if (book.Find(ReceiptTable.Instance, id) is { } first)
            {
                if (!receipt.TellsTheSame(first))
                    book.Flag(d, AnomalyKinds.SecondReceipt,
                        $"Another receipt came: {receipt.Currency} {receipt.Amount}, {receipt.RailId} {receipt.ProviderTransactionId}.");
                return new Recorded(new Response(first.Id, book.AnomaliesOf(id)), false);
            }
            var made = receipt with { CreatedAt = book.At };
            book.Insert(ReceiptTable.Instance, id, made);
            if (unproved is not null && d.Rail == SpendDetail.AgentPays) book.Flag(d, AnomalyKinds.ReceiptWithoutSat, unproved);
            book.Compare(d, made);
            book.ExplainMissing(id, "The receipt came.");
            d = book.Paid(d, made, shapes);
            return new Recorded(new Response(made.Id, book.Recorded(d, made)), true);
        }
    }
}

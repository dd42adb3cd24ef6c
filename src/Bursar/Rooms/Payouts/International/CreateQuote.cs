using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International;

/// <summary>POST /v1/quotes: what an amount abroad costs in rupiah, good for ten minutes and one transfer (PRODUCT P6).</summary>
public sealed class CreateQuote(IPosting posting, Offers offers, Database database, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Country by ISO 3166 alpha-3; amount in minor units of the beneficiary's currency.</summary>
    public sealed record Request(string Country, string Currency, long Amount, CorridorType Type);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/quotes", (HttpContext http, CreateQuote slice) =>
            Api.Call<Request, QuoteResource>(http, (actor, request) => slice.Handle(actor, request, http.RequestAborted), 201))
            .Describe<Request, QuoteResource>("Create a quote", new Request("SGP", "SGD", 125_000, CorridorType.B2b), 201);

    public async Task<Result<QuoteResource>> Handle(Actor actor, Request request, CancellationToken ct)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (Corridor.Find(request.Country) is not { IsActive: true } known) return NotServed();
        if (Refusal(known, request) is { } refused) return refused;
        if (await offers.Rail(actor.Book.Mode, request.Currency) is { Ok: false } unreached) return unreached.Error;
        var offered = await offers.Of(actor.Book.Mode, known);
        var corridor = offered.Corridor;
        if (!corridor.IsActive) return NotServed();
        if (OutOfBounds(corridor, request.Amount) is { } outside) return outside;
        if (offered.Rate is not { } rate)
            return new Error(Errors.RateMissing, $"There is no rate of {request.Currency} right now. Nothing was quoted.");
        if (rate.CostOf(new Money(request.Amount, corridor.Currency)) is not { } cost)
            return new Error(Errors.AmountOutOfRange, "This is more than can be sent.")
            {
                Fields = [new("/amount", "amount_out_of_range", "This is more than can be sent.")],
            };
        var now = time.NowMicros();
        // A quote never outlives the rate that it was made at.
        var until = offered.RateUntil is { } end && end < now + Life ? end : now + Life;
        var offer = new QuoteResource(QuoteId.New(now), request.Country, request.Currency, request.Type, request.Amount, rate.ToString(),
            corridor.Fee, cost, until, corridor.Arrival(now));
        var kept = await posting.Submit(new Keep(actor, offer) { Needs = Permission.CreateTransactions });
        return kept.Map(k => k.Value);
    }

    /// <summary>An offer of the book, or null.</summary>
    public async Task<Quote?> Find(BookKey book, QuoteId id)
    {
        var rows = await database.Read(book, """
            select workspace_id, mode, quote_id, offer, expires_at, used_by from quotes
            where workspace_id = @workspace and mode = @mode and quote_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value },
            reader => QuoteTable.Instance.Read(reader).Item3);
        return rows.Count == 0 ? null : rows[0];
    }

    private static Error NotServed() => Errors.Field("/country", "unknown", "Money cannot be sent to this country.");

    private static Error? Refusal(Corridor corridor, Request request)
    {
        if (!corridor.Types.Contains(request.Type))
            return Errors.Field("/type", "not_allowed", $"{corridor.Country.Name} takes {List(corridor.Types)} only.");
        if (request.Currency != corridor.Currency.Code)
            return new Error(Errors.CurrencyMismatch, $"{corridor.Country.Name} is paid in {corridor.Currency.Code}.")
            {
                Fields = [new("/currency", "currency_mismatch", corridor.Currency.Code)],
            };
        return Money.Parse(request.Amount, corridor.Currency) is { Ok: false } range ? range.Error : null;
    }

    private static Error? OutOfBounds(Corridor corridor, long amount) =>
        amount < corridor.Min
            ? Errors.Field("/amount", "too_small", $"At least {MoneyText.Full(new Money(corridor.Min, corridor.Currency))}.")
            : amount > corridor.Max
            ? Errors.Field("/amount", "too_large", $"At most {MoneyText.Full(new Money(corridor.Max, corridor.Currency))}.")
            : null;

    private static string List(IEnumerable<CorridorType> types) => string.Join(", ", types.Select(Json.Name));

    private sealed class Keep(Actor actor, QuoteResource offer) : Command<QuoteResource>(actor)
    {
        public override Result<QuoteResource> Decide(OpenBook book)
        {
            book.Insert(QuoteTable.Instance, offer.Id.Value, new Quote(StoredJson.Of(offer), offer.ExpiresAt, null));
            book.Record("quote.made", offer.Id.Value, 1, offer);
            return offer;
        }
    }
}

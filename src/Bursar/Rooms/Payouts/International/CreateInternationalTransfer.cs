using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International;

/// <summary>POST /v1/international-transfers and the page's Send: money abroad for a quote that still holds (PRODUCT P6).</summary>
public sealed class CreateInternationalTransfer(
    IPosting posting, CreateQuote quotes, Offers offers, DisbursementShapes shapes, MoneyCodes codes, TimeProvider time)
{
    /// <summary>
    /// Beneficiary and sender hold the fields that GET /v1/corridors?country=&amp;type= names; a sender for c2c and c2b only, an attachment
    /// for b2c and b2b only. Remark 1–140 characters when given.
    /// </summary>
    public sealed record Request(
        QuoteId QuoteId, CorridorType Type, IReadOnlyDictionary<string, string?> Beneficiary,
        IReadOnlyDictionary<string, string?>? Sender = null, AttachmentId? AttachmentId = null, string? Remark = null,
        string? Reference = null);

    private static readonly Request Example = new(
        new(new Guid("019e5b1c-2f00-7a31-8c5d-4b6e7f809a1b")), CorridorType.B2b,
        new Dictionary<string, string?>
        {
            ["fullName"] = "Merlion Prints Pte Ltd",
            ["accountNumber"] = "0721905514",
            ["swiftBic"] = "MERLSGSG",
            ["bankName"] = "Merlion Bank",
            ["address"] = "9 Raffles Place",
            ["city"] = "Singapore",
            ["province"] = "Singapore",
            ["nationality"] = "SGP",
            ["relationship"] = "supplier",
            ["remittancePurpose"] = "goods",
            ["sourceOfFunds"] = "business_income",
        },
        AttachmentId: new(new Guid("019e5b1c-2f00-7a31-8c5d-4b6e7f809a1b")), Remark: "Invoice 2291", Reference: "inv-2291");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/international-transfers", (HttpContext http, CreateInternationalTransfer slice) =>
            Api.Create<Request, InternationalTransfer>(http, (actor, request, key) => slice.Handle(actor, request, key)))
            .Describe<Request, InternationalTransfer>("Create an international transfer", Example, 201, takesKey: true);

    public async Task<Result<Answer<InternationalTransfer>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        var order = await Parse(actor, request);
        if (!order.Ok) return order.Error;
        Phrase Act() => $"send {MoneyText.Full(Money.Idr(order.Value.Amount))} to {order.Value.RecipientName} {order.Value.AccountNumber}";
        if (await codes.Ask(actor, Act) is { } unproved) return unproved;
        return await posting.Submit(new Command(actor, order.Value, request, shapes)
        {
            Needs = Permission.CreateTransactions,
            Idempotency = key,
        });
    }

    /// <summary>Checks everything but whether the quote and the attachment are still free, which only the locked book knows.</summary>
    public async Task<Result<Order>> Parse(Actor actor, Request request)
    {
        if (await quotes.Find(actor.Book, request.QuoteId) is not { Offer: var offer }) return UnknownQuote();
        if (offer.Type != request.Type) return Errors.Field("/type", "mismatch", $"The quote is for {Json.Name(offer.Type)}.");
        var rail = await offers.Rail(actor.Book.Mode, offer.Currency);
        if (!rail.Ok) return rail.Error;
        var form = CorridorForm.Of(Corridor.Find(offer.Country)!, offer.Type)!;
        var errors = new List<FieldError>();
        var today = Calendar.DateIn(time.GetUtcNow(), form.Corridor.Zone);
        var beneficiary = form.Read(form.Beneficiary, request.Beneficiary, "/beneficiary", today, errors);
        var sender = request.Sender is null && form.Sender.Count == 0 ? null
            : form.Read(form.Sender, request.Sender ?? new Dictionary<string, string?>(), "/sender", today, errors);
        if (form.NeedsAttachment && request.AttachmentId is null)
            errors.Add(new("/attachmentId", "required", "A payment by a company needs its invoice attached."));
        if (!form.NeedsAttachment && request.AttachmentId is not null)
            errors.Add(new("/attachmentId", "unknown", "Only a payment by a company takes an attachment."));
        if (request.Remark is not null && PlainText.Problem(request.Remark, 1, 140) is { } remark)
            errors.Add(new("/remark", "invalid", remark));
        if (request.Reference is not null && PlainText.Problem(request.Reference, 1, 80) is { } reference)
            errors.Add(new("/reference", "invalid", reference));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        return new Order
        {
            Id = InternationalTransferId.New(time.GetUtcNow()).Value,
            Kind = DisbursementKind.InternationalTransfer,
            Amount = offer.SourceAmount,
            Currency = "IDR",
            Fee = offer.Fee,
            BankCode = form.BankOf(beneficiary),
            DestinationType = "bank",
            AccountNumber = CorridorForm.AccountOf(beneficiary),
            RecipientName = beneficiary["fullName"],
            Remark = request.Remark,
            Reference = request.Reference,
            Rail = rail.Value,
            Detail = StoredJson.Of(new InternationalDetail(offer.Id, offer.Type, offer.Country, offer.Currency, offer.Amount, offer.Rate,
                offer.Arrival, beneficiary, sender, request.AttachmentId)),
        };
    }

    private static Error UnknownQuote() => Errors.Field("/quoteId", "unknown", "There is no such quote.");

    private sealed class Command(Actor actor, Order order, Request request, DisbursementShapes shapes)
        : Command<InternationalTransfer>(actor)
    {
        private readonly Guid quoteId = request.QuoteId.Value;

        public override void Plan(Reads reads)
        {
            Disbursing.WantAll(reads, this);
            reads.Of(QuoteTable.Instance).Want(Book, quoteId);
            if (request.AttachmentId is { } attachment) reads.Of(AttachmentTable.Instance).Want(Book, attachment.Value);
            if (order.Reference is { } reference) reads.Of(ReferenceTable.Instance).Want(Book, (order.Kind, reference));
        }

        public override Result<InternationalTransfer> Decide(OpenBook book)
        {
            if (book.Find(QuoteTable.Instance, quoteId) is not { } quote) return UnknownQuote();
            if (quote.UsedBy is { } transfer) return Used(new InternationalTransferId(transfer).ToString());
            if (quote.ExpiresAt <= book.At) return new Error(Errors.Expired, "The quote has expired. Nothing was sent: ask for a new one.");
            if (request.AttachmentId is { } file && book.Take(file, order.Id, "/attachmentId") is { } refused) return refused;
            book.Update(QuoteTable.Instance, quoteId, quote with { UsedBy = order.Id });
            return book.Open(order, shapes).Map(opened => InternationalTransfer.Of(opened.Row));
        }

        private static Error Used(string id) => new(Errors.StateConflict, "This quote was taken already: one quote is one transfer.")
        {
            Resource = new ResourceReference("international_transfer", id, $"/v1/international-transfers/{id}"),
        };
    }
}

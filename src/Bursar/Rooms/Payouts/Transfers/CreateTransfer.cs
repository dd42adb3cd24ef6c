using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>POST /v1/transfers and the page's Send: money to a bank account, virtual account or e-wallet (PRODUCT P3).</summary>
public sealed class CreateTransfer(
    IPosting posting, DisbursementShapes shapes, PayoutRouting routing, MoneyCodes codes, TimeProvider time)
{
    private const long AmountMin = 10_000;

    /// <summary>
    /// Amount in whole rupiah; remark 1–18 characters when given; reference unique for ever among transfers of the book.
    /// </summary>
    public sealed record Request(
        long Amount, string BankCode, string AccountNumber, string? Remark = null, IReadOnlyList<string>? RecipientEmails = null,
        string? Reference = null, string? Currency = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfers", (HttpContext http, CreateTransfer slice) =>
            Api.Create<Request, Transfer>(http, (actor, request, key) => slice.Handle(actor, request, key)))
            .Describe<Request, Transfer>(
                "Create a transfer",
                new Request(250_000, "bca", "5270997481", "Invoice 2291", Reference: "inv-2291"), 201, takesKey: true);

    /// <param name="holder">
    /// Whose account it is, where an inquiry has just said so; the bank's answer to the transfer itself replaces it.
    /// </param>
    public async Task<Result<Answer<Transfer>>> Handle(Actor actor, Request request, IdempotencyKey key, string? holder = null)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        var order = await Parse(actor, request);
        if (!order.Ok) return order.Error;
        Phrase Act() => $"send {MoneyText.Full(Money.Idr(request.Amount))} to {Banks.Find(request.BankCode)!.Name} {request.AccountNumber}";
        if (await codes.Ask(actor, Act) is { } unproved) return unproved;
        return await posting.Submit(new Command(actor, order.Value with { RecipientName = holder }, shapes)
        {
            Needs = Permission.CreateTransactions,
            Idempotency = key,
        });
    }

    /// <summary>Checks every field; the page's review step shows the result before anything is asked for.</summary>
    public async Task<Result<Order>> Parse(Actor actor, Request request)
    {
        var errors = new List<FieldError>();
        if (request.Currency is not (null or "IDR"))
            return new Error(Errors.CurrencyMismatch, "Money transfers are in IDR.")
            {
                Fields = [new("/currency", "currency_mismatch", "IDR")],
            };
        if (Money.Parse(request.Amount, Currency.Idr) is { Ok: false } range) return range.Error;
        if (request.Amount < AmountMin) errors.Add(new("/amount", "too_small", $"At least {AmountMin} rupiah."));
        var bank = Banks.Find(request.BankCode);
        if (bank is null) errors.Add(new("/bankCode", "unknown", "This bank is not known."));
        if (request.AccountNumber.Length is < 4 or > 30 || !request.AccountNumber.All(char.IsAsciiDigit))
            errors.Add(new("/accountNumber", "invalid", "4 to 30 digits."));
        if (request.Remark is not null && PlainText.Problem(request.Remark, 1, 18) is { } remark)
            errors.Add(new("/remark", "invalid", remark));
        if (request.Reference is not null && PlainText.Problem(request.Reference, 1, 80) is { } reference)
            errors.Add(new("/reference", "invalid", reference));
        if (request.RecipientEmails is { } emails && (emails.Count > 20 || emails.Any(e => PlainText.Email(e) is null)))
            errors.Add(new("/recipientEmails", "invalid", "Up to 20 e-mail addresses."));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        if (bank!.Status == "heavily_disturbed")
            return new Error(Errors.BankDisturbed, $"{bank.Name} is heavily disturbed. Nothing was sent.");
        var destination = Banks.DestinationOf(bank, request.AccountNumber);
        var rail = await routing.For(actor.Book.Mode, DisbursementKind.MoneyTransfer, "IDR", destination);
        if (!rail.Ok) return rail.Error;
        return new Order
        {
            Id = TransferId.New(time.GetUtcNow()).Value,
            Kind = DisbursementKind.MoneyTransfer,
            Amount = request.Amount,
            Currency = "IDR",
            Fee = bank.Fee,
            BankCode = bank.Code,
            DestinationType = destination,
            AccountNumber = request.AccountNumber,
            Remark = request.Remark,
            Reference = request.Reference,
            Rail = rail.Value,
            Detail = request.RecipientEmails is { Count: > 0 } list ? Platform.Data.StoredJson.Of(new { recipientEmails = list }) : null,
        };
    }

    private sealed class Command(Actor actor, Order order, DisbursementShapes shapes) : Command<Transfer>(actor)
    {
        public override void Plan(Reads reads)
        {
            Disbursing.WantAll(reads, this);
            if (order.Reference is { } reference) reads.Of(ReferenceTable.Instance).Want(Book, (order.Kind, reference));
        }

        public override Result<Transfer> Decide(OpenBook book) => book.Open(order, shapes).Map(opened => Transfer.Of(opened.Row));
    }
}

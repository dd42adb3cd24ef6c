using System.Buffers;
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
using Bursar.Rooms.Payouts.Inquiries;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>POST /v1/transfers and the page's Send: money to a bank account, virtual account or e-wallet (PRODUCT P3).</summary>
public sealed class CreateTransfer(
    IPosting posting, DisbursementShapes shapes, PayoutRouting routing, MoneyCodes codes, TimeProvider time)
{
    private const long AmountMin = 10_000;
    private static readonly SearchValues<char> NotInRemarks = SearchValues.Create("<>?#$'\";");

    /// <summary>
    /// Amount in whole rupiah; remark 1–18 letters, digits, blanks and a few signs when given; reference unique for ever among transfers of the book.
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

    /// <summary>
    /// What the page knows besides: whose account an inquiry has just said it is (the bank's answer to the transfer itself replaces it),
    /// and whether the person has said that they mean to pay the same twice.
    /// </summary>
    public sealed record Reviewed(string? Holder, bool SendTwice);

    public async Task<Result<Answer<Transfer>>> Handle(Actor actor, Request request, IdempotencyKey key, Reviewed? reviewed = null)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        var order = await Parse(actor, request);
        if (!order.Ok) return order.Error;
        Phrase Act() => $"send {MoneyText.Full(Money.Idr(request.Amount))} to {Banks.Find(request.BankCode)!.Name} {request.AccountNumber}";
        if (await codes.Ask(actor, Act) is { } unproved) return unproved;
        var twins = reviewed is null ? TwinRule.AsWorkspaceSays : reviewed.SendTwice ? TwinRule.Ignored : TwinRule.Refused;
        return await posting.Submit(new Command(actor, order.Value with { RecipientName = reviewed?.Holder, Twins = twins }, shapes)
        {
            Needs = Permission.CreateTransactions,
            Idempotency = key,
        });
    }

    /// <summary>Checks every field; the page's review step shows the result before anything is asked for.</summary>
    public async Task<Result<Order>> Parse(Actor actor, Request request) => Parse(actor, request, await routing.Rails());

    /// <summary>The same for many requests, with rails that were looked up once.</summary>
    public Result<Order> Parse(Actor actor, Request request, KnownRails rails)
    {
        var errors = new List<FieldError>();
        if (request.Currency is not (null or "IDR"))
            return new Error(Errors.CurrencyMismatch, "Money transfers are in IDR.")
            {
                Fields = [new("/currency", "currency_mismatch", "IDR")],
            };
        if (Money.Parse(request.Amount, Currency.Idr) is { Ok: false } range) return range.Error;
        if (request.Amount < AmountMin) errors.Add(new("/amount", "too_small", $"At least {AmountMin} rupiah."));
        errors.AddRange(AccountHolders.Problems(request.BankCode, request.AccountNumber));
        if (request.Remark is not null && RemarkProblem(request.Remark) is { } remark)
            errors.Add(new("/remark", "invalid", remark));
        if (request.Reference is not null && PlainText.Problem(request.Reference, 1, 80) is { } reference)
            errors.Add(new("/reference", "invalid", reference));
        if (request.RecipientEmails is { } emails && (emails.Count > 20 || emails.Any(e => PlainText.Email(e) is null)))
            errors.Add(new("/recipientEmails", "invalid", "Up to 20 e-mail addresses."));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        var bank = Banks.Find(request.BankCode)!;
        var destination = Banks.DestinationOf(bank, request.AccountNumber);
        var rail = rails.For(actor.Book.Mode, DisbursementKind.MoneyTransfer, "IDR", destination);
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
            Detail = request.RecipientEmails is { Count: > 0 } list ? Platform.Data.StoredJson.Of(new TransferDetail(list)) : null,
        };
    }

    /// <summary>Banks print no other signs; the seed names those that it refuses: angle brackets, ? # $ ' " and ;.</summary>
    private static string? RemarkProblem(string remark) => PlainText.Problem(remark, 1, 18)
        ?? (remark.AsSpan().ContainsAny(NotInRemarks) ? "Letters, digits, blanks and simple signs only, none of < > ? # $ ' \" ;" : null);

    private sealed class Command(Actor actor, Order order, DisbursementShapes shapes) : Command<Transfer>(actor)
    {
        public override void Plan(Reads reads)
        {
            Disbursing.WantAll(reads, this);
            reads.WantBank(this, order.BankCode!);
            reads.WantTwin(this, order);
            if (order.Reference is { } reference) reads.Of(ReferenceTable.Instance).Want(Book, (order.Kind, reference));
        }

        public override Result<Transfer> Decide(OpenBook book) => book.BankRefuses(order.BankCode!) is { } disturbed ? disturbed
            : book.Open(order, shapes).Map(opened => Transfer.Of(opened.Row));
    }
}

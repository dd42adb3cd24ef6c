using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Inquiries;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>
/// POST /v1/refunds: asks to give money back (PRODUCT P8). What is left of a top-up goes to the account it came from; a transfer whose bank
/// is heavily disturbed comes back whole. People decide; together never more than was there, however many ask at once (QUALITY L7).
/// </summary>
public sealed class RequestRefund(
    Posting posting, TransferReads transfers, PayoutRouting routing, DisbursementShapes shapes, TimeProvider time)
{
    /// <summary>What the sender's bank shows beside the money.</summary>
    private const string Remark = "Refund";
    private const int ReasonMax = 200;

    /// <summary>
    /// <paramref name="Resource"/>: a top-up's or a transfer's id. A top-up names where it goes: <paramref name="BankCode"/> and
    /// <paramref name="AccountNumber"/>.
    /// </summary>
    public sealed record Request(string Resource, long Amount, string Reason, string? BankCode = null, string? AccountNumber = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/refunds", (HttpContext http, RequestRefund slice) =>
            Api.Create<Request, RefundResource>(http, slice.Handle))
            .Describe<Request, RefundResource>("Request a refund",
                new Request(ContractSchemas.Id("top_"), 100_000, "Sent twice", "bca", "5270997481"), 201, takesKey: true);

    public async Task<Result<Answer<RefundResource>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.RequestRefunds) is { } denied) return denied;
        if (Money.Parse(request.Amount, Currency.Idr) is { Ok: false } range) return range.Error;
        if (PlainText.Problem(request.Reason, 1, ReasonMax) is { } reason) return Errors.Field("/reason", "invalid", reason);
        if (TopUpId.TryParse(request.Resource, out var topUp))
        {
            var order = PayBack(actor, request, topUp, await routing.Rails());
            if (!order.Ok) return order.Error;
            return await posting.Submit(new OfTopUp(actor, topUp, request, order.Value, shapes)
            {
                Needs = Permission.RequestRefunds,
                Idempotency = key,
            });
        }
        if (!TransferId.TryParse(request.Resource, out var transfer))
            return new Error(Errors.NotRefundable, "Top-ups can be refunded, and transfers that a bank cannot take now.");
        if (request.BankCode is not null || request.AccountNumber is not null)
            return Errors.Field("/accountNumber", "invalid", "A transfer that is taken back goes into your deposit.");
        if (await transfers.Find(actor.Book, transfer) is not { } known) return Errors.Missing();
        return await posting.Submit(new OfTransfer(actor, known, RefundId.New(time.GetUtcNow()), request)
        {
            Needs = Permission.RequestRefunds,
            Idempotency = key,
        });
    }

    /// <summary>The payout of a top-up's refund. It costs nothing: the money goes back as it came.</summary>
    private Result<Order> PayBack(Actor actor, Request request, TopUpId topUp, KnownRails rails)
    {
        if (AccountHolders.Problems(request.BankCode ?? "", request.AccountNumber ?? "") is { Length: > 0 } problems)
            return Errors.Invalid(problems);
        var bank = Banks.Find(request.BankCode!)!;
        var destination = Banks.DestinationOf(bank, request.AccountNumber!);
        // It goes as any transfer would.
        return rails.For(actor.Book.Mode, DisbursementKind.MoneyTransfer, "IDR", destination).Map(rail => new Order
        {
            Id = RefundId.New(time.GetUtcNow()).Value,
            Kind = DisbursementKind.Refund,
            Amount = request.Amount,
            Currency = "IDR",
            Fee = 0,
            BankCode = bank.Code,
            DestinationType = destination,
            AccountNumber = request.AccountNumber,
            Remark = Remark,
            Rail = rail,
            Reason = request.Reason,
            Detail = StoredJson.Of(new { refundOf = topUp, request.Reason }),
        });
    }

    private static Refund Asked(OpenBook book, Request request, Guid id, RefundKind kind, Guid resource, Guid approval) => new()
    {
        Id = id,
        Kind = kind,
        Resource = resource,
        State = RefundState.Requested,
        Version = 1,
        Amount = request.Amount,
        Currency = "IDR",
        Reason = request.Reason,
        BankCode = request.BankCode,
        AccountNumber = request.AccountNumber,
        RequestedBy = book.Actor.Name,
        ApprovalId = approval,
        CreatedAt = book.At,
        ChangedAt = book.At,
    };

    private static Error? Beyond(OpenBook book, Guid resource, long whole, long asked)
    {
        var left = whole - book.Find(RefundedTable.Instance, resource)!.Amount;
        return asked <= left ? null
            : new Error(Errors.NotRefundable, $"{MoneyText.Full(Money.Idr(left))} of it can still be refunded.").With("refundable", left);
    }

    private sealed class OfTopUp(Actor actor, TopUpId id, Request request, Order order, DisbursementShapes shapes)
        : Command<RefundResource>(actor)
    {
        public override void Plan(Reads reads)
        {
            Disbursing.WantAll(reads, this);
            reads.WantBank(this, order.BankCode!);
            reads.Of(CollectionTable.Instance).Want(Book, id.Value);
            reads.Of(RefundedTable.Instance).Want(Book, id.Value);
        }

        public override Result<RefundResource> Decide(OpenBook book)
        {
            if (book.Find(CollectionTable.Instance, id.Value) is not { Kind: CollectionKind.TopUp } topUp) return Errors.Missing();
            if (topUp.State != CollectionState.Completed)
                return new Error(Errors.NotRefundable, "Only a top-up that arrived can be refunded.").With("state", topUp.State);
            if (Beyond(book, id.Value, topUp.PayAmount, request.Amount) is { } beyond) return beyond;
            var opened = book.Open(order, shapes);
            if (!opened.Ok) return opened.Error;
            return book.Begin(Asked(book, request, order.Id, RefundKind.TopUp, id.Value, opened.Value.Row.ApprovalId!.Value));
        }
    }

    private sealed class OfTransfer(Actor actor, Disbursement known, RefundId id, Request request) : Command<RefundResource>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.WantBank(this, known.BankCode!);
            reads.Of(DisbursementTable.Instance).Want(Book, known.Id);
            reads.Of(RefundedTable.Instance).Want(Book, known.Id);
        }

        public override Result<RefundResource> Decide(OpenBook book)
        {
            var transfer = book.Find(DisbursementTable.Instance, known.Id)!;
            if (!transfer.State.CanBecome(DisbursementState.Cancelled))
                return new Error(Errors.NotRefundable, "Only a transfer that has not left can be refunded.").With("state", transfer.State);
            if (book.BankRefuses(transfer.BankCode!) is null)
                return new Error(Errors.NotRefundable, "Its bank takes transfers. Cancel it, if it is not wanted any more.");
            if (Beyond(book, transfer.Id, transfer.Amount, request.Amount) is { } beyond) return beyond;
            if (request.Amount != transfer.Amount)
                return Errors.Field("/amount", "invalid", "A transfer comes back whole: its amount, and its fee with it.");
            var approvalId = ApprovalId.New(book.At);
            var refund = Asked(book, request, id.Value, RefundKind.Transfer, transfer.Id, approvalId.Value);
            book.Ask(new Approval
            {
                Id = approvalId,
                Kind = "refund",
                State = ApprovalState.Pending,
                Version = 1,
                Subject = refund.Id,
                Amount = refund.Amount,
                Currency = refund.Currency,
                Beneficiary = "deposit",
                Reason = refund.Reason,
                RequestedBy = refund.RequestedBy,
                RequesterPerson = Actor.Person,
                ContentHash = refund.Hash(),
                Rule = Disbursing.RefundsNeedApproval,
                // As many people as it took to let it go.
                Quorum = Math.Max(1, transfer.Decision.Quorum),
                ExpiresAt = book.At + Disbursing.ApprovalLife,
                CreatedAt = book.At,
            });
            return book.Begin(refund);
        }
    }
}

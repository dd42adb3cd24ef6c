using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Outbound;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// POST /v1/spend-requests: an agent asks to spend (PRODUCT S2). Allowed, refused or sent to people; a refusal is an answer, no error.
/// </summary>
public sealed class CreateSpendRequest(
    IPosting posting, DisbursementShapes shapes, OutboundRules outbound, PayoutRouting routing, SatIssuer sats, SpendReads reads,
    TimeProvider time)
{
    private const int MetadataMax = 20;

    /// <summary>Amount in minor units of the currency; merchant 1–200 characters, reason 1–500, metadata up to 20 short texts.</summary>
    public sealed record Request(
        string AgentId, long Amount, string Currency, string Merchant, string Reason, string? Category = null, HandleId? HandleId = null,
        string? CallbackUrl = null, IReadOnlyDictionary<string, string>? Metadata = null);

    /// <summary>The decision with every rule consulted, in order, and what it saw.</summary>
    public sealed record Response(
        SpendRequestId SpendRequestId, DisbursementState State, string Decision, string DecisionReason, ApprovalId? ApprovalId,
        DateTimeOffset? AuthorizedUntil, DateTimeOffset? SatIssuedAt, DateTimeOffset? SatExpiresAt, Explanation Explain)
    {
        /// <summary>Never stored: a repeated call signs it again, with the same id and times.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Sat { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/spend-requests", (HttpContext http, CreateSpendRequest slice) =>
            Api.Create<Request, Response>(http, (actor, request, key) => slice.Handle(actor, request, key), status: 200))
            .Describe<Request, Response>("Ask to spend", Example, takesKey: true);

    private static readonly Request Example = new("shopper", 150_000, "IDR", "tokopedia.com", "Printer paper", "office");

    public async Task<Result<Answer<Response>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        if (await Check(actor, request) is { } wrong) return wrong;
        var pen = await sats.Pen(actor.Book.Mode);
        var rails = await routing.Rails();
        var command = new Command(actor, request, SpendRequestId.New(time.GetUtcNow()), shapes, pen, rails)
        {
            Needs = Permission.RequestSpends,
            Idempotency = key,
        };
        var answer = await posting.Submit(command);
        if (!answer.Ok || answer.Value.Value is not { SatIssuedAt: { } from, SatExpiresAt: { } until } told) return answer;
        return WithSat(answer.Value, answer.Value.Replayed
            ? pen.Sign(await reads.Terms(actor.Book, told.SpendRequestId), new SatTimes(from, until)) : await command.Sat!);
    }

    /// <summary>The token joins the stored answer as its last member; it holds no character that JSON would escape.</summary>
    private static Answer<Response> WithSat(Answer<Response> stored, string sat) =>
        stored with
        {
            Value = stored.Value with { Sat = sat },
            Json = $"{stored.Json.AsSpan(0, stored.Json.Length - 1)},\"sat\":\"{sat}\"}}",
        };

    private async Task<Error?> Check(Actor actor, Request request)
    {
        var errors = new List<FieldError>();
        void Text(string field, string? text, int most)
        {
            if (text is not null && PlainText.Problem(text, 1, most) is { } problem) errors.Add(new(field, "invalid", problem));
        }
        if (AmountCheck.Wrong(request.Amount, request.Currency) is { } amount) return amount;
        Text("/agentId", request.AgentId, 100);
        Text("/merchant", request.Merchant, MerchantKey.LengthMax);
        Text("/category", request.Category, 100);
        Text("/reason", request.Reason, 500);
        if (errors.Count == 0 && !MerchantKey.TryOf(request.Merchant, out _))
            errors.Add(new("/merchant", "invalid", "It names no merchant."));
        if (request.CallbackUrl is not null && actor.Kind != PrincipalKind.ApiKey)
            errors.Add(new("/callbackUrl", "needs_key", "A callback is signed with the secret of the key that asks: ask with an API key."));
        else if (request.CallbackUrl is { } url && await outbound.Check(url, actor.Book.Mode) is { Ok: false } blocked)
            return blocked.Error;
        if (request.Metadata is { } metadata && (metadata.Count > MetadataMax
            || metadata.Any(m => PlainText.Problem(m.Key, 1, 40) is not null || PlainText.Problem(m.Value, 1, 200) is not null)))
            errors.Add(new("/metadata", "invalid", $"Up to {MetadataMax} members of 1 to 200 characters, names up to 40."));
        return errors.Count > 0 ? Errors.Invalid([.. errors]) : null;
    }

    private sealed class Command(
        Actor actor, Request request, SpendRequestId id, DisbursementShapes shapes, SatPen pen, KnownRails rails) : Command<Response>(actor)
    {
        /// <summary>The token of what was decided at last: signed while the commit is on its way, told only when that is durable.</summary>
        public Task<string>? Sat { get; private set; }

        public override void Plan(Reads reads)
        {
            Disbursing.WantAll(reads, this);
            reads.WantAgent(this, request.AgentId);
            reads.WantPlan(this);
        }

        public override Result<Response> Decide(OpenBook book)
        {
            if (book.RefusesAgent(request.AgentId) is { } foreign) return foreign;
            var handle = HandleFacts.Chosen(book, request.HandleId);
            if (!handle.Ok) return handle.Error;
            var order = OrderOf(handle.Value);
            if (!order.Ok) return order.Error;
            if (book.CountEvaluation() is { } full) return full;
            book.See(request.AgentId);
            var frozen = book.IsFrozen(request.AgentId) ? new Decision(Verdict.Deny, "AGENT_FROZEN", []) : null;
            var opened = book.Open(order.Value, shapes, frozen);
            if (!opened.Ok) return opened.Error;
            var (spend, decision) = opened.Value;
            var shown = SpendRequest.Of(spend);
            var times = spend.SatIssuedAt is { } drawn ? SatTerms.TimesOf(spend, drawn) : null;
            Sat = times is { } life ? Task.Run(() => pen.Sign(SatTerms.Of(book.Key, spend), life)) : null;
            return new Response(id, spend.State, shown.Decision, shown.DecisionReason, shown.ApprovalId, shown.AuthorizedUntil,
                shown.SatIssuedAt, times?.End, new Explanation(decision.Rules));
        }

        private Result<Order> OrderOf(HandleFact handle)
        {
            var order = new Order
            {
                Id = id.Value,
                Kind = DisbursementKind.AgentSpend,
                Amount = request.Amount,
                Currency = request.Currency,
                Fee = 0,
                Rail = handle.Type == HandleType.ExternalExecutor ? SpendDetail.Executor : SpendDetail.AgentPays,
                Detail = Platform.Data.StoredJson.Of(SpendDetail.Of(handle, request.CallbackUrl, request.Metadata)),
                AgentId = request.AgentId,
                Merchant = request.Merchant,
                Category = request.Category,
                Reason = request.Reason,
                HandleId = handle.Id.Value,
                UsedWhenAllowed = handle.Type == HandleType.SdkGuard,
            };
            return handle.Type == HandleType.Managed ? Managed(order, handle) : order;
        }

        /// <summary>Bursar pays from the deposit to the handle's account: in the deposit's currency, over a rail that exists.</summary>
        private Result<Order> Managed(Order order, HandleFact handle)
        {
            if (order.Currency != "IDR")
                return new Error(Errors.CurrencyMismatch, "A managed handle pays from the deposit, in IDR.")
                { Fields = [new("/currency", "currency_mismatch", "IDR")] };
            var bank = Banks.Find(handle.BankCode!)!;
            var destination = Banks.DestinationOf(bank, handle.AccountNumber!);
            return rails.For(Book.Mode, order.Kind, order.Currency, destination).Map(rail => order with
            {
                Fee = bank.Fee,
                BankCode = bank.Code,
                DestinationType = destination,
                AccountNumber = handle.AccountNumber,
                Rail = rail,
            });
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// What whoever is shown a token does with it: asks whether it holds, and uses it up before paying. Used up is used up, durably, once,
/// whatever becomes of callers and processes.
/// </summary>
public sealed class UseSat(SatReader reader, Posting posting, DisbursementShapes shapes)
{
    public sealed record Request(string Sat);

    /// <summary>The claims of a token that this call used up.</summary>
    public sealed record Consumed : SatClaims
    {
        public Consumed() { }

        [SetsRequiredMembers]
        public Consumed(SatClaims claims, DateTimeOffset at) : base(claims) => ConsumedAt = at;

        [JsonPropertyOrder(1)]
        public DateTimeOffset ConsumedAt { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sats/verification", (HttpContext http, UseSat slice) => Api.Call<Request, SatClaims>(http, slice.Verify))
            .Describe<Request, SatClaims>("Verify a spend authorization token", Example);
        routes.MapPost("/v1/sats/consumption", (HttpContext http, UseSat slice) => Api.Once<Request, Consumed>(http, slice.Consume))
            .Describe<Request, Consumed>("Consume a spend authorization token", Example);
    }

    private static readonly Request Example = new("eyJhbGciOiJFUzI1NiIsInR5cCI6InNhdCtqd3QiLCJraWQiOiI…");

    public async Task<Result<SatClaims>> Verify(Actor actor, Request request)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        var claims = await reader.Read(actor, request.Sat);
        if (!claims.Ok) return claims.Error;
        var verified = await posting.Submit(new VerifyCommand(actor, claims.Value) { Needs = Permission.RequestSpends });
        return verified.Map(answer => answer.Value);
    }

    /// <summary>A key tells a caller that lost the answer that it was its own call which used the token up.</summary>
    public async Task<Result<Answer<Consumed>>> Consume(Actor actor, Request request, IdempotencyKey? key)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        // Late: whether the clock still allows it is asked behind the key, whose stored answer has no clock.
        var claims = await reader.Read(actor, request.Sat, late: true);
        if (!claims.Ok) return claims.Error;
        return await posting.Submit(new ConsumeCommand(actor, claims.Value, shapes)
        {
            Needs = Permission.RequestSpends,
            Idempotency = key,
        });
    }

    private static void Want(Reads reads, Command command, SatClaims claims)
    {
        reads.Of(DisbursementTable.Instance).Want(command.Book, claims.SpendRequestId.Value);
        reads.WantAgent(command, claims.Sub);
    }

    private sealed class VerifyCommand(Actor actor, SatClaims claims) : Command<SatClaims>(actor)
    {
        public override void Plan(Reads reads) => Want(reads, this, claims);

        public override Result<SatClaims> Decide(OpenBook book)
        {
            if (book.RefusesAgent(claims.Sub) is { } foreign) return foreign;
            var spend = book.Find(DisbursementTable.Instance, claims.SpendRequestId.Value);
            var frozen = book.IsFrozen(claims.Sub);
            if (spend is not null && SatRules.IsBeingExecuted(spend) && !frozen) return claims;
            return SatRules.Refuses(spend, claims, frozen, book.At) is { } fault ? fault.Refusal() : claims;
        }
    }

    private sealed class ConsumeCommand(Actor actor, SatClaims claims, DisbursementShapes shapes) : Command<Consumed>(actor)
    {
        public override void Plan(Reads reads) => Want(reads, this, claims);

        public override Result<Consumed> Decide(OpenBook book)
        {
            if (book.RefusesAgent(claims.Sub) is { } foreign) return foreign;
            var spend = book.Find(DisbursementTable.Instance, claims.SpendRequestId.Value);
            var fault = SatRules.Refuses(spend, claims, book.IsFrozen(claims.Sub), book.At);
            if (fault == SatFault.Used)
                return new Error(Errors.SatAlreadyUsed, "This token was used already. Do not pay.")
                    .With("firstUsedAt", spend!.SatConsumedAt);
            if ((fault ?? claims.At(book.At)) is { } refused) return refused.Refusal();
            if (spend!.Rail is not (SpendDetail.AgentPays or SpendDetail.Executor))
                return new Error(Errors.StateConflict, "Bursar pays this one itself: ask for its execution.").With("state", spend.State);
            var paying = book.Become(spend, DisbursementState.Executing, shapes);
            var consumed = ReceiptRules.AwaitReceipt(paying with { SatConsumedAt = book.At }, book.At);
            book.Update(DisbursementTable.Instance, spend.Id, consumed);
            book.Record("spend.sat_consumed", spend.Id, consumed.Version, new { jti = claims.Jti });
            return new Consumed(claims, book.At);
        }
    }
}

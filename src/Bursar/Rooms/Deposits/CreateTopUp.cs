using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

/// <summary>
/// POST /v1/top-ups and "Continue to payment": an exact amount that identifies the transfer by its last three digits (PRODUCT L2).
/// </summary>
public sealed class CreateTopUp(Posting posting, ReceivingAmounts amounts, CollectionShapes shapes, TimeProvider time)
{
    private const int OpenMax = 20;
    private const long AmountMin = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public sealed record Request(long Amount, string BankCode, string? Note = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/top-ups", (HttpContext http, CreateTopUp slice) => Api.Create<Request, TopUp>(http, slice.Handle))
            .Describe<Request, TopUp>("Create a top-up", new Request(250_000, "bca", "First deposit"), 201, takesKey: true);

    public async Task<Result<Answer<TopUp>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.TopUpDeposit) is { } denied) return denied;
        if (Check(actor, request) is { } refused) return refused;
        var now = time.NowMicros();
        var id = TopUpId.New(now);
        var account = ReceivingBanks.AccountOf(request.BankCode)!;
        var code = await amounts.Reserve(actor.Book, account, request.Amount, id.Value, now + Life);
        if (code is null)
            return new Error(
                Errors.TopUpSlotsExhausted, "Every exact amount near this one is taken. Choose another amount or bank, or try later.");
        var answer = await posting.Submit(new OpenCollection<TopUp>(
            actor, at => Make(id, actor, request, account, code.Value, at), CollectionKind.TopUp, OpenMax, shapes)
        {
            Needs = Permission.TopUpDeposit,
            Idempotency = key,
        });
        // Refused, or answered from an earlier call with the same key: this reservation has no owner.
        if (!answer.Ok || answer.Value.Replayed) await amounts.Free(actor.Book, account, request.Amount + code.Value, id.Value);
        return answer;
    }

    private static Error? Check(Actor actor, Request request)
    {
        if (Money.Parse(request.Amount, Currency.Idr) is { Ok: false } range) return range.Error;
        var errors = new List<FieldError>();
        if (request.Amount < AmountMin) errors.Add(new("/amount", "too_small", $"At least {AmountMin} rupiah."));
        if (ReceivingBanks.AccountOf(request.BankCode) is null)
            errors.Add(new("/bankCode", "unknown", $"One of {string.Join(", ", ReceivingBanks.Test.Select(b => b.Code))}."));
        if (request.Note is not null && PlainText.Problem(request.Note, 1, 200) is { } note) errors.Add(new("/note", "invalid", note));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        return actor.Book.Mode == Mode.Live ? new Error(Errors.RailMissing, "No receiving account for live top-ups is set up yet.") : null;
    }

    private static Collection Make(TopUpId id, Actor actor, Request request, string account, int code, DateTimeOffset at) => new()
    {
        Id = id.Value,
        Kind = CollectionKind.TopUp,
        State = CollectionState.Waiting,
        Version = 1,
        Amount = request.Amount,
        Currency = "IDR",
        UniqueCode = code,
        PayAmount = checked(request.Amount + code),
        Channel = "unique_amount",
        BankCode = request.BankCode,
        ReceivingAccount = account,
        Note = request.Note,
        MakerName = actor.Name,
        CreatedAt = at,
        ChangedAt = at,
        ExpiresAt = at + Life,
    };
}

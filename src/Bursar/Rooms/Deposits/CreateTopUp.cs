using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

/// <summary>
/// POST /v1/top-ups and "Continue to payment": an exact amount that identifies the transfer by its last three digits (PRODUCT L2).
/// </summary>
public sealed class CreateTopUp(
    Posting posting, ReceivingAccounts accounts, ReceivingAmounts amounts, CollectionShapes shapes, TimeProvider time)
{
    private const int OpenMax = 20;
    private const long AmountMin = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public sealed record Request(
        long Amount, string BankCode, string? Note = null, TopUpChannel Channel = TopUpChannel.UniqueAmount);

    /// <summary>What tells the transfer: the code that was added to the amount, or the number to pay to.</summary>
    private sealed record Mark(int? Code, string? VirtualAccount);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/top-ups", (HttpContext http, CreateTopUp slice) => Api.Create<Request, TopUp>(http, slice.Handle))
            .Describe<Request, TopUp>("Create a top-up", new Request(250_000, "bca", "First deposit"), 201, takesKey: true);

    public async Task<Result<Answer<TopUp>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.TopUpDeposit) is { } denied) return denied;
        var open = await accounts.Open(actor.Book.Mode);
        if (Check(request, open) is { } refused) return refused;
        var now = time.NowMicros();
        var id = TopUpId.New(now);
        var account = open.First(a => a.BankCode == request.BankCode);
        var mark = await MarkOf(actor.Book, account, request, id, now + Life);
        if (!mark.Ok) return mark.Error;
        var answer = await posting.Submit(new OpenCollection<TopUp>(
            actor, at => Make(id, actor, request, account, mark.Value, at), CollectionKind.TopUp, OpenMax, shapes)
        {
            Needs = Permission.TopUpDeposit,
            Idempotency = key,
        });
        // Refused, or answered from an earlier call with the same key: this reservation has no owner. A number is simply never used.
        if (mark.Value.Code is { } code && (!answer.Ok || answer.Value.Replayed))
            await amounts.Free(actor.Book, account.Account, request.Amount + code, id.Value);
        return answer;
    }

    private async Task<Result<Mark>> MarkOf(
        BookKey book, ReceivingAccount account, Request request, TopUpId id, DateTimeOffset expiresAt)
    {
        if (request.Channel == TopUpChannel.VirtualAccount)
            return new Mark(null, await accounts.IssueVirtualAccount(book, account.VaPrefix!, id.Value));
        if (await amounts.Reserve(book, account.Account, request.Amount, id.Value, expiresAt) is { } code) return new Mark(code, null);
        var hasNumbers = account.VaPrefix is not null;
        return new Error(Errors.TopUpSlotsExhausted, hasNumbers
            ? "Every exact amount near this one is taken. Use a virtual account, or choose another amount or bank."
            : "Every exact amount near this one is taken. Choose another amount or bank, or try later.")
            .With("virtualAccountAvailable", hasNumbers);
    }

    private static Error? Check(Request request, IReadOnlyList<ReceivingAccount> open)
    {
        if (Money.Parse(request.Amount, Currency.Idr) is { Ok: false } range) return range.Error;
        if (open.Count == 0) return new Error(Errors.RailMissing, "No receiving account for live top-ups is set up yet.");
        var errors = new List<FieldError>();
        var account = open.FirstOrDefault(a => a.BankCode == request.BankCode);
        if (request.Amount < AmountMin) errors.Add(new("/amount", "too_small", $"At least {AmountMin} rupiah."));
        if (account is null) errors.Add(new("/bankCode", "unknown", $"One of {string.Join(", ", open.Select(a => a.BankCode))}."));
        else if (request.Channel == TopUpChannel.VirtualAccount && account.VaPrefix is null)
            errors.Add(new("/channel", "unsupported", "This bank gives no virtual account numbers."));
        if (request.Note is not null && PlainText.Problem(request.Note, 1, 200) is { } note) errors.Add(new("/note", "invalid", note));
        return errors.Count > 0 ? Errors.Invalid([.. errors]) : null;
    }

    private static Collection Make(
        TopUpId id, Actor actor, Request request, ReceivingAccount account, Mark mark, DateTimeOffset at) => new()
    {
        Id = id.Value,
        Kind = CollectionKind.TopUp,
        State = CollectionState.Waiting,
        Version = 1,
        Amount = request.Amount,
        Currency = "IDR",
        UniqueCode = mark.Code,
        PayAmount = checked(request.Amount + (mark.Code ?? 0)),
        Channel = Json.Name(request.Channel),
        BankCode = request.BankCode,
        ReceivingAccount = account.Account,
        VirtualAccount = mark.VirtualAccount,
        Note = request.Note,
        MakerName = actor.Name,
        CreatedAt = at,
        ChangedAt = at,
        ExpiresAt = at + Life,
    };
}

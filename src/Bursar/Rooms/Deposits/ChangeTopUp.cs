using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

/// <summary>"I have transferred", cancellation, and in test mode the payer who pays.</summary>
public sealed class ChangeTopUp(Posting posting, CollectionShapes shapes, TopUpReads reads)
{
    public sealed record Confirmation(bool ViaAtm = false);

    public sealed record Payment(string CollectionId, long? Amount = null, string? Channel = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/top-ups/{id}/confirmation", (HttpContext http, string id, ChangeTopUp slice) =>
            Api.Call<Confirmation, TopUp>(http, (actor, request) => slice.Handle(actor, id, new CollectionChange.Confirm(request.ViaAtm))))
            .Describe<Confirmation, TopUp>("Say that a top-up was transferred", new Confirmation());
        routes.MapPost("/v1/top-ups/{id}/cancellation", (HttpContext http, string id, ChangeTopUp slice) =>
            Api.Call(http, actor => slice.Handle(actor, id, new CollectionChange.Cancel())))
            .Describe<TopUp>("Cancel a top-up");
        routes.MapPost("/v1/test/payments", (HttpContext http, ChangeTopUp slice) => Api.Call<Payment, TopUp>(http, slice.Pay, 201))
            .Describe<Payment, TopUp>("Pay as the payer", new Payment(ContractSchemas.Id("top_")), 201);
    }

    public async Task<Result<TopUp>> Handle(Actor actor, string id, CollectionChange change)
    {
        if (actor.Require(Permission.TopUpDeposit) is { } denied) return denied;
        if (!TopUpId.TryParse(id, out var topUp)) return Errors.Missing();
        return await Submit(actor, topUp, change, Permission.TopUpDeposit);
    }

    /// <summary>The payer pays: the exact amount unless another is given.</summary>
    public async Task<Result<TopUp>> Pay(Actor actor, Payment request)
    {
        if (actor.Require(Permission.TopUpDeposit) is { } denied) return denied;
        if (actor.Book.Mode != Mode.Test) return new Error(Errors.ModeMismatch, "Only test mode has a simulated payer.");
        if (request.Amount is { } given && Core.Currencies.Money.Parse(given, Core.Currencies.Currency.Idr) is { Ok: false } range)
            return range.Error;
        if (!TopUpId.TryParse(request.CollectionId, out var id))
            return Errors.Field("/collectionId", "unknown", "There is no such collection.");
        var known = await reads.Get(actor, id);
        if (!known.Ok) return known.Error;
        return await Submit(actor, id, new CollectionChange.Receive(request.Amount ?? known.Value.PayAmount), Permission.TopUpDeposit);
    }

    private async Task<Result<TopUp>> Submit(Actor actor, TopUpId id, CollectionChange change, Permission needs) =>
        (await posting.Submit(new ChangeCollection<TopUp>(actor, CollectionKind.TopUp, id.Value, change, shapes) { Needs = needs }))
            .Map(a => a.Value);
}

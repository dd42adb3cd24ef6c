using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Ui;
using Bursar.Rooms.Deposits.LedgerView;

namespace Bursar.Rooms.Deposits;

/// <summary>The deposit: balances, top-ups, the ledger's view.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(TopUp.Shape);
        services.AddSingleton(new NavItem("", 1, "Home", "home", "home", Permission.ViewTransactions));
        services.AddSingleton(new NavItem("Move money", 4, "My deposit", "deposit", "wallet", Permission.ViewTransactions));
        services.AddSingleton<TopUpReads>();
        services.AddSingleton<DepositReads>();
        services.AddSingleton<CreateTopUp>();
        services.AddSingleton<ChangeTopUp>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        CreateTopUp.Map(routes);
        ChangeTopUp.Map(routes);
        TopUpForms.Map(routes);
        LedgerRoutes.Map(routes);
        DayProofReport.Map(routes);
        routes.MapGet("/v1/balances", (HttpContext http, LedgerReads ledger) => Api.Call(http, async actor =>
            actor.Require(Permission.ViewTransactions) is { } denied
                ? denied
                : (Result<Listing<Platform.Ledger.Balance>>)new Listing<Platform.Ledger.Balance>(await ledger.Balances(actor.Book))))
            .Describe<Listing<Platform.Ledger.Balance>>("List balances");
        routes.MapGet("/v1/top-ups", (HttpContext http, TopUpReads reads) => Api.Call(http, actor => reads.List(actor,
            [.. http.Request.Query["state"].Select(s => Json.TryParse<CollectionState>(s, out var state) ? state : (CollectionState?)null)
                .OfType<CollectionState>()],
            http.Request.Query["cursor"],
            int.TryParse(http.Request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? Math.Clamp(limit, 1, 200) : 50)))
            .Describe<Page<TopUp>>("List top-ups",
                query: [QueryParameter.AnyOf<CollectionState>("state", "Only these states."), QueryParameter.Limit, QueryParameter.Cursor]);
        routes.MapGet("/v1/top-ups/{id}", (HttpContext http, string id, TopUpReads reads) => Api.Call(http, async actor =>
            TopUpId.TryParse(id, out var topUp) ? await reads.Get(actor, topUp) : Errors.Missing()))
            .Describe<TopUp>("Get a top-up");
    }

    /// <summary>Demo money, through the room's own verbs: a top-up that was paid.</summary>
    public static async Task MakeDemo(IServiceProvider services, Actor admin)
    {
        var topUp = await services.GetRequiredService<CreateTopUp>().Handle(
            admin, new CreateTopUp.Request(250_000_000, "bca", "First deposit"), Bodies.Bind("demo-top-up", "demo", new { }));
        Invariant.Hold(topUp.Ok);
        await services.GetRequiredService<ChangeTopUp>().Pay(admin, new ChangeTopUp.Payment(topUp.Value.Value.Id.ToString()));
    }
}

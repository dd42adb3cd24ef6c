using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts;

/// <summary>Money out: transfers to Indonesian banks, virtual accounts and e-wallets.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(Transfer.Shape);
        services.AddSingleton<TransferReads>();
        services.AddSingleton<TransferTrail>();
        services.AddSingleton<CreateTransfer>();
        services.AddSingleton<CancelTransfer>();
        services.AddSingleton<SimulateOutcome>();
        services.AddSingleton<TransferReview>();
        services.AddSingleton(new NavItem("Move money", 1, "Money transfer", "transfers", "send", Permission.ViewTransactions));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        CreateTransfer.Map(routes);
        CancelTransfer.Map(routes);
        TransferForms.Map(routes);
        TransferReport.Map(routes);
        SimulateOutcome.Map(routes);
        routes.MapGet("/v1/transfers", (HttpContext http, TransferReads reads, WorkspaceReads workspaces) => Api.Call(http, async actor =>
            await reads.List(actor, TransferQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))));
        routes.MapGet("/v1/transfers/{id}", (HttpContext http, string id, TransferReads reads) => Api.Call(http, async actor =>
            TransferId.TryParse(id, out var transfer) ? await reads.Get(actor, transfer) : Errors.Missing()));
        routes.MapGet("/v1/banks", ListBanks);
    }

    private static Task ListBanks(HttpContext http) =>
        Api.Call(http, actor => Task.FromResult<Result<Page<Bank>>>(new Page<Bank>(Banks.All, null)));
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Batches;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>Transfers to Indonesian banks, virtual accounts and e-wallets within the room of money out.</summary>
public static class TransferRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(GatheringTable.Guards(Transfer.Shape));
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
            await reads.List(actor, TransferQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<Transfer>>("List transfers", query: TransferQuery.Parameters);
        routes.MapGet("/v1/transfers/{id}", (HttpContext http, string id, TransferReads reads) => Api.Call(http, async actor =>
            TransferId.TryParse(id, out var transfer) ? await reads.Get(actor, transfer) : Errors.Missing()))
            .Describe<Transfer>("Get a transfer");
    }
}

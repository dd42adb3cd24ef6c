using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>Spend requests: asked, listed, traced, and every decision about money beside them.</summary>
public static class SpendRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(SpendRequest.Shape);
        services.AddSingleton<CreateSpendRequest>();
        services.AddSingleton<SpendReads>();
        services.AddSingleton<SpendViews>();
        services.AddSingleton<SpendTrail>();
        services.AddSingleton<DecisionReads>();
        services.AddSingleton(new NavItem("Agents", 5, "Logs", "logs", "list", Permission.ViewTransactions));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        CreateSpendRequest.Map(routes);
        SpendReport.Map(routes);
        routes.MapGet("/v1/spend-requests", (HttpContext http, SpendReads reads, WorkspaceReads workspaces) => Api.Call(http, async actor =>
            await reads.List(actor, SpendQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<SpendRequest>>("List spend requests", query: SpendQuery.Parameters);
        routes.MapGet("/v1/spend-requests/{id}", (HttpContext http, string id, SpendReads reads) =>
            Api.Call(http, actor => reads.Get(actor, id)))
            .Describe<SpendRequest>("Get a spend request");
        routes.MapGet("/v1/decisions", (HttpContext http, DecisionReads reads, WorkspaceReads workspaces) => Api.Call(http, async actor =>
            await reads.List(actor, DecisionQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<DecisionResource>>("List decisions about money", query: DecisionQuery.Parameters);
    }
}

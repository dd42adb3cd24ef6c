using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>Receipts and what is wrong with them.</summary>
public static class ReceiptRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<RecordReceipt>();
        services.AddSingleton<ReleaseSpend>();
        services.AddSingleton<AnomalyReads>();
        services.AddSingleton<ResolveAnomaly>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        RecordReceipt.Map(routes);
        ReleaseSpend.Map(routes);
        ResolveAnomaly.Map(routes);
        AnomalyForms.Map(routes);
        routes.MapGet("/v1/anomalies", (HttpContext http, AnomalyReads reads, WorkspaceReads workspaces) => Api.Call(http, async actor =>
            await reads.List(actor, AnomalyQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<AnomalyResource>>("List anomalies", query: AnomalyQuery.Parameters);
        routes.MapGet("/v1/anomalies/{id}", (HttpContext http, string id, AnomalyReads reads) => Api.Call(http, async actor =>
            AnomalyId.TryParse(id, out var anomaly) ? await reads.Get(actor, anomaly) : Errors.Missing()))
            .Describe<AnomalyResource>("Get an anomaly");
    }
}

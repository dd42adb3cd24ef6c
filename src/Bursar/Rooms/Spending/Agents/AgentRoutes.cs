using Bursar.Core.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>Agents and the switch that stops them.</summary>
public static class AgentRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AgentReads>();
        services.AddSingleton<FreezeAgents>();
        services.AddSingleton(new NavItem("Agents", 0, "Agents", "agents", "bot", Permission.ViewControls));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        FreezeAgents.Map(routes);
        AgentForms.Map(routes);
        routes.MapGet("/v1/agents", (HttpContext http, AgentReads reads) => Api.Call(http, actor =>
            reads.List(actor, http.Request.Query["cursor"], new QueryReader(http.Request.Query, TimeZoneInfo.Utc).Limit)))
            .Describe<Page<AgentResource>>("List agents", query: [QueryParameter.Limit, QueryParameter.Cursor]);
        routes.MapGet("/v1/agents/freeze", (HttpContext http, AgentReads reads) => Api.Call(http, reads.All))
            .Describe<AllAgents>("See whether all agents are frozen");
        routes.MapGet("/v1/agents/{id}", (HttpContext http, string id, AgentReads reads) => Api.Call(http, actor =>
            reads.Get(actor, FreezeAgents.Named(id))))
            .Describe<AgentResource>("Get an agent");
    }
}

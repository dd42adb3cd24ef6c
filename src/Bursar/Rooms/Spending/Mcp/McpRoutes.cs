using Bursar.Rooms.Spending.Agents;

namespace Bursar.Rooms.Spending.Mcp;

public static class McpRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<OwnBudget>();
        services.AddSingleton<AgentTools>();
        services.AddSingleton<McpEndpoint>();
    }

    /// <summary>Only POST: without sessions there is nothing to open a stream for (GET) and nothing to end (DELETE).</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        OwnBudget.Map(routes);
        routes.MapPost("/mcp", (HttpContext http, McpEndpoint endpoint) => endpoint.Handle(http));
    }
}

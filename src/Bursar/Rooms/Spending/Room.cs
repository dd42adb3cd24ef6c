using Bursar.Platform.Http;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Mcp;
using Bursar.Rooms.Spending.PolicyPages;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending;

/// <summary>Spend rules. Agents, handles and logs get their place here too.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        HandleRoutes.Add(services);
        services.AddSingleton(SpendRequest.Shape);
        services.AddSingleton<CreateSpendRequest>();
        services.AddSingleton<SpendReads>();
        PolicyRoutes.Add(services);
        SatRoutes.Add(services);
        McpRoutes.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        PolicyRoutes.Map(routes);
        HandleRoutes.Map(routes);
        CreateSpendRequest.Map(routes);
        SatRoutes.Map(routes);
        McpRoutes.Map(routes);
        routes.MapGet("/v1/spend-requests/{id}", (HttpContext http, string id, SpendReads reads) => Api.Call(http, actor => reads.Get(actor, id)))
            .Describe<SpendRequest>("Get a spend request");
    }
}

using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Mcp;
using Bursar.Rooms.Spending.PolicyPages;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending;

/// <summary>What agents spend: rules, handles, requests and their tokens, receipts, agents themselves.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        HandleRoutes.Add(services);
        AgentRoutes.Add(services);
        SpendRoutes.Add(services);
        ReceiptRoutes.Add(services);
        PolicyRoutes.Add(services);
        SatRoutes.Add(services);
        McpRoutes.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        PolicyRoutes.Map(routes);
        HandleRoutes.Map(routes);
        AgentRoutes.Map(routes);
        SpendRoutes.Map(routes);
        ReceiptRoutes.Map(routes);
        SatRoutes.Map(routes);
        McpRoutes.Map(routes);
    }
}

using Bursar.Core.Rails;
using Bursar.Rooms.Spending.Handles;

namespace Bursar.Rooms.Spending.Execution;

/// <summary>Paying what was allowed, and taking it back.</summary>
public static class ExecutionRoutes
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<IPayoutRail, ExecutorRail>()
        .AddSingleton<ExecuteSpend>()
        .AddSingleton<CancelSpend>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        ExecuteSpend.Map(routes);
        CancelSpend.Map(routes);
    }
}

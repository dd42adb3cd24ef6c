using Bursar.Platform.Http;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.PolicyPages;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending;

/// <summary>Spend rules. Agents, handles and logs get their place here too.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IFact>(HandleFacts.Instance);
        services.AddSingleton<IBookStart, FirstHandle>();
        services.AddSingleton(SpendRequest.Shape);
        services.AddSingleton<CreateSpendRequest>();
        services.AddSingleton<SpendReads>();
        PolicyRoutes.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        PolicyRoutes.Map(routes);
        CreateSpendRequest.Map(routes);
        routes.MapGet("/v1/spend-requests/{id}", (HttpContext http, string id, SpendReads reads) => Api.Call(http, actor => reads.Get(actor, id)))
            .Describe<SpendRequest>("Get a spend request");
    }
}

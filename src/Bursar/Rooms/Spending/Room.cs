using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Rooms.Spending.AgentCallbacks;
using Bursar.Rooms.Spending.Handles;
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
        services.AddSingleton<IConsumer, AgentCallbackConsumer>();
        SatRoutes.Add(services);
        services.AddSingleton(new NavItem("Agents", 1, "Policies", "agents/policies", "shield", Permission.ViewControls));
    }

    public static void AddWorkers(IServiceCollection services)
    {
        services.AddHostedService<TellAgents>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        HandleRoutes.Map(routes);
        PolicyForms.Map(routes);
        CreateSpendRequest.Map(routes);
        SatRoutes.Map(routes);
        routes.MapGet("/v1/spend-requests/{id}", (HttpContext http, string id, SpendReads reads) => Api.Call(http, actor => reads.Get(actor, id)))
            .Describe<SpendRequest>("Get a spend request");
        routes.MapGet("/v1/policies", (HttpContext http, Policies policies) => Api.Call(http, async actor =>
            (await policies.List(actor)).Map(list => new Page<Policy>(list, null))))
            .Describe<Page<Policy>>("List policies");
        routes.MapPost("/v1/policies", (HttpContext http, Policies policies) => Api.Call<PolicyFields, Policy>(http, policies.Create, 201))
            .Describe<PolicyFields, Policy>("Create a policy", Example, 201);
        routes.MapPatch("/v1/policies/{id}", (HttpContext http, string id, Policies policies) => Api.Call<PolicyFields, Policy>(http, (actor, fields) =>
            PolicyId.TryParse(id, out var policy) ? policies.Change(actor, policy, fields) : Task.FromResult<Result<Policy>>(Errors.Missing())))
            .Describe<PolicyFields, Policy>("Change a policy", Example);
        routes.MapDelete("/v1/policies/{id}", (HttpContext http, string id, Policies policies) => Api.Call(http, actor =>
            PolicyId.TryParse(id, out var policy) ? policies.Archive(actor, policy) : Task.FromResult<Result<Policy>>(Errors.Missing())))
            .Describe<Policy>("Archive a policy");
    }

    private static readonly PolicyFields Example = new("Agents", MaxSingleAmount: 500_000, DailyLimit: 2_000_000, RequireApprovalOver: 250_000);
}

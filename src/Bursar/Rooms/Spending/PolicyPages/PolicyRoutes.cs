using System.Globalization;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>/v1/policies and its pages.</summary>
public static class PolicyRoutes
{
    private static readonly PolicyFields Example = new(
        "Agents", MaxSingleAmount: 500_000, DailyLimit: 2_000_000, RequireApprovalOver: 250_000, ApprovalTiers: [new(400_000, 2)]);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IConsumer, CapWarningConsumer>();
        services.AddSingleton<PolicyChoices>();
        services.AddSingleton<TestPolicies>();
        services.AddSingleton<ReplayPolicies>();
        services.AddSingleton(new NavItem("Agents", 1, "Policies", "agents/policies", "shield", Permission.ViewControls));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        PolicyForms.Map(routes);
        TestPolicies.Map(routes);
        ReplayPolicies.Map(routes);
        MapReads(routes);
        MapWrites(routes);
    }

    private static void MapReads(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/policies", (HttpContext http, PolicyReads policies) => Api.Call(http, async actor =>
            (await policies.List(actor, http.Request.Query["archived"] == "true")).Map(list => new Page<PolicyResource>(list, null))))
            .Describe<Page<PolicyResource>>("List policies",
                query: new QueryParameter("archived", typeof(bool), "true lists those that were put away instead."));
        routes.MapGet("/v1/policies/{id}", (HttpContext http, string id, PolicyReads policies) => Api.Call(http, actor =>
            Named(id, policy => policies.Get(actor, policy))))
            .Describe<PolicyResource>("Get a policy");
        routes.MapGet("/v1/policies/{id}/versions", (HttpContext http, string id, PolicyReads policies) => Api.Call(http, async actor =>
            (await Named(id, policy => policies.Versions(actor, policy))).Map(list => new Listing<PolicyVersion>(list))))
            .Describe<Listing<PolicyVersion>>("List a policy's versions");
    }

    private static void MapWrites(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/policies", (HttpContext http, Policies policies) =>
            Api.Call<PolicyFields, PolicyResource>(http, policies.Create, 201))
            .Describe<PolicyFields, PolicyResource>("Create a policy", Example, 201);
        routes.MapPatch("/v1/policies/{id}", (HttpContext http, string id, Policies policies) =>
            Api.Call<JsonObject, PolicyResource>(http, (actor, change) => Named(id, policy =>
                policies.Change(actor, policy, fields => Bodies.Merge(fields, change)))))
            .Describe<PolicyFields, PolicyResource>("Change a policy: what is absent stays, null clears", Example);
        routes.MapDelete("/v1/policies/{id}", (HttpContext http, string id, Policies policies) => Api.Call(http, actor =>
            Named(id, policy => policies.Archive(actor, policy))))
            .Describe<PolicyResource>("Archive a policy");
        routes.MapPost("/v1/policies/{id}/versions/{version}/restoration",
            (HttpContext http, string id, string version, Policies policies) => Api.Call(http, actor =>
                Named(id, policy => policies.Restore(actor, policy, VersionOf(version)))))
            .Describe<PolicyResource>("Restore a version of a policy, as a new one");
    }

    /// <summary>The version that a path names; 0, which no version has, for anything else.</summary>
    public static int VersionOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    /// <summary>Calls with the policy's id, or tells that there is none of this name.</summary>
    public static Task<Result<T>> Named<T>(string id, Func<PolicyId, Task<Result<T>>> call) =>
        PolicyId.TryParse(id, out var policy) ? call(policy) : Task.FromResult<Result<T>>(Errors.Missing());
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Developers;

/// <summary>What a system needs to talk to Bursar: keys, webhook endpoints, deliveries, the event feed.</summary>
public static class Room
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton(new NavItem("Workspace", 3, "Developer", "developers", "code", Permission.ManageApi));

    public static void Map(IEndpointRouteBuilder routes)
    {
        DeveloperForms.Map(routes);
        WebhookRoutes.Map(routes);
        routes.MapGet("/v1/api-keys", (HttpContext http, ApiKeys keys) => Api.Call(http, async actor =>
            (await keys.List(actor)).Map(list => new Page<ApiKeyResource>(list, null))))
            .Describe<Page<ApiKeyResource>>("List API keys");
        routes.MapPost("/v1/api-keys", (HttpContext http, ApiKeys keys) => Api.Call<NewApiKey, ApiKeyResource>(http, keys.Create, 201))
            .Describe<NewApiKey, ApiKeyResource>("Create an API key", new NewApiKey("Shop", KeyScope.Full), 201);
        routes.MapDelete("/v1/api-keys/{id}", (HttpContext http, string id, ApiKeys keys) => Api.Call(http, actor =>
            ApiKeyId.TryParse(id, out var key) ? keys.Revoke(actor, key) : Task.FromResult<Result<ApiKeyResource>>(Errors.Missing())))
            .Describe<ApiKeyResource>("Revoke an API key");
    }
}

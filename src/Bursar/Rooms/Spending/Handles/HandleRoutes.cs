using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>What payment handles add to the room: services, /v1/handles, their page.</summary>
public static class HandleRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IFact>(HandleFacts.Instance);
        services.AddSingleton<IBookStart, FirstHandle>();
        services.AddSingleton<HandleReads>();
        services.AddSingleton<HandleCheck>();
        services.AddSingleton<HandleChanges>();
        services.AddSingleton<HandleHealthCheck>();
        services.AddSingleton<ExecutorCall>();
        services.AddSingleton(new NavItem("Agents", 2, "Payment handles", "agents/handles", "wallet", Permission.ManageApi));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        HandleForms.Map(routes);
        routes.MapGet("/v1/handles", (HttpContext http, HandleReads reads) => Api.Call(http, async actor =>
            (await reads.List(actor)).Map(list => new Page<Handle>(list, null))))
            .Describe<Page<Handle>>("List payment handles");
        routes.MapPost("/v1/handles", (HttpContext http, HandleChanges changes) => Api.Call<NewHandle, Handle>(http, changes.Create, 201))
            .Describe<NewHandle, Handle>("Create a payment handle", Example, 201);
        routes.MapGet("/v1/handles/{id}", (HttpContext http, string id, HandleReads reads) =>
            Api.Call(http, actor => WithId(id, handle => reads.Get(actor, handle))))
            .Describe<Handle>("Get a payment handle");
        routes.MapPatch("/v1/handles/{id}", (HttpContext http, string id, HandleChanges changes) =>
            Api.Call<HandleChange, Handle>(http, (actor, change) => WithId(id, handle => changes.Change(actor, handle, change))))
            .Describe<HandleChange, Handle>("Change a payment handle", new HandleChange(IsDefault: true));
        routes.MapDelete("/v1/handles/{id}", (HttpContext http, string id, HandleChanges changes) =>
            Api.Call(http, actor => WithId(id, handle => changes.Archive(actor, handle))))
            .Describe<Handle>("Archive a payment handle");
        routes.MapPost("/v1/handles/{id}/health-check", (HttpContext http, string id, HandleHealthCheck check) =>
            Api.Call(http, actor => WithId(id, handle => check.Handle(actor, handle))))
            .Describe<Handle>("Check an executor");
        routes.MapPost("/v1/handles/{id}/secret-rotation", (HttpContext http, string id, HandleChanges changes) =>
            Api.CallWithOptions<SigningSecretRotation, Handle>(http, (actor, options) =>
                WithId(id, handle => changes.RotateSecret(actor, handle, options))))
            .Describe<SigningSecretRotation, Handle>("Rotate a signing secret", new SigningSecretRotation(), optional: true);
    }

    private static Task<Result<Handle>> WithId(string id, Func<HandleId, Task<Result<Handle>>> verb) =>
        HandleId.TryParse(id, out var handle) ? verb(handle) : Task.FromResult<Result<Handle>>(Errors.Missing());

    private static readonly NewHandle Example =
        new("Our backend", HandleType.ExternalExecutor, "https://pay.example.com/bursar", "your-own-token", IsDefault: true);
}

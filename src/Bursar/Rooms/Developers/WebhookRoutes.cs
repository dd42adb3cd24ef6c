using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Http;
using Bursar.Platform.Webhooks;

namespace Bursar.Rooms.Developers;

/// <summary>/v1/webhook-endpoints, /v1/webhook-verifications, /v1/deliveries, /v1/events and /v1/validation-token.</summary>
public static class WebhookRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/webhook-endpoints", (HttpContext http, Endpoints endpoints) => Api.Call(http, async actor =>
            (await endpoints.List(actor)).Map(list => new Page<EndpointResource>(list, null))))
            .Describe<Page<EndpointResource>>("List webhook endpoints");
        routes.MapPost("/v1/webhook-endpoints", (HttpContext http, Endpoints endpoints) =>
            Api.Call<NewEndpoint, EndpointResource>(http, endpoints.Create, 201))
            .Describe<NewEndpoint, EndpointResource>(
                "Create a webhook endpoint", new NewEndpoint("https://shop.example.com/bursar", ["transfer.*"]), 201);
        routes.MapGet("/v1/webhook-endpoints/{id}", (HttpContext http, string id, Endpoints endpoints) =>
            Api.Call(http, actor => WithId(id, endpoint => endpoints.Get(actor, endpoint))))
            .Describe<EndpointResource>("Get a webhook endpoint");
        routes.MapPatch("/v1/webhook-endpoints/{id}", (HttpContext http, string id, Endpoints endpoints) =>
            Api.Call<EndpointChange, EndpointResource>(http, (actor, change) =>
                WithId(id, endpoint => endpoints.Change(actor, endpoint, change))))
            .Describe<EndpointChange, EndpointResource>("Change a webhook endpoint", new EndpointChange(State: "paused"));
        routes.MapDelete("/v1/webhook-endpoints/{id}", (HttpContext http, string id, Endpoints endpoints) =>
            Api.Call(http, actor => WithId(id, endpoint => endpoints.Remove(actor, endpoint))))
            .Describe<EndpointResource>("Remove a webhook endpoint");
        routes.MapPost("/v1/webhook-endpoints/{id}/secret-rotation", (HttpContext http, string id, Endpoints endpoints) =>
            Api.CallWithOptions<SecretRotation, EndpointResource>(http, (actor, options) => WithId(id, endpoint =>
                endpoints.RotateSecret(actor, endpoint, options))))
            .Describe<SecretRotation, EndpointResource>("Rotate a webhook secret", new SecretRotation(), optional: true);
        routes.MapPost("/v1/webhook-endpoints/{id}/test", (HttpContext http, string id, Endpoints endpoints) =>
            Api.Call(http, actor => WithId(id, endpoint => endpoints.SendTest(actor, endpoint)), 202))
            .Describe<DeliveryResource>("Send a test event", 202);
        routes.MapPost("/v1/webhook-endpoints/{id}/diagnosis", (HttpContext http, string id, WebhookDoctor doctor) =>
            Api.Call(http, actor => WithId(id, endpoint => doctor.Examine(actor, endpoint, http.RequestAborted))))
            .Describe<DoctorReport>("Examine a webhook endpoint");
        routes.MapPost("/v1/webhook-verifications", (HttpContext http, WebhookDoctor doctor) =>
            Api.Call<PastedWebhook, PastedReport>(http, doctor.Verify))
            .Describe<PastedWebhook, PastedReport>(
                "Verify a pasted webhook", new PastedWebhook(default, "evt_1", "1795250451", "v1,c2lnbmF0dXJl", "{}"));
        routes.MapGet("/v1/deliveries", ListDeliveries)
            .Describe<Page<DeliveryResource>>("List deliveries", query:
            [
                new("state", typeof(string), "queued, delivered, retrying or exhausted."),
                new("endpointId", typeof(WebhookEndpointId), "Only to this endpoint."),
                new("eventType", typeof(string), "Only this type of event."), QueryParameter.Limit, QueryParameter.Cursor,
            ]);
        routes.MapPost("/v1/deliveries/resend", (HttpContext http, Deliveries deliveries) =>
            Api.Call<ResendRange, Resent>(http, deliveries.ResendAll, 202))
            .Describe<ResendRange, Resent>(
                "Resend a range of deliveries", new ResendRange(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)), 202);
        routes.MapGet("/v1/deliveries/{id}", (HttpContext http, string id, Deliveries deliveries) => Api.Call(http, actor =>
            DeliveryId.TryParse(id, out var delivery)
                ? deliveries.Get(actor, delivery) : Task.FromResult<Result<DeliveryResource>>(Errors.Missing())))
            .Describe<DeliveryResource>("Get a delivery");
        routes.MapPost("/v1/deliveries/{id}/resend", (HttpContext http, string id, Deliveries deliveries) => Api.Call(http, actor =>
            DeliveryId.TryParse(id, out var delivery)
                ? deliveries.Resend(actor, delivery) : Task.FromResult<Result<DeliveryResource>>(Errors.Missing()), 202))
            .Describe<DeliveryResource>("Resend a delivery", 202);
        routes.MapGet("/v1/events", Feed)
            .Describe<Page<WebhookEvent>>("List events", query:
                [new("after", typeof(long), "The nextCursor, or the sequence of the last event you have."), QueryParameter.Limit]);
        routes.MapGet("/v1/validation-token", (HttpContext http, ValidationTokens tokens) => Api.Call(http, tokens.Get))
            .Describe<ValidationToken>("Get the validation token");
        routes.MapPost("/v1/validation-token", (HttpContext http, ValidationTokens tokens) => Api.Call(http, tokens.Change, 201))
            .Describe<ValidationToken>("Change the validation token", 201);
    }

    private static Task<Result<T>> WithId<T>(string id, Func<WebhookEndpointId, Task<Result<T>>> verb) =>
        WebhookEndpointId.TryParse(id, out var endpoint) ? verb(endpoint) : Task.FromResult<Result<T>>(Errors.Missing());

    private static Task ListDeliveries(HttpContext http, Deliveries deliveries) => Api.Call(http, async actor =>
    {
        var query = http.Request.Query;
        WebhookEndpointId? endpoint = null;
        if (Text(query, "endpointId") is { } given)
        {
            // A filter that names nothing must not list everything.
            if (!WebhookEndpointId.TryParse(given, out var id)) return new Page<DeliveryResource>([], null);
            endpoint = id;
        }
        var page = await deliveries.List(actor, new DeliveryQuery
        {
            States = [.. query["state"].OfType<string>().Take(10)],
            Endpoint = endpoint,
            EventType = Text(query, "eventType"),
            Cursor = query["cursor"],
            Limit = Limit(query),
        });
        return page.Map(p => new Page<DeliveryResource>(p.Rows, p.Next));
    });

    private static async Task Feed(HttpContext http, Callers callers, Deliveries deliveries)
    {
        var actor = await callers.Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        if (!long.TryParse(http.Request.Query["after"].ToString() is { Length: > 0 } text
            ? text : "0", NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            await Problems.Write(http, new Error(Errors.InvalidParameter, "after is a sequence.")
            { Fields = [new("after", "invalid", "A number.")] });
            return;
        }
        var feed = await deliveries.Feed(actor.Value, after, Limit(http.Request.Query));
        if (!feed.Ok) { await Problems.Write(http, feed.Error); return; }
        var next = feed.Value.Next is { } cursor ? $"\"{cursor}\"" : "null";
        await Api.WriteJson(http, 200, $$"""{"data":[{{string.Join(',', feed.Value.Events)}}],"nextCursor":{{next}}}""");
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    internal static int Limit(IQueryCollection query) =>
        int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 1, 200) : 50;
}

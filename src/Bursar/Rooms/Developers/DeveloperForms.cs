using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Webhooks;

namespace Bursar.Rooms.Developers;

/// <summary>The room's forms; each ends in the verb that the API calls too.</summary>
public static class DeveloperForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("developers/keys", NewKey);
        routes.MapForm("developers/keys/{id}/revocation", Revoke);
        routes.MapForm("developers/callbacks", SaveCallback);
        routes.MapForm("developers/callbacks/{id}", ChangeCallback);
        routes.MapForm("developers/deliveries/{id}/resend", Resend);
    }

    private static async Task NewKey(PagePost post)
    {
        var scope = Json.TryParse<KeyScope>(post.Text("scope"), out var given) ? given : KeyScope.Read;
        var made = await Get<ApiKeys>(post).Create(post.Actor, new NewApiKey(post.Text("name"), scope));
        if (made.Ok) await ShowOnce<KeysPage>(post, made.Value);
        else await post.Again<KeysPage>(made.Error);
    }

    private static async Task Revoke(PagePost post)
    {
        var revoked = ApiKeyId.TryParse(Id(post), out var id) ? await Get<ApiKeys>(post).Revoke(post.Actor, id) : Errors.Missing();
        if (revoked.Ok) await post.Done("developers", "Key revoked");
        else await post.Again<KeysPage>(revoked.Error);
    }

    private static async Task SaveCallback(PagePost post)
    {
        var product = post.Text("product");
        var url = post.Text($"url-{product}");
        var endpoints = Get<Endpoints>(post);
        var list = await endpoints.List(post.Actor);
        var known = list.Ok ? list.Value.FirstOrDefault(e => e.Product == product) : null;
        var saved = (known, url) switch
        {
            (null, _) => await endpoints.Create(post.Actor, new NewEndpoint(url, null, product)),
            (_, "") => await endpoints.Remove(post.Actor, known.Id),
            _ => await endpoints.Change(post.Actor, known.Id, new EndpointChange(Url: url)),
        };
        if (!saved.Ok) await post.Again<CallbacksPage>(saved.Error);
        else if (saved.Value.Secret is not null) await ShowOnce<CallbacksPage>(post, saved.Value);
        else await post.Done("developers/callbacks", "Callback URL saved");
    }

    private static async Task ChangeCallback(PagePost post)
    {
        if (!WebhookEndpointId.TryParse(Id(post), out var id)) { await PageDoor.ShowError(post.Http, Errors.Missing()); return; }
        var endpoints = Get<Endpoints>(post);
        var verb = post.Text("verb");
        if (verb == "test")
        {
            var sent = await endpoints.SendTest(post.Actor, id);
            if (sent.Ok) await post.Done($"developers/deliveries/{sent.Value.Id}", "Test sent");
            else await post.Again<CallbacksPage>(sent.Error);
            return;
        }
        var done = verb switch
        {
            "rotate" => await endpoints.RotateSecret(post.Actor, id, new SecretRotation()),
            "pause" => await endpoints.Change(post.Actor, id, new EndpointChange(State: "paused")),
            "resume" => await endpoints.Change(post.Actor, id, new EndpointChange(State: "active")),
            "remove" => await endpoints.Remove(post.Actor, id),
            _ => Errors.Missing(),
        };
        if (!done.Ok) await post.Again<CallbacksPage>(done.Error);
        else if (verb == "rotate") await ShowOnce<CallbacksPage>(post, done.Value);
        else await post.Done("developers/callbacks", "Saved");
    }

    private static async Task Resend(PagePost post)
    {
        var sent = DeliveryId.TryParse(Id(post), out var id) ? await Get<Deliveries>(post).Resend(post.Actor, id) : Errors.Missing();
        if (sent.Ok) await post.Done("developers/deliveries", "Sent again");
        else await PageDoor.ShowError(post.Http, sent.Error);
    }

    /// <summary>A secret is the answer to the post itself: it is in no URL and no cookie, and a reload does not show it again.</summary>
    private static Task ShowOnce<TPage>(PagePost post, object made) => PageDoor.Show(post.Http, typeof(TPage), new() { ["Made"] = made });

    private static T Get<T>(PagePost post) where T : notnull => post.Http.RequestServices.GetRequiredService<T>();

    private static string Id(PagePost post) => post.Http.Request.RouteValues["id"]!.ToString()!;
}

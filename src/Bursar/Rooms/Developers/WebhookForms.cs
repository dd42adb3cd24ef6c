using System.Globalization;
using Bursar.Core.Results;
using Bursar.Platform.Pages;
using Bursar.Platform.Webhooks;

namespace Bursar.Rooms.Developers;

/// <summary>The forms about endpoints, deliveries and the doctor.</summary>
public static class WebhookForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("developers/callbacks", SaveCallback);
        routes.MapForm("developers/callbacks/token", ChangeToken);
        routes.MapForm("developers/callbacks/{id}", ChangeCallback);
        routes.MapForm("developers/callbacks/{id}/rotation", Rotate);
        routes.MapForm("developers/deliveries/resend", ResendRange);
        routes.MapForm("developers/deliveries/{id}/resend", Resend);
        routes.MapForm("developers/webhook-doctor", Examine);
        routes.MapForm("developers/webhook-doctor/verification", Verify);
    }

    private static async Task SaveCallback(PagePost post)
    {
        var saved = post.TextOrNull("product") is { } product
            ? await post.Get<ProductCallbacks>().Save(post.Actor, product, post.Text($"url-{product}"))
            : await post.Get<Endpoints>().Create(post.Actor, new NewEndpoint(post.Text("url"), post.Lines("events")));
        if (!saved.Ok) await post.Again<CallbacksPage>(saved.Error);
        else if (saved.Value.Secret is not null) await post.ShowOnce<CallbacksPage>("Made", saved.Value);
        else await post.Done("developers/callbacks", "Callback URL saved");
    }

    private static async Task ChangeToken(PagePost post)
    {
        var changed = await post.Get<ValidationTokens>().Change(post.Actor);
        if (changed.Ok) await post.ShowOnce<CallbacksPage>("NewToken", changed.Value.Token!);
        else await post.Again<CallbacksPage>(changed.Error);
    }

    private static async Task ChangeCallback(PagePost post)
    {
        if (!WebhookEndpointId.TryParse(post.Id, out var id)) { await PageDoor.ShowError(post.Http, Errors.Missing()); return; }
        var endpoints = post.Get<Endpoints>();
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
            "pause" => await endpoints.Change(post.Actor, id, new EndpointChange(State: "paused")),
            "resume" => await endpoints.Change(post.Actor, id, new EndpointChange(State: "active")),
            "remove" => await endpoints.Remove(post.Actor, id),
            _ => Errors.Missing(),
        };
        if (done.Ok) await post.Done("developers/callbacks", "Saved");
        else await post.Again<CallbacksPage>(done.Error);
    }

    private static async Task Rotate(PagePost post)
    {
        var hours = post.TextOrNull("overlapHours") ?? post.Text($"overlapHours-{post.Id}");
        var rotation = int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? new SecretRotation { OverlapHours = given } : new();
        var rotated = WebhookEndpointId.TryParse(post.Id, out var id)
            ? await post.Get<Endpoints>().RotateSecret(post.Actor, id, rotation) : Errors.Missing();
        if (rotated.Ok) await post.ShowOnce<CallbacksPage>("Made", rotated.Value);
        else await post.Again<CallbacksPage>(rotated.Error);
    }

    private static async Task Resend(PagePost post)
    {
        var sent = DeliveryId.TryParse(post.Id, out var id) ? await post.Get<Deliveries>().Resend(post.Actor, id) : Errors.Missing();
        if (sent.Ok) await post.Done($"developers/deliveries/{id}", "Sent again");
        else await PageDoor.ShowError(post.Http, sent.Error);
    }

    private static async Task ResendRange(PagePost post)
    {
        if (Day(post, "from") is not { } from || Day(post, "to") is not { } to)
        {
            await post.Again<DeliveriesPage>(Errors.Field("/from", "invalid", "Two days, as 2026-12-31."));
            return;
        }
        WebhookEndpointId? endpoint = WebhookEndpointId.TryParse(post.Text("endpointId"), out var id) ? id : null;
        var zone = post.Page.Zone;
        var sent = await post.Get<Deliveries>().ResendAll(post.Actor,
            new ResendRange(zone.Start(from), zone.Start(to.AddDays(1)), endpoint, [post.Text("states")]));
        if (sent.Ok)
            await post.Done("developers/deliveries", sent.Value.More
                ? $"{sent.Value.Count} sent again; there are more" : $"{sent.Value.Count} sent again");
        else await post.Again<DeliveriesPage>(sent.Error);
    }

    private static async Task Examine(PagePost post)
    {
        var report = WebhookEndpointId.TryParse(post.Text("endpointId"), out var id)
            ? await post.Get<WebhookDoctor>().Examine(post.Actor, id, post.Http.RequestAborted) : Errors.Missing();
        if (report.Ok) await Show(post, "Report", report.Value);
        else await post.Again<WebhookDoctorPage>(report.Error);
    }

    private static async Task Verify(PagePost post)
    {
        var report = WebhookEndpointId.TryParse(post.Text("endpointOfMessage"), out var id)
            ? await post.Get<WebhookDoctor>().Verify(post.Actor,
            new PastedWebhook(id, post.Text("id"), post.Text("timestamp"), post.Text("signature"),
                // A browser sends line ends of a text area as CR LF; what was signed has none outside of strings.
                post.Form["body"].ToString().ReplaceLineEndings("\n").Trim('\n'), post.TextOrNull("secret")))
            : Errors.Missing();
        if (report.Ok) await Show(post, "Pasted", report.Value);
        else await post.Again<WebhookDoctorPage>(report.Error);
    }

    /// <summary>The answer to a form that changes nothing: the page with the result, and what was typed.</summary>
    private static Task Show(PagePost post, string parameter, object value)
    {
        post.Page.Posted = post.Form;
        return PageDoor.Show(post.Http, typeof(WebhookDoctorPage), new() { [parameter] = value });
    }

    private static DateOnly? Day(PagePost post, string name) =>
        DateOnly.TryParseExact(post.Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 2000 and <= 2200 ? day : null;
}

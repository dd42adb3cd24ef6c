using Bursar.Platform.Data;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>What people say of an anomaly, and of a spend that was not paid.</summary>
public static class AnomalyForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("anomalies/{id}/resolution", Resolve);
        routes.MapForm("logs/{id}/release", Release);
    }

    private static async Task Resolve(PagePost post)
    {
        var state = Json.TryParse<AnomalyState>(post.Text("state"), out var given) ? given : AnomalyState.Open;
        var done = await post.Get<ResolveAnomaly>().Handle(post.Actor, post.Id, new(state, post.Text("note")));
        if (done.Ok) await post.Done(post.TextOrNull("back") ?? "anomalies", state == AnomalyState.Explained ? "Explained" : "Dismissed");
        else await post.Again<AnomalyList>(done.Error, new() { ["Refused"] = post.Id });
    }

    private static async Task Release(PagePost post)
    {
        var done = await post.Get<ReleaseSpend>().Handle(post.Actor, post.Id, new(post.Text("note")));
        if (done.Ok) await post.Done($"logs/{post.Id}", "Its budget is free again");
        else await post.Again<Requests.SpendTrace>(done.Error);
    }
}

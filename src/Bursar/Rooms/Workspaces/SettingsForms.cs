using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Bursar.Platform.Webhooks;
using Microsoft.AspNetCore.Components;

namespace Bursar.Rooms.Workspaces;

/// <summary>The forms of the workspace's settings; each changes its own part.</summary>
public static class SettingsForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("settings/workspace/name", post => Save(post, new WorkspaceChange(Name: post.Text("name")), "name"));
        routes.MapForm("settings/workspace/company", post => Save(post, new WorkspaceChange(Profile: new CompanyProfile(
            post.Text("profile.legalName"), post.Text("profile.address"), post.Text("profile.taxNumber"), post.Text("profile.contactEmail"),
            post.Text("profile.contactPhone"))), "company"));
        routes.MapForm("settings/workspace/settlement", post => Save(post, new WorkspaceChange(SettlementAccount:
            new NewSettlementAccount(post.Text("settlementAccount.bankCode"), post.Text("settlementAccount.accountNumber"))),
                "settlement"));
        routes.MapForm("settings/workspace/duties", post =>
            Save(post, new WorkspaceChange(SeparationOfDuties: post.Text("on") == "true"), "duties"));
        routes.MapForm("settings/workspace/money-codes", post =>
            Save(post, new WorkspaceChange(PageMoneyNeedsCode: post.Text("on") == "true"), "money-codes"));
        routes.MapForm("settings/workspace/api-approval", post =>
            Save(post, new WorkspaceChange(ApiTransfersNeedApproval: post.Text("on") == "true"), "api-approval"));
        routes.MapForm("settings/workspace/api-twins", post =>
            Save(post, new WorkspaceChange(ApiTwinsNeedApproval: post.Text("on") == "true"), "api-twins"));
        routes.MapForm("settings/time", Time);
        routes.MapForm("settings/notifications", Notifications);
        routes.MapForm("settings/notifications/webhook", SaveWebhook);
        routes.MapForm("settings/notifications/webhook/test", TestWebhook);
    }

    private static Task Save(PagePost post, WorkspaceChange change, string form) =>
        Save<WorkspacePage>(post, change, "settings/workspace", new() { ["Refused"] = form });

    private static async Task Time(PagePost post)
    {
        if (!Json.TryParse<DateOrder>(post.Text("time.dateOrder"), out var order)
            || !Json.TryParse<WeekStart>(post.Text("time.weekStart"), out var week))
        {
            await post.Again<TimePage>(Errors.Field("/time/dateOrder", "invalid", "Choose one."));
            return;
        }
        var format = new TimeFormat(order, post.Text("time.hours") == "12" ? 12 : 24, week);
        await Save<TimePage>(post, new WorkspaceChange(Zone: post.Text("zone"), Time: format, Language: post.Text("language")),
            "settings/time");
    }

    private static async Task Notifications(PagePost post)
    {
        long alert = 0;
        if (post.TextOrNull("lowDepositAlert") is { } typed)
        {
            if (!MoneyInput.TryParse(typed, Currency.Idr, out var money))
            {
                await post.Again<NotificationsPage>(Errors.Field("/lowDepositAlert", "invalid", "An amount in whole rupiah."));
                return;
            }
            alert = money.Minor;
        }
        await Save<NotificationsPage>(post, new WorkspaceChange(NotificationEmail: post.Text("notificationEmail"), LowDepositAlert: alert),
            "settings/notifications");
    }

    private static async Task SaveWebhook(PagePost post)
    {
        if (post.Actor.Require(Permission.AccountSettings) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var saved = await post.Get<ProductCallbacks>().Save(post.Actor, NotificationsPage.Product, post.Text("url"));
        if (!saved.Ok) await post.Again<NotificationsPage>(saved.Error, new() { ["Refused"] = "webhook" });
        else if (saved.Value.Secret is not null) await post.ShowOnce<NotificationsPage>("Made", saved.Value);
        else await post.Done("settings/notifications", "Saved");
    }

    /// <summary>The answer to the post is the page with what the receiver said.</summary>
    private static async Task TestWebhook(PagePost post)
    {
        if (post.Actor.Require(Permission.AccountSettings) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var tested = await post.Get<ProductCallbacks>().Test(post.Actor, NotificationsPage.Product, post.Http.RequestAborted);
        if (tested.Ok) await PageDoor.Show(post.Http, typeof(NotificationsPage), new() { ["Tested"] = tested.Value });
        else await post.Again<NotificationsPage>(tested.Error, new() { ["Refused"] = "webhook" });
    }

    private static async Task Save<TPage>(
        PagePost post, WorkspaceChange change, string path, Dictionary<string, object>? with = null) where TPage : IComponent
    {
        var saved = await post.Http.RequestServices.GetRequiredService<WorkspaceSettings>().Change(post.Actor, change);
        if (saved.Ok) await post.Done(path, "Saved");
        else await post.Again<TPage>(saved.Error, with);
    }
}

using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Workspaces;

/// <summary>The forms of one's own sign-in: password, second step, sessions.</summary>
public static class SecurityForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOwnForm("settings/security/password", ChangePassword);
        routes.MapOwnForm("settings/security/second-step", Begin);
        routes.MapOwnForm("settings/security/second-step/code", Confirm);
        routes.MapOwnForm("settings/security/second-step/removal", Disable);
        routes.MapOwnForm("settings/security/recovery-codes", RenewCodes);
        routes.MapOwnForm("settings/security/sessions/{id}/end", EndSession);
        routes.MapOwnForm("settings/security/sessions/end", EndAll);
    }

    private static async Task ChangePassword(PagePost post)
    {
        var session = await post.Session();
        var changed = await Get<Profiles>(post).ChangePassword(session, post.Page.Me, post.Form["currentPassword"].ToString(),
            post.Form["newPassword"].ToString(),
            SignInForms.CallerOf(post.Http));
        if (!changed.Ok) { await post.Again<SecurityPage>(changed.Error); return; }
        Room.SetCookie(post.Http, changed.Value);
        await post.Done("settings/security", "Password changed. Your other sessions have ended");
    }

    private static async Task Begin(PagePost post)
    {
        var begun = await Get<SecondFactors>(post).Begin(post.Page.Me);
        if (begun.Ok) post.Http.Response.Redirect(post.Page.To("settings/security/second-step"));
        else await post.Again<SecurityPage>(begun.Error);
    }

    private static async Task Confirm(PagePost post)
    {
        var codes = await Get<SecondFactors>(post).Confirm(post.Page.Me, post.Text("code"));
        if (codes.Ok) await ShowCodes(post, codes.Value);
        else await post.Again<SecondStepPage>(codes.Error);
    }

    private static async Task RenewCodes(PagePost post)
    {
        var codes = await Get<SecondFactors>(post).RenewRecoveryCodes(post.Page.Me);
        if (codes.Ok) await ShowCodes(post, codes.Value);
        else await post.Again<SecurityPage>(codes.Error);
    }

    private static async Task Disable(PagePost post)
    {
        var disabled = await Get<SecondFactors>(post).Disable(post.Page.Me);
        if (disabled.Ok) await post.Done("settings/security", "The second step is off");
        else await post.Again<SecurityPage>(disabled.Error);
    }

    private static async Task EndSession(PagePost post)
    {
        var ended = await SessionRoutes.EndOne(post.Page.Me, post.Http.Request.RouteValues["id"]!.ToString()!, Get<OwnAccount>(post));
        // Ended meanwhile is what was wanted too.
        if (ended.Ok || ended.Error.Code == Errors.NotFound) await post.Done("settings/security", "Session ended");
        else await post.Again<SecurityPage>(ended.Error);
    }

    private static async Task EndAll(PagePost post)
    {
        var ended = await SessionRoutes.EndAll(post.Page.Me, Get<OwnAccount>(post));
        if (ended.Ok) SignInForms.Leave(post.Http);
        else await post.Again<SecurityPage>(ended.Error);
    }

    /// <summary>
    /// The codes are the answer to the post itself: they are in no URL and no cookie, and a reload does not show them again.
    /// </summary>
    private static Task ShowCodes(PagePost post, IReadOnlyList<string> codes) =>
        PageDoor.Show(post.Http, typeof(SecondStepPage), new() { ["Codes"] = codes });

    private static T Get<T>(PagePost post) where T : notnull => post.Http.RequestServices.GetRequiredService<T>();
}

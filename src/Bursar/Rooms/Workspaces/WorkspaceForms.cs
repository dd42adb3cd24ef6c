using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>A person who belongs to several workspaces chooses after the password, and may change over at any time.</summary>
public static class WorkspaceForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/workspaces", (RequestDelegate)Choose);
        routes.MapPost("/switch-workspace", (RequestDelegate)SwitchPosted);
    }

    /// <summary>
    /// Where a sign-in leads: an operator to the desk, a person of several workspaces to the choice, others where they wanted.
    /// </summary>
    public static string After(SignedIn answer, string? returnUrl)
    {
        if (answer.WorkspaceId is null) return "/operator/applications";
        var wanted = UiSetup.LocalOr(returnUrl, "/test/home");
        return answer.Workspaces.Count > 1 ? "/workspaces?returnUrl=" + Uri.EscapeDataString(wanted) : wanted;
    }

    /// <summary>Takes the session over to the workspace; false when its person is no member there.</summary>
    public static async Task<bool> Go(HttpContext http, Session session, WorkspaceId to)
    {
        var cookie = await http.RequestServices.GetRequiredService<Memberships>()
            .Switch(session, to, Callers.Peer(http), http.Request.Headers.UserAgent.ToString());
        if (cookie is null) return false;
        Room.SetCookie(http, cookie);
        return true;
    }

    private static async Task Choose(HttpContext http)
    {
        if (await Session(http) is not { } session) return;
        http.Response.Headers.CacheControl = "no-store";
        await PageDoor.Show(http, typeof(WorkspacesPage), new()
        {
            ["Choices"] = await http.RequestServices.GetRequiredService<Memberships>().Of(session.Person),
            ["ReturnUrl"] = UiSetup.LocalOr(http.Request.Query["returnUrl"].ToString(), "/test/home"),
        });
    }

    private static async Task SwitchPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form || await Session(http) is not { } session) return;
        var known = WorkspaceId.TryParse(form["workspaceId"].ToString(), out var to);
        if (known && (to == session.Workspace || await Go(http, session, to)))
            http.Response.Redirect(UiSetup.LocalOr(form["returnUrl"].ToString(), "/test/home"));
        else http.Response.StatusCode = 404;
    }

    private static async Task<Session?> Session(HttpContext http)
    {
        var session = await http.RequestServices.GetRequiredService<Sessions>().Of(http);
        if (session is null) http.Response.Redirect("/sign-in");
        return session;
    }
}

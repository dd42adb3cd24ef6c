using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>
/// The answer to an invitation, by page and by API. A new person chooses name and password and is signed in; one who has an account
/// joins, and signs in as they are used to, with everything that their account asks for.
/// </summary>
public static class JoinForms
{
    /// <summary>Without a token there is no session yet: the person signs in first.</summary>
    public sealed record Response(MemberId MemberId, WorkspaceId WorkspaceId, Core.Access.Role Role, string? CsrfToken);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/invitations/acceptance", (Delegate)AcceptCalled)
            .Describe<Acceptance, Response>("Accept an invitation",
                new Acceptance("the link's last part", "Grace Maker", "a long password"), 201, isPublic: true);
        routes.MapPost("/invite/{token}", (RequestDelegate)AcceptPosted).BeforePages();
    }

    private static async Task AcceptCalled(HttpContext http)
    {
        var request = await Bodies.Read<Acceptance>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var joined = await Accept(http, request.Value);
        if (!joined.Ok) { await Problems.Write(http, joined.Error); return; }
        string? csrf = null;
        if (joined.Value.IsNew)
        {
            var cookie = await Start(http, joined.Value);
            Room.SetCookie(http, cookie);
            csrf = Sessions.Csrf(cookie);
        }
        await Api.WriteJson(http, 201, Json.Write(new Response(joined.Value.MemberId, joined.Value.WorkspaceId, joined.Value.Role, csrf)));
    }

    private static async Task AcceptPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var token = http.GetRouteValue("token")?.ToString() ?? "";
        var joined = await Accept(http, new Acceptance(token, form["name"].ToString().Trim(), form["password"].ToString()));
        if (!joined.Ok)
        {
            var page = http.RequestServices.GetRequiredService<PageContext>();
            (page.Error, page.Posted) = (joined.Error, form);
            http.Response.StatusCode = joined.Error.Code.Status;
            await PageDoor.Show(http, typeof(InvitePage), new() { ["Token"] = token });
            return;
        }
        var sessions = http.RequestServices.GetRequiredService<Sessions>();
        var open = await sessions.Of(http);
        if (joined.Value.IsNew)
        {
            await sessions.End(http);
            Room.SetCookie(http, await Start(http, joined.Value));
            http.Response.Redirect("/test/home");
        }
        else if (open?.Person == joined.Value.Person && await WorkspaceForms.Go(http, open, joined.Value.WorkspaceId))
        {
            Flash.Write(http, "You have joined");
            http.Response.Redirect("/test/home");
        }
        else
        {
            Flash.Write(http, "You have joined. Sign in to go on");
            http.Response.Redirect("/sign-in");
        }
    }

    private static Task<Result<Joined>> Accept(HttpContext http, Acceptance request) =>
        http.RequestServices.GetRequiredService<Invitations>().Accept(request, Callers.Peer(http), RequestIds.Of(http));

    private static Task<string> Start(HttpContext http, Joined joined) => http.RequestServices.GetRequiredService<Sessions>()
        .Start(joined.Person, joined.WorkspaceId, joined.MemberId.Value, Callers.Peer(http), http.Request.Headers.UserAgent.ToString());
}

using System.Reflection;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bursar.Platform.Pages;

/// <summary>
/// The door of every page below /test and /live: no session → sign-in; the wrong role → 403 that names the permission; else the page's
/// context, so that pages and the frame know who looks. Runs after routing.
/// </summary>
public static class PageDoor
{
    public static void UsePages(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/operator"))
        {
            if (await Operator(http)) await next(http);
            return;
        }
        if (ModeOf(http.Request.Path) is not { } mode)
        {
            await next(http);
            return;
        }
        var page = http.RequestServices.GetRequiredService<PageContext>();
        if (await http.RequestServices.GetRequiredService<Sessions>().Of(http) is not { } session)
        {
            ToSignIn(http);
            return;
        }
        // Here and not in Fill: what an awaited method says of the language is forgotten when it ends.
        Language.Current = Language.Find(session.Reading.Language) ?? Language.English;
        await Fill(http, page, session, mode);
        http.Response.Headers.CacheControl = "no-store";
        if (mode == Mode.Live && !session.LiveActive)
        {
            await ShowError(http, new Error(Errors.PermissionDenied,
                "Live mode opens when the operator activates it. Test mode works now."));
            return;
        }
        if (Needed(http) is { } needs && page.Actor!.Require(needs) is { } denied)
        {
            await ShowError(http, denied);
            return;
        }
        await next(http);
    });

    /// <summary>The door of the operator's console: their session, or the way to sign in. False when the answer is written.</summary>
    private static async Task<bool> Operator(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (await http.RequestServices.GetRequiredService<OperatorSessions>().Of(http) is not { } session)
        {
            // A member has nothing to look for here, not even the news that something is here.
            if (await http.RequestServices.GetRequiredService<Sessions>().Of(http) is null) ToSignIn(http);
            else await ShowError(http, Errors.Missing());
            return false;
        }
        var page = http.RequestServices.GetRequiredService<PageContext>();
        page.Operator = new Self(session.Person, session.Id, session.Proved, null, Callers.Peer(http), RequestIds.Of(http));
        (page.IsOperator, page.MemberName, page.RoleName) = (true, session.Name, Words.OperatorConsole);
        return true;
    }

    private static void ToSignIn(HttpContext http)
    {
        var back = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : "";
        http.Response.Redirect(back.Length == 0 ? "/sign-in" : "/sign-in?returnUrl=" + Uri.EscapeDataString(back));
    }

    /// <summary>The error page: what happened in one sentence, the request id, two ways on.</summary>
    public static Task ShowError(HttpContext http, Error error)
    {
        http.Items[Frame.ErrorItem] = error;
        http.Response.StatusCode = error.Code.Status;
        var page = http.RequestServices.GetRequiredService<PageContext>();
        return Show(http, page.Book is null && !page.IsOperator ? typeof(PublicErrorPage) : typeof(ErrorPage),
            new() { ["Error"] = error, ["RequestId"] = RequestIds.Of(http).ToString() });
    }

    /// <summary>Renders one page in its layout, whatever the route is.</summary>
    public static Task Show(HttpContext http, Type page, Dictionary<string, object>? with = null)
    {
        var left = http.Response.Headers.Keys.Where(k => k.StartsWith("blazor-", StringComparison.OrdinalIgnoreCase)).ToList();
        if (left.Count > 0) BeginAgain(http, left);
        var parameters = new Dictionary<string, object?> { ["Only"] = page, ["With"] = with };
        Answer(http, http.Response.StatusCode);
        return new RazorComponentResult<App>(parameters).ExecuteAsync(http);
    }

    /// <summary>Gives a rendered page its status at the last moment: the framework renders no body for one that is a 404 already.</summary>
    public static void Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = 200;
        http.Response.OnStarting(() =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// A page that failed while it rendered has used up its scope and left headers: the next one gets a scope of its own.
    /// </summary>
    private static void BeginAgain(HttpContext http, List<string> left)
    {
        foreach (var header in left) http.Response.Headers.Remove(header);
        var known = http.RequestServices.GetRequiredService<PageContext>();
        var scope = http.RequestServices.CreateScope();
        http.Response.RegisterForDispose(scope);
        scope.ServiceProvider.GetRequiredService<PageContext>().Take(known);
        http.RequestServices = scope.ServiceProvider;
    }

    private static async Task Fill(HttpContext http, PageContext page, Session session, Mode mode)
    {
        var actor = session.Actor(mode, Callers.Peer(http), RequestIds.Of(http));
        page.Actor = actor;
        Refusals.Remember(http, actor);
        page.Book = actor.Book;
        page.WorkspaceName = session.WorkspaceName;
        page.MemberName = session.Name;
        page.RoleName = Words.Role(session.Role);
        page.May = session.Permissions;
        page.Zone = DisplayZone.Of(session.Zone);
        page.DutiesTogether = !session.SeparationOfDuties;
        page.PhoneUnconfirmed = session.PhoneUnconfirmed;
        page.Times = new TimeFormat(Json.Parse<DateOrder>(session.Reading.DateOrder), session.Reading.Hours,
            Json.Parse<WeekStart>(session.Reading.WeekStart));
        page.LiveBlocked = session.LiveActive ? null : "Live mode opens when the operator activates it";
        page.OtherWorkspaces = [.. (await http.RequestServices.GetRequiredService<Memberships>().Of(session.Person))
            .Where(w => w.Id != session.Workspace).Select(w => new Ui.WorkspaceChoice(w.Id.ToString(), w.Name))];
        if (actor.May(Permission.ViewControls))
            page.PendingApprovals = (int)await http.RequestServices.GetRequiredService<Database>().One<long>(actor.Book,
                """
                select (select count(*) from (
                        select 1 from approvals where workspace_id = @workspace and mode = @mode and state = 'pending'
                            and batch_id is null limit 1000) x)
                    + (select count(distinct batch_id) from approvals
                        where workspace_id = @workspace and mode = @mode and state = 'pending' and batch_id is not null)
                """,
                new { workspace = actor.Book.Workspace.Value, mode = (short)mode });
    }

    private static Permission? Needed(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is { } page ? NeedsOf(page.Type) : null;

    public static Permission? NeedsOf(Type page) => page.GetCustomAttribute<NeedsAttribute>()?.Permission;

    public static Mode? ModeOf(PathString path) =>
        path.StartsWithSegments("/test") ? Mode.Test : path.StartsWithSegments("/live") ? Mode.Live : null;
}

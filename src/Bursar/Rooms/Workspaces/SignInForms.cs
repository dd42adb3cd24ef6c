using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>Sign-in and sign-out by form, and the way home.</summary>
public static class SignInForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext _) => Results.LocalRedirect("/test/home"));
        routes.MapGet("/{mode:regex(^(live|test)$)}", (string mode) => Results.LocalRedirect($"/{mode}/home"));
        routes.MapPost("/sign-in", (RequestDelegate)SignInPosted).BeforePages();
        routes.MapPost("/sign-in/code", (RequestDelegate)CodePosted).BeforePages();
        routes.MapPost("/sign-out", (RequestDelegate)SignOutPosted);
    }

    public static Caller CallerOf(HttpContext http) => new(Callers.Peer(http), http.Request.Headers.UserAgent.ToString(),
        RequestIds.Of(http));

    private static async Task SignInPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var signIn = http.RequestServices.GetRequiredService<SignIn>();
        var email = form["email"].ToString();
        var answer = await signIn.Handle(new SignInRequest(email, form["password"].ToString()), CallerOf(http));
        if (answer.Ok) Enter(http, form, answer.Value);
        else if (answer.Error.Code == Errors.OtpRequired) await Again<SignInCodePage>(http, form, null, await signIn.Ticket(email));
        else await Again<SignInPage>(http, form, answer.Error);
    }

    private static async Task CodePosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var ticket = form["ticket"].ToString();
        var answer = await http.RequestServices.GetRequiredService<SignIn>().HandleSecondStep(ticket, form["code"].ToString(),
            CallerOf(http));
        if (answer.Ok) Enter(http, form, answer.Value);
        else if (answer.Error.Code == Errors.Expired) await Again<SignInPage>(http, form, answer.Error);
        else await Again<SignInCodePage>(http, form, answer.Error, ticket);
    }

    private static void Enter(HttpContext http, IFormCollection form, (SignedIn Answer, string Cookie) entered)
    {
        Room.SetCookie(http, entered.Cookie);
        http.Response.Redirect(WorkspaceForms.After(entered.Answer, form["returnUrl"].ToString()));
    }

    /// <summary>The step again, or the next one, with what was typed.</summary>
    private static Task Again<TPage>(HttpContext http, IFormCollection form, Error? error, string? ticket = null)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        page.Error = error;
        page.Posted = form;
        http.Response.StatusCode = error is null ? 200 : 422;
        http.Response.Headers.CacheControl = "no-store";
        return PageDoor.Show(http, typeof(TPage), ticket is null ? null : new() { ["Ticket"] = ticket });
    }

    private static async Task SignOutPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is null) return;
        await http.RequestServices.GetRequiredService<Sessions>().End(http);
        Leave(http);
    }

    /// <summary>The session of this browser has ended: its cookie goes too.</summary>
    public static void Leave(HttpContext http)
    {
        http.Response.Cookies.Delete(http.Request.IsHttps ? Sessions.SecureCookie : Sessions.Cookie,
            new CookieOptions { Path = "/", Secure = http.Request.IsHttps });
        http.Response.Redirect("/sign-in");
    }
}

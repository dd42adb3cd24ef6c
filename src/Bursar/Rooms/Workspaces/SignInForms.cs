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
        routes.MapPost("/sign-out", (RequestDelegate)SignOutPosted);
    }

    private static async Task SignInPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var answer = await http.RequestServices.GetRequiredService<SignIn>().Handle(new SignInRequest(form["email"].ToString(), form["password"].ToString()),
            Callers.Peer(http), http.Request.Headers.UserAgent.ToString());
        var page = http.RequestServices.GetRequiredService<PageContext>();
        if (!answer.Ok)
        {
            page.Error = answer.Error;
            page.Posted = form;
            http.Response.StatusCode = 422;
            await PageDoor.Show(http, typeof(SignInPage));
            return;
        }
        Room.SetCookie(http, answer.Value.Cookie);
        http.Response.Redirect(WorkspaceForms.After(answer.Value.Answer, form["returnUrl"].ToString()));
    }

    private static async Task SignOutPosted(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is null) return;
        await http.RequestServices.GetRequiredService<Sessions>().End(http);
        http.Response.Cookies.Delete(http.Request.IsHttps ? Sessions.SecureCookie : Sessions.Cookie, new CookieOptions { Path = "/", Secure = http.Request.IsHttps });
        http.Response.Redirect("/sign-in");
    }
}

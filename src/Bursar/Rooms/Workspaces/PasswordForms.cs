using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>Forgotten password: ask for a link, choose a new one by it. Both are for people without a session.</summary>
public static class PasswordForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/forgotten-password", (RequestDelegate)Asked).BeforePages();
        routes.MapPost("/new-password/{token}", (RequestDelegate)Chosen).BeforePages();
    }

    private static async Task Asked(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var refused = await Links(http).Ask(form["email"].ToString(), Callers.Peer(http));
        if (refused is null) await PageDoor.Show(http, typeof(ForgottenPasswordPage), new() { ["Sent"] = true });
        else await Again<ForgottenPasswordPage>(http, form, refused);
    }

    private static async Task Chosen(HttpContext http)
    {
        if (await PageForms.ReadForm(http) is not { } form) return;
        var token = http.Request.RouteValues["token"]!.ToString()!;
        var used = await Links(http).Use(token, form["password"].ToString(), SignInForms.CallerOf(http));
        if (!used.Ok) { await Again<NewPasswordPage>(http, form, used.Error, new() { ["Token"] = token }); return; }
        Flash.Write(http, "Your password is changed. Sign in with it");
        SignInForms.Leave(http);
    }

    private static Task Again<TPage>(HttpContext http, IFormCollection form, Error error, Dictionary<string, object>? with = null)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        page.Error = error;
        page.Posted = form;
        http.Response.StatusCode = error.Code.Status;
        return PageDoor.Show(http, typeof(TPage), with);
    }

    private static PasswordLinks Links(HttpContext http) => http.RequestServices.GetRequiredService<PasswordLinks>();
}

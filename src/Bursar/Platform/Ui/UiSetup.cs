using System.Text.Encodings.Web;
using System.Text.Unicode;
using Bursar.Platform.Languages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bursar.Platform.Ui;

/// <summary>The three calls that a host makes: services, middleware, routes.</summary>
public static class UiSetup
{
    private const string ThemeCookie = "bursar_theme";
    private const string LanguageCookie = "bursar_language";

    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery();
        services.TryAddSingleton(TimeProvider.System);
        // Without this every letter outside ASCII becomes a numeric entity; WebEncoderOptions does not reach components.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddScoped<PageContext>();
        services.AddCascadingValue(provider => provider.GetRequiredService<PageContext>());
        return services;
    }

    /// <summary>
    /// The chosen theme, the one-shot text, the mode-less parts of the page context. Comes before the middleware
    /// that knows the session and fills the rest.
    /// </summary>
    public static IApplicationBuilder UseUi(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/v1")) Language.Current = Chosen(context);
        if (IsPageRequest(context))
        {
            var page = context.RequestServices.GetRequiredService<PageContext>();
            page.Theme = context.Request.Cookies[ThemeCookie] switch { "light" => Theme.Light, "dark" => Theme.Dark, _ => Theme.System };
            page.Here = HttpMethods.IsGet(context.Request.Method)
                ? context.Request.Path + context.Request.QueryString
                : context.Request.Path;
            page.Section = Section(context.Request.Path.Value ?? "");
            // A part of a page that is fetched anew has no place for the text; the next whole page has.
            if (HttpMethods.IsGet(context.Request.Method) && !context.Request.Headers.ContainsKey("X-Swap"))
                page.Flash = Flash.Take(context);
        }
        return next(context);
    });

    public static IEndpointRouteBuilder MapUi(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/assets/{**file}", ["GET", "HEAD"], SiteFiles.Serve);
        routes.MapPost("/preferences/theme", ChooseTheme);
        routes.MapPost("/preferences/language", ChooseLanguage);
        return routes;
    }

    /// <summary>Only a path of this site may be returned to: no scheme, no host, no backslash.</summary>
    public static string LocalOr(string? back, string otherwise) =>
        back is ['/', ..] && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\') && !back.Any(char.IsControl)
            ? back : otherwise;

    /// <summary>Before anybody has signed in: what was chosen in this browser, else what the browser asks for.</summary>
    private static Language Chosen(HttpContext context) =>
        Language.Find(context.Request.Cookies[LanguageCookie])
        ?? (context.Request.Headers.AcceptLanguage.ToString().StartsWith("id", StringComparison.OrdinalIgnoreCase)
            ? Language.Indonesian
            : Language.English);

    private static IResult ChooseTheme(HttpContext context, [FromForm] string? theme, [FromForm] string? back) =>
        Keep(context, ThemeCookie, theme is "light" or "dark" ? theme : null, back);

    private static IResult ChooseLanguage(HttpContext context, [FromForm] string? language, [FromForm] string? back) =>
        Keep(context, LanguageCookie, Language.Find(language)?.Code, back);

    private static IResult Keep(HttpContext context, string cookie, string? value, string? back)
    {
        var options = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = TimeSpan.FromDays(365),
            IsEssential = true,
        };
        if (value is not null) context.Response.Cookies.Append(cookie, value, options);
        else context.Response.Cookies.Delete(cookie, options);
        return Results.LocalRedirect(LocalOr(back, "/"));
    }

    // The API, the assets and the event streams need none of this, and a stream must not swallow the one-shot text.
    private static bool IsPageRequest(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/v1") && !context.Request.Path.StartsWithSegments("/assets")
        && (HttpMethods.IsPost(context.Request.Method)
            || context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal));

    private static string Section(string path)
    {
        var parts = path.Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        return parts is ["live" or "test", .. var rest] ? string.Join('/', rest).TrimEnd('/') : path.Trim('/');
    }
}

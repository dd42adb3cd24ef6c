using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Features;

namespace Bursar.Platform.Pages;

/// <summary>A form that a signed-in member posted, with its antiforgery token already checked.</summary>
public sealed record PagePost(HttpContext Http, IFormCollection Form, PageContext Page)
{
    public Actor Actor => Page.Actor!;

    /// <summary>The session that posts, a member's or an operator's.</summary>
    public async Task<PersonSession> Session() =>
        (PersonSession?)await Get<Sessions>().Of(Http) ?? (await Get<OperatorSessions>().Of(Http))!;

    /// <summary>Why what was shown on the step-up page does not do.</summary>
    public Error? ProofProblem { get; set; }

    public string Text(string name) => Form[name].ToString().Trim();

    public string? TextOrNull(string name) => Text(name) is { Length: > 0 } text ? text : null;

    /// <summary>The lines of a text area, without the empty ones.</summary>
    public IReadOnlyList<string> Lines(string name) =>
        Text(name).Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The <c>{id}</c> of the form's path.</summary>
    public string Id => Http.Request.RouteValues["id"]!.ToString()!;

    public T Get<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>A secret is the answer to the post itself: it is in no URL and no cookie, and a reload does not show it again.</summary>
    public Task ShowOnce<TPage>(string parameter, object made) where TPage : IComponent =>
        PageDoor.Show(Http, typeof(TPage), new() { [parameter] = made });

    /// <summary>The hidden key of the form: pressing twice is one effect, as it is for the API.</summary>
    public IdempotencyKey Key(object request) =>
        Bodies.Bind(TextOrNull("idempotencyKey") is { Length: <= 100 } key ? key : Guid.CreateVersion7().ToString("N"),
            $"POST {Http.Request.Path}", request);

    /// <summary>Success: says so once, and goes where the result can be seen.</summary>
    public Task Done(string path, Phrase flash)
    {
        Flash.Write(Http, flash);
        Http.Response.Redirect(UiSetup.LocalOr(Page.To(path), Page.To("home")));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Refused: the same page again, with what was typed and why it does not go; or the page that asks for a password or code first.
    /// </summary>
    public Task Again<TPage>(Error error, Dictionary<string, object>? with = null) where TPage : IComponent
    {
        if (error.Code == Errors.OtpRequired) return StepUpForm.Ask(this, error);
        if (error.Code.Status == 403 && error.Code != Errors.SelfApprovalForbidden) return PageDoor.ShowError(Http, error);
        // Whoever may not see the page does not see it, or what is missing on it, by posting to it.
        if (Page.Actor is not null && PageDoor.NeedsOf(typeof(TPage)) is { } needs && Actor.Require(needs) is { } denied)
            return PageDoor.ShowError(Http, denied);
        if (error.Code.Status == 404) return PageDoor.ShowError(Http, error);
        Page.Error = error;
        Page.Posted = Form;
        Http.Response.StatusCode = error.Code.Status;
        return PageDoor.Show(Http, typeof(TPage), with);
    }
}

public static class PageForms
{
    /// <summary>
    /// A POST of a page form at /{mode}/<paramref name="path"/>; every unsafe call carries the antiforgery token.
    /// <paramref name="bodyMax"/>: bytes of a form with files, where they may be more than is usual.
    /// </summary>
    public static IEndpointConventionBuilder MapForm(
        this IEndpointRouteBuilder routes, string path, Func<PagePost, Task> handle, long? bodyMax = null) =>
        routes.MapPost("/{mode:regex(^(live|test)$)}/" + path, (RequestDelegate)(async http =>
        {
            if (bodyMax is { } most)
            {
                // Said here: whoever reads the token would only find a form that ends too early.
                if (http.Request.ContentLength > most) { await PageDoor.ShowError(http, Problems.Of(413)); return; }
                http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = most;
            }
            if (await ReadForm(http) is not { } form) return;
            var post = new PagePost(http, form, http.RequestServices.GetRequiredService<PageContext>());
            await StepUpForm.Take(post);
            await handle(post);
        })).BeforePages();

    /// <summary>The same at /operator/<paramref name="path"/>; the post has no actor, because an operator belongs to no book.</summary>
    public static IEndpointConventionBuilder MapOperatorForm(this IEndpointRouteBuilder routes, string path, Func<PagePost, Task> handle) =>
        routes.MapPost("/operator/" + path, (RequestDelegate)(async http =>
        {
            if (await ReadForm(http) is not { } form) return;
            var post = new PagePost(http, form, http.RequestServices.GetRequiredService<PageContext>());
            await StepUpForm.Take(post);
            await handle(post);
        })).BeforePages();

    /// <summary>A form of one's own account, at both: whose it is says <see cref="PageContext.Me"/>.</summary>
    public static void MapOwnForm(this IEndpointRouteBuilder routes, string path, Func<PagePost, Task> handle)
    {
        routes.MapForm(path, handle);
        routes.MapOperatorForm(path, handle);
    }

    /// <summary>A page's own route takes POST too; a form's endpoint at the same path goes first.</summary>
    public static IEndpointConventionBuilder BeforePages(this IEndpointConventionBuilder endpoint)
    {
        endpoint.Add(builder => ((RouteEndpointBuilder)builder).Order = -1);
        return endpoint;
    }

    /// <summary>The posted form, or null after the refusal of one without a valid token was written.</summary>
    public static async Task<IFormCollection?> ReadForm(HttpContext http)
    {
        try
        {
            await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
            return await http.Request.ReadFormAsync();
        }
        catch (AntiforgeryValidationException)
        {
            await PageDoor.ShowError(http,
                new Error(Errors.CsrfTokenInvalid,
                    "This form is too old or was not ours. Nothing was done: go back, reload and try again."));
            return null;
        }
        catch (InvalidDataException)
        {
            await PageDoor.ShowError(http, Problems.Of(413));
            return null;
        }
    }
}

using Bursar.Core.Results;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator;

/// <summary>What the list of applications posts.</summary>
public static class ApplicationForms
{
    private const string Home = "/operator/applications";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/operator", (HttpContext _) => Results.LocalRedirect(Home));
        routes.MapOperatorForm("applications/{id}/approval", post => Decide(post, async (applications, desk, id) =>
            (await applications.Approve(desk, id)).Map(a => $"{a.Business} is in. The invitation is on its way to {a.Email}")));
        routes.MapOperatorForm("applications/{id}/refusal", post => Decide(post, async (applications, desk, id) =>
            (await applications.Refuse(desk, id, post.TextOrNull("note"))).Map(a => $"{a.Business} was refused")));
        routes.MapOperatorForm("applications/{id}/invitation", post => Decide(post, async (applications, desk, id) =>
            (await applications.Resend(desk, id)).Map(m => $"A new invitation is on its way to {m.Email}")));
        routes.MapOperatorForm("applications/{id}/live", post => Decide(post, async (applications, desk, id) =>
            (await applications.ActivateLive(desk, id)).Map(name => $"Live mode of {name} is open")));
    }

    private static async Task Decide(PagePost post, Func<Applications, Desk, ApplicationId, Task<Result<string>>> decide)
    {
        var applications = post.Http.RequestServices.GetRequiredService<Applications>();
        var desk = Desk.Of(post);
        var done = ApplicationId.TryParse(post.Http.GetRouteValue("id")?.ToString(), out var id)
            ? await decide(applications, desk, id) : Errors.Missing();
        if (done.Ok) await post.Done(post.Text("state") is "approved" and var state ? $"{Home}?state={state}" : Home, done.Value);
        else await post.Again<ApplicationsPage>(done.Error);
    }
}

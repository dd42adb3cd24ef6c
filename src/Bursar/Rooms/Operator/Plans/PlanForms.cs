using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator.Plans;

/// <summary>What the pages about plans post. What a plan allows decides whether agents may spend: it asks for the operator's password.</summary>
public static class PlanForms
{
    private const string Home = "/operator/plans";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("plans", Make);
        routes.MapOperatorForm("plans/{name}", Change);
        routes.MapOperatorForm("plans/{name}/end", End);
        routes.MapOperatorForm("plans/{name}/move", Move);
    }

    private static async Task Make(PagePost post)
    {
        var made = Asks(post, "make a plan") is { } unproved ? unproved
            : await post.Get<KeepPlans>().Make(Desk.Of(post), Read(post, post.Text("name")));
        if (made.Ok) await post.Done($"{Home}/{made.Value.Name}", $"The plan {PlanText.Title(made.Value.Name)} is made");
        else await post.Again<PlanList>(made.Error);
    }

    private static async Task Change(PagePost post)
    {
        var name = Name(post);
        var changed = Asks(post, $"change the plan {name}") is { } unproved ? unproved
            : await post.Get<KeepPlans>().Change(Desk.Of(post), Read(post, name), Number(post, "version") ?? 0);
        if (changed.Ok) await post.Done($"{Home}/{name}", "Saved. It holds from this moment on");
        else await post.Again<PlanDesk>(changed.Error);
    }

    private static async Task End(PagePost post)
    {
        var name = Name(post);
        var ended = await post.Get<PlanDeskReads>().Find(name) is not { } plan ? Errors.Missing()
            : Asks(post, $"end the plan {name}") is { } unproved ? unproved
            : await post.Get<KeepPlans>().End(Desk.Of(post), plan.Limits);
        if (ended.Ok) await post.Done(Home, $"The plan {PlanText.Title(name)} has ended");
        else await post.Again<PlanDesk>(ended.Error);
    }

    private static async Task Move(PagePost post)
    {
        var to = post.Text("plan");
        var moved = !WorkspaceId.TryParse(post.Text("workspace"), out var workspace) ? Errors.Missing()
            : Asks(post, "move a workspace to another plan") is { } unproved ? unproved
            : await post.Get<KeepPlans>().Move(Desk.Of(post), workspace, to);
        if (moved.Ok) await post.Done($"{Home}/{Name(post)}", $"{moved.Value} has the plan {PlanText.Title(to)} now");
        else await post.Again<PlanDesk>(moved.Error);
    }

    private static Plan Read(PagePost post, string name) => new(name, Number(post, "policiesMax"), Number(post, "keysMax"),
        Number(post, "evaluationsPerDay"), Number(post, "usdPerMonth") ?? 0);

    /// <summary>Nothing is no limit; what is no number is out of every range.</summary>
    private static int? Number(PagePost post, string name) => post.TextOrNull(name) is not { } text ? null
        : int.TryParse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : -1;

    private static Error? Asks(PagePost post, Phrase act) => post.Page.Operator!.Require(Proof.Password, act);

    private static string Name(PagePost post) => post.Http.Request.RouteValues["name"]!.ToString()!;
}

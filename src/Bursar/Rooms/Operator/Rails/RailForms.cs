using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator.Rails;

/// <summary>What the pages about rails post. What decides where money goes asks for the operator's password; suspending does not.</summary>
public static class RailForms
{
    private const string Home = "/operator/rails";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("rails", Make);
        routes.MapOperatorForm("rails/routes", Route);
        routes.MapOperatorForm("rails/{name}/secrets", ReplaceSecrets);
        routes.MapOperatorForm("rails/{name}/suspension", post => Suspend(post, suspended: true));
        routes.MapOperatorForm("rails/{name}/resumption", post => Suspend(post, suspended: false));
    }

    private static async Task Make(PagePost post)
    {
        var setup = post.Get<RailSetup>();
        if (setup.Adapter(post.Text("adapter")) is not { } adapter || !Json.TryParse<Mode>(post.Text("mode"), out var mode))
        {
            await post.Again<RailList>(Errors.Missing());
            return;
        }
        var made = Asks(post, $"set up the rail {adapter.Name}-{post.Text("label")}") is { } unproved ? unproved
            : await setup.Make(Desk.Of(post), mode, adapter, post.Text("label"), post.Text);
        if (!made.Ok) await post.Again<NewRail>(made.Error, new() { ["Adapter"] = adapter.Name });
        else if (made.Value.Secrets.Count > 0) await post.ShowOnce<RailList>("Made", made.Value);
        else await post.Done(Home, $"{made.Value.Rail} is set up. Choose what goes through it");
    }

    private static async Task Route(PagePost post)
    {
        var chosen = new List<(Mode, Core.Policies.DisbursementKind, string?)>();
        foreach (var mode in Enum.GetValues<Mode>())
            foreach (var kind in RailSetup.Kinds)
                if (RailWords.Field(mode, kind) is var field && post.Form.ContainsKey(field))
                    chosen.Add((mode, kind, post.TextOrNull(field)));
        var problem = Asks(post, "choose which rails carry payments");
        foreach (var (mode, kind, rail) in chosen)
            if (problem is null && await post.Get<RailSetup>().Route(mode, kind, rail) is { Ok: false } refused) problem = refused.Error;
        await post.Get<LiveBankStatuses>().WeighAgain(post.Page.MemberName, post.Page.Operator!.Person);
        if (problem is null) await post.Done(Home, "Saved");
        else await post.Again<RailList>(problem);
    }

    private static async Task ReplaceSecrets(PagePost post)
    {
        var name = Name(post);
        var made = Asks(post, $"replace the secrets of {name}") is { } unproved ? unproved
            : await post.Get<RailSetup>().ReplaceSecrets(name);
        if (made.Ok) await post.ShowOnce<RailList>("Made", made.Value);
        else await post.Again<RailList>(made.Error);
    }

    private static async Task Suspend(PagePost post, bool suspended)
    {
        var done = await post.Get<RailSetup>().Suspend(Desk.Of(post), Name(post), suspended);
        if (!done.Ok) await post.Again<RailList>(done.Error);
        else await post.Done(Home, suspended ? $"Nothing new goes through {done.Value}" : (Phrase)$"{done.Value} carries payments again");
    }

    private static Error? Asks(PagePost post, Phrase act) => post.Page.Operator!.Require(Proof.Password, act);

    private static string Name(PagePost post) => post.Http.Request.RouteValues["name"]!.ToString()!;
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Operator.Rates;

/// <summary>What the pages about live rates post. What decides at which price money is sold asks for the operator's password.</summary>
public static class RateForms
{
    public const string Home = "/operator/rates";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("rates", Set);
        routes.MapOperatorForm("rates/withdrawal", Withdraw);
        routes.MapOperatorForm("rates/destinations/{country}", Serve);
    }

    private static async Task Set(PagePost post)
    {
        var asked = new SetPrices.Rate(
            post.Text("currency"), post.Text("rate"), post.Text("hours"), post.TextOrNull("sure") is not null);
        var set = Asks(post, $"set the rate of {asked.Currency}") is { } unproved ? unproved
            : await post.Get<SetPrices>().Set(Desk.Of(post), asked);
        if (set.Ok) await post.Done(Home, $"{RateText.Of(set.Value.Currency, set.Value.Rate.ToString())} from now on");
        else await post.Again<RatePage>(set.Error);
    }

    /// <summary>Stopping to sell is never held up by a question.</summary>
    private static async Task Withdraw(PagePost post)
    {
        var ended = await post.Get<SetPrices>().Withdraw(Desk.Of(post), post.Text("currency"));
        if (ended.Ok) await post.Done(Home, $"{ended.Value.Currency} is not sold any more");
        else await post.Again<RatePage>(ended.Error);
    }

    private static async Task Serve(PagePost post)
    {
        var country = post.Http.Request.RouteValues["country"]!.ToString()!;
        var served = Asks(post, $"change the terms of {country}") is { } unproved ? unproved
            : await post.Get<SetPrices>().Serve(Desk.Of(post), country, post.Text, post.TextOrNull("isActive") is not null,
                post.TextOrNull("all") is not null);
        if (served.Ok) await post.Done($"{Home}?show=destinations", "Saved");
        else await post.Again<TermsPage>(served.Error, new() { ["Country"] = country });
    }

    private static Error? Asks(PagePost post, Phrase act) => post.Page.Operator!.Require(Proof.Password, act);
}

using Bursar.Core.Results;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Deposits;

/// <summary>What the top-up pages post.</summary>
public static class TopUpForms
{
    public static readonly long[] Presets = [1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("deposit/top-up", Create);
        routes.MapForm("deposit/top-ups/{id}/confirmation", post
            => Change(post, new CollectionChange.Confirm(post.Text("viaAtm") == "true"),
            "Thank you. We look for your transfer"));
        routes.MapForm("deposit/top-ups/{id}/cancellation", post => Change(post, new CollectionChange.Cancel(), "Top-up cancelled"));
        routes.MapForm("deposit/top-ups/{id}/payment", Pay);
    }

    private static async Task Create(PagePost post)
    {
        // What is typed goes before what is chosen.
        var typed = post.TextOrNull("amount") ?? post.Text("preset");
        if (!MoneyInput.TryParse(typed, out var amount))
        {
            await post.Again<TopUpPage>(Errors.Field("/amount", "invalid", typed.Length == 0 ? "Choose or type an amount."
                : "Write whole rupiah: 1.250.000."));
            return;
        }
        var request = new CreateTopUp.Request(amount.Minor, post.Text("bankCode"), post.TextOrNull("note"),
            post.Text("channel") == "virtual_account" ? TopUpChannel.VirtualAccount : TopUpChannel.UniqueAmount);
        var answer = await post.Http.RequestServices.GetRequiredService<CreateTopUp>().Handle(post.Actor, request, post.Key(request));
        if (answer.Ok) await post.Done($"deposit/top-ups/{answer.Value.Value.Id}", "Top-up prepared. Transfer the exact amount");
        else await post.Again<TopUpPage>(answer.Error);
    }

    private static async Task Change(PagePost post, CollectionChange change, string flash)
    {
        var id = Id(post);
        var answer = await post.Http.RequestServices.GetRequiredService<ChangeTopUp>().Handle(post.Actor, id, change);
        if (answer.Ok) await post.Done($"deposit/top-ups/{id}", flash);
        else await post.Again<TopUpPayment>(answer.Error, new() { ["Id"] = id });
    }

    private static async Task Pay(PagePost post)
    {
        var id = Id(post);
        var answer = await post.Http.RequestServices.GetRequiredService<ChangeTopUp>().Pay(post.Actor, new ChangeTopUp.Payment(id));
        if (answer.Ok) await post.Done($"deposit/top-ups/{id}",
            $"{MoneyText.Full(Core.Currencies.Money.Idr(answer.Value.PayAmount))} is in your deposit");
        else await post.Again<TopUpPayment>(answer.Error, new() { ["Id"] = id });
    }

    private static string Id(PagePost post) => post.Http.GetRouteValue("id")?.ToString() ?? "";
}

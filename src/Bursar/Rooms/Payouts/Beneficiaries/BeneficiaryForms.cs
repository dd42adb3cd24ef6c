using Bursar.Core.Results;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>What the pages of beneficiaries post; a transfer that is to be kept posts here too.</summary>
public static class BeneficiaryForms
{
    private const string Home = "transfers/beneficiaries";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm(Home, Create);
        routes.MapForm(Home + "/{id}", Save);
        routes.MapForm(Home + "/{id}/removal", Remove);
    }

    private static async Task Create(PagePost post)
    {
        var made = await post.Get<SaveBeneficiary>().Create(post.Actor,
            new NewBeneficiary(post.Text("bankCode"), post.Text("accountNumber"), post.TextOrNull("name"), post.TextOrNull("email")));
        if (made.Ok) await post.Done($"{Home}?id={made.Value.Id}", $"{made.Value.Name} is saved");
        else await post.Again<NewBeneficiaryPage>(made.Error);
    }

    private static async Task Save(PagePost post)
    {
        var saved = BeneficiaryId.TryParse(post.Id, out var id)
            ? await post.Get<SaveBeneficiary>().Change(post.Actor, id,
                new BeneficiaryChange(post.Text("bankCode"), post.Text("accountNumber"), post.Text("name"), post.Text("email")))
            : Errors.Missing();
        if (saved.Ok) await post.Done($"{Home}?id={saved.Value.Id}", $"{saved.Value.Name} is saved");
        else await post.Again<EditBeneficiaryPage>(saved.Error);
    }

    private static async Task Remove(PagePost post)
    {
        var removed = BeneficiaryId.TryParse(post.Id, out var id)
            ? await post.Get<SaveBeneficiary>().Remove(post.Actor, id) : Errors.Missing();
        if (removed.Ok) await post.Done(Home, $"{removed.Value.Name} is removed");
        else await post.Again<BeneficiaryList>(removed.Error);
    }
}

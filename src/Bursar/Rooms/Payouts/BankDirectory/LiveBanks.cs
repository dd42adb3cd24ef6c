using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>The operator's word on how a bank is in live mode, for every workspace.</summary>
public static class LiveBanks
{
    public const string Home = "/operator/banks";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("banks", Change);
        routes.MapOperatorForm("banks/lift", Lift);
    }

    private static async Task Change(PagePost post)
    {
        var message = post.TextOrNull("message");
        if (Banks.Find(post.Text("bankCode")) is not { } bank)
            await post.Again<OperatorBanks>(Errors.Field("/bankCode", "unknown", "Choose a bank."));
        else if (!Json.TryParse<BankCondition>(post.Text("status"), out var condition))
            await post.Again<OperatorBanks>(Errors.Field("/status", "unknown", "Choose how it is."));
        else if (PlainText.Problem(message, 0, SetTestBank.MessageMax) is { } problem)
            await post.Again<OperatorBanks>(Errors.Field("/message", "invalid", problem));
        else
        {
            await post.Get<LiveBankStatuses>().Say(bank, condition, message, post.Page.MemberName, post.Page.Operator!.Person);
            await post.Done(Home, $"{bank.Name}: {(Phrase)BankWords.Of(condition)}");
        }
    }

    private static async Task Lift(PagePost post)
    {
        if (Banks.Find(post.Text("bankCode")) is not { } bank)
        {
            await post.Again<OperatorBanks>(Errors.Field("/bankCode", "unknown", "Choose a bank."));
            return;
        }
        await post.Get<LiveBankStatuses>().Lift(bank, post.Page.MemberName, post.Page.Operator!.Person);
        await post.Done(Home, $"{bank.Name}: as the rails say");
    }
}

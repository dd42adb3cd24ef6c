using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>The page's own door to asking for a refund.</summary>
public static class RefundForms
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapForm("refunds", Ask);

    private static async Task Ask(PagePost post)
    {
        if (!MoneyInput.TryParse(post.Text("amount"), out var amount))
        {
            await post.Again<NewRefund>(Errors.Field("/amount", "invalid", "Write whole rupiah: 1.250.000."));
            return;
        }
        var request = new RequestRefund.Request(post.Text("resource"), amount.Minor, post.Text("reason"), post.TextOrNull("bankCode"),
            post.TextOrNull("accountNumber"));
        var asked = await post.Get<RequestRefund>().Handle(post.Actor, request, post.Key(request));
        if (!asked.Ok) { await post.Again<NewRefund>(asked.Error); return; }
        var refund = asked.Value.Value;
        await post.Done($"refunds?id={refund.Id}", $"Refund of {MoneyText.Full(Money.Idr(refund.Amount))} requested");
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Files;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>GET /{mode}/transfers/report.csv: "Create report", every row that the list's own query matches, streamed.</summary>
public static class TransferReport
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "Transaction ID", "Status", "Transfer Destination", "Account Number", "Beneficiary Name", "Amount", "Remark", "Maker Name",
            "Created Date", "Completed Date",
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/{mode:regex(^(live|test)$)}/transfers/report.csv", (RequestDelegate)Write);

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var list = new TransferListQuery(page.To("transfers"), http.Request.Query, page.Zone);
        var exports = http.RequestServices.GetRequiredService<Exports>();
        var begun = await exports.Begin(actor, Permission.DownloadReports, "transfers", list.First, http.RequestAborted);
        if (!begun.Ok)
        {
            await PageDoor.ShowError(http, begun.Error);
            return;
        }
        await using var snapshot = begun.Value;
        exports.Head(http, "transfers", actor.Book, page.Zone.Zone);
        await using var csv = new Csv(http.Response.Body);
        await csv.Row([.. Columns]);
        await foreach (var t in http.RequestServices.GetRequiredService<TransferReads>().All(snapshot, actor, list.Data))
            await csv.Row(t.Id.ToString(), TransferWords.Status(t),
                $"{TransferWords.Destination(t.DestinationType)}: {TransferWords.Bank(t.BankCode)}",
                t.AccountNumber, t.RecipientName, t.Amount, t.Remark, t.MakerName, t.CreatedAt, t.CompletedAt);
    }
}

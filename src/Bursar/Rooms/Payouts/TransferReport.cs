using System.Globalization;
using Bursar.Core.Access;
using Bursar.Platform.Files;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts;

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
        if (page.Actor!.Require(Permission.DownloadReports) is { } denied)
        {
            await PageDoor.ShowError(http, denied);
            return;
        }
        var query = new TransferListQuery(page.To("transfers"), http.Request.Query, page.Zone).Data;
        var today = page.Zone.Day(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()).ToString("yyyyMMdd",
            CultureInfo.InvariantCulture);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"transfers-{PageContext.ModeSegment(page.Actor.Book.Mode)}-{today}.csv\"";
        await using var csv = new Csv(http.Response.Body);
        await csv.Row([.. Columns]);
        await foreach (var t in http.RequestServices.GetRequiredService<TransferReads>().All(page.Actor, query))
            await csv.Row(t.Id.ToString(), TransferWords.Status(t),
                $"{TransferWords.Destination(t.DestinationType)}: {TransferWords.Bank(t.BankCode)}",
                t.AccountNumber, t.RecipientName, t.Amount, t.Remark, t.MakerName, t.CreatedAt, t.CompletedAt);
    }
}

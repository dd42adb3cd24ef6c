using Bursar.Core.Access;
using Bursar.Platform.Files;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International;

/// <summary>GET /{mode}/international/report.csv: "Create report", every row that the list's own query matches, streamed.</summary>
public static class InternationalReport
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "Transaction ID", "Status", "Beneficiary Country", "Beneficiary Bank", "Beneficiary Name", "Account Number", "Amount Sent",
        "Amount Received", "Created Date", "Completed Date",
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/{mode:regex(^(live|test)$)}/international/report.csv", (RequestDelegate)Write);

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var list = new InternationalListQuery(page.To("international"), http.Request.Query, page.Zone);
        var exports = http.RequestServices.GetRequiredService<Exports>();
        var begun = await exports.Begin(actor, Permission.DownloadReports, "international-transfers", list.First, http.RequestAborted);
        if (!begun.Ok)
        {
            await PageDoor.ShowError(http, begun.Error);
            return;
        }
        await using var snapshot = begun.Value;
        exports.Head(http, "international-transfers", actor.Book, page.Zone.Zone);
        await using var csv = new Csv(http.Response.Body);
        await csv.Row([.. Columns]);
        await foreach (var t in http.RequestServices.GetRequiredService<InternationalReads>().All(snapshot, actor, list.Data))
            await csv.Row(t.Id.ToString(), InternationalWords.Status(t), InternationalWords.Country(t.BeneficiaryCountry),
                t.BeneficiaryBank, t.BeneficiaryName, t.AccountNumber, t.AmountSent, MoneyText.Full(InternationalWords.Received(t)), t.CreatedAt,
                t.CompletedAt);
    }
}

using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Files;
using Bursar.Platform.LedgerView;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Deposits.LedgerView;

/// <summary>GET /{mode}/deposit/reconciliation/report.csv: the proof of the day that the page shows.</summary>
public static class DayProofReport
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/{mode:regex(^(live|test)$)}/deposit/reconciliation/report.csv", (RequestDelegate)Write);

    /// <summary>The day that the URL names, else <paramref name="today"/>.</summary>
    public static DateOnly DayOf(string? text, DateOnly today) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is > 2000 and < 2200 ? day : today;

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var day = DayOf(http.Request.Query["day"], page.Zone.Day(time.GetUtcNow()));
        var exports = http.RequestServices.GetRequiredService<Exports>();
        var begun = await exports.Begin(actor, Permission.DownloadReports | Permission.ViewControls, "reconciliation",
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), http.RequestAborted);
        if (!begun.Ok)
        {
            await PageDoor.ShowError(http, begun.Error);
            return;
        }
        await using var snapshot = begun.Value;
        exports.Head(http, "reconciliation", actor.Book, page.Zone.Zone);
        await using var csv = new Csv(http.Response.Body);
        await csv.Row("Account", "Currency", "Movement", "Transfers", "Amount");
        foreach (var proof in await DayProofs.Of(snapshot, actor.Book, page.Zone.Start(day), page.Zone.Start(day.AddDays(1))))
        {
            await csv.Row(proof.Account, proof.Currency, "Opening", null, proof.Opening);
            foreach (var m in proof.Movements)
                await csv.Row(proof.Account, proof.Currency, LedgerWords.Movement(m.Other, m.IsDebit), m.Count, m.Amount);
            await csv.Row(proof.Account, proof.Currency, "Closing", null, proof.Closing);
            await csv.Row(proof.Account, proof.Currency, "Held at the end", null, proof.Held);
        }
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Files;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>GET /{mode}/logs/report.csv: "Create report", every request that the log's own query matches, streamed.</summary>
public static class SpendReport
{
    private static readonly string[] Columns =
    [
        "Spend request ID", "Decision", "Decision reason", "Status", "Amount", "Currency", "Merchant", "Category", "Agent ID", "Reason",
        "Requested by", "Created Date", "Completed Date", "Paid amount", "Paid currency", "Payment", "Anomalies",
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/{mode:regex(^(live|test)$)}/logs/report.csv", (RequestDelegate)Write);

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var list = new SpendListQuery(page.To("logs"), http.Request.Query, page.Zone);
        var exports = http.RequestServices.GetRequiredService<Exports>();
        var begun = await exports.Begin(actor, Permission.DownloadReports, "spend_requests", list.First, http.RequestAborted);
        if (!begun.Ok)
        {
            await PageDoor.ShowError(http, begun.Error);
            return;
        }
        await using var snapshot = begun.Value;
        exports.Head(http, "logs", actor.Book, page.Zone.Zone);
        await using var csv = new Csv(http.Response.Body);
        await csv.Row([.. Columns]);
        await foreach (var s in http.RequestServices.GetRequiredService<SpendReads>().All(snapshot, actor, list.Data))
            await csv.Row(s.SpendRequestId.ToString(), SpendWords.Decision(s), s.DecisionReason, SpendWords.Status(s), s.Amount, s.Currency,
                s.Merchant, s.Category, s.AgentId, s.Reason, s.RequestedBy, s.CreatedAt, s.CompletedAt, s.Receipt?.ActualAmount,
                s.Receipt?.ActualCurrency, s.Receipt is { } r ? $"{r.RailId} {r.ProviderTransactionId}" : null,
                string.Join(' ', s.Anomalies));
    }
}

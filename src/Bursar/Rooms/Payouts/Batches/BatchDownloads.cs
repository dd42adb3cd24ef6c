using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Core.Results;
using Bursar.Platform.Files;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>What leaves as a file: the template, the results at any time, the errors of a file that was refused.</summary>
public static class BatchDownloads
{
    private const string Folder = "/{mode:regex(^(live|test)$)}/transfers/batches/";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Folder + "template.csv", (RequestDelegate)Template);
        routes.MapGet(Folder + "template.xlsx", (RequestDelegate)TemplateXlsx);
        routes.MapGet(Folder + "{id}/results.csv", (RequestDelegate)Results);
        routes.MapGet(Folder + "{id}/errors.csv", (RequestDelegate)Faults);
    }

    private static async Task Template(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<PageContext>().Actor!;
        if (actor.Require(Permission.CreateTransactions) is { } denied) { await PageDoor.ShowError(http, denied); return; }
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"transfers-template.csv\"";
        await using var csv = new Csv(http.Response.Body);
        await csv.Row([.. BatchHeader.Columns]);
        await csv.Row([.. BatchXlsx.Example]);
    }

    private static async Task TemplateXlsx(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<PageContext>().Actor!;
        if (actor.Require(Permission.CreateTransactions) is { } denied) { await PageDoor.ShowError(http, denied); return; }
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"transfers-template.xlsx\"";
        await http.Response.Body.WriteAsync(BatchXlsx.Template(), http.RequestAborted);
    }

    private static async Task Results(HttpContext http)
    {
        if (await Open(http, "results") is not { } opened) return;
        await using var snapshot = opened.Snapshot;
        await using var csv = new Csv(http.Response.Body);
        await csv.Row("Line", "Status", "Amount", "Fee", "Bank", "Account number", "Beneficiary name", "Remark", "Reference", "Flags",
            "Transaction ID", "Code", "Detail");
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var query = new BatchRowListQuery(page.To($"transfers/batches/{new BatchId(opened.Batch.Id)}"), http.Request.Query).Data;
        await foreach (var r in BatchReads.All(snapshot, opened.Batch, query))
            await csv.Row((long)r.Line, BatchWords.Row(r.State).Word, r.Amount, r.Fee, r.BankCode, r.AccountNumber, r.RecipientName,
                r.Remark, r.Reference, string.Join(' ', r.Flags), r.TransferId?.ToString(), r.Code, r.Detail);
    }

    private static async Task Faults(HttpContext http)
    {
        if (await Open(http, "errors") is not { } opened) return;
        await using var snapshot = opened.Snapshot;
        await using var csv = new Csv(http.Response.Body);
        await csv.Row("Line", "Column", "Code", "Detail");
        foreach (var e in await BatchReads.Faults(opened.Batch, (sql, args) => snapshot.Query<FaultyRow>(sql, args)))
            await csv.Row((long)e.Line, e.Column, e.Code, e.Detail);
    }

    /// <summary>The batch and a moment of it that stands still; null after the refusal was shown.</summary>
    private static async Task<(Batch Batch, Platform.Data.Snapshot Snapshot)?> Open(HttpContext http, string name)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var exports = http.RequestServices.GetRequiredService<Exports>();
        if (actor.Require(Permission.DownloadReports) is { } denied) { await PageDoor.ShowError(http, denied); return null; }
        if (!BatchId.TryParse(http.GetRouteValue("id")?.ToString(), out var id)
            || await http.RequestServices.GetRequiredService<BatchReads>().Find(actor.Book, id) is not { } batch)
        {
            await PageDoor.ShowError(http, Errors.Missing());
            return null;
        }
        var begun = await exports.Begin(actor, Permission.DownloadReports, $"batch-{name}", $"{id}{http.Request.QueryString}",
            http.RequestAborted);
        if (!begun.Ok) { await PageDoor.ShowError(http, begun.Error); return null; }
        exports.Head(http, $"batch-{name}", actor.Book, page.Zone.Zone);
        return (batch, begun.Value);
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Receipts;

/// <summary>
/// Receipts within the room of money out: a page, a PDF by API in the workspace's language and from the page in that of whoever looks, and
/// e-mails.
/// </summary>
public static class ReceiptRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ReceiptReads>();
        services.AddSingleton<IConsumer, ReceiptMailConsumer>();
        services.AddSingleton<IMailFileMaker, ReceiptMailFiles>();
    }

    public static void AddWorkers(IServiceCollection services) => services.AddHostedService<MailReceipts>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/transfers/{id}/receipt.pdf", (HttpContext http, string id, ReceiptReads reads) =>
            Api.Pdf(http, actor => reads.Pdf(actor, id, null, http.RequestAborted)))
            .DescribePdf("Get the receipt of a transfer");
        routes.MapGet("/{mode:regex(^(live|test)$)}/transfers/{id}/receipt.pdf", (HttpContext http, string id, PageContext page,
            ReceiptReads reads) => Write(http, reads.Pdf(page.Actor!, id, Language.Current, http.RequestAborted)));
        routes.MapGet("/{mode:regex(^(live|test)$)}/transfers/receipt-logo", (RequestDelegate)WriteLogo);
    }

    /// <summary>The picture at the head of the receipt's page, for all who may see the page.</summary>
    private static async Task WriteLogo(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<PageContext>().Actor!;
        var from = await http.RequestServices.GetRequiredService<ILetterheads>().Of(actor.Book);
        var problem = actor.Require(Permission.ViewTransactions) ?? (from.Logo is null ? Errors.Missing() : null);
        if (problem is not null) await PageDoor.ShowError(http, problem);
        else await from.Logo!.Write(http);
    }

    /// <summary>A PDF as a page's link opens it, or the page that says why not.</summary>
    internal static async Task Write(HttpContext http, Task<Result<(string Name, byte[] Content)>> made)
    {
        var file = await made;
        if (file.Ok) await Api.WritePdf(http, file.Value.Name, file.Value.Content);
        else await PageDoor.ShowError(http, file.Error);
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.International;
using Bursar.Rooms.Payouts.Receipts;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts.Evidence;

/// <summary>The evidence of a transfer: GET /v1/transfers/{id}/evidence, and as a PDF for people.</summary>
public static class EvidenceRoom
{
    public static void Add(IServiceCollection services) => services.AddSingleton<EvidenceReads>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/transfers/{id}/evidence", (HttpContext http, string id, EvidenceReads reads) =>
            Api.Call(http, actor => reads.Of(actor, id, "json", http.RequestAborted)))
            .Describe<EvidencePack<Transfer>>("Get the evidence of a transfer");
        routes.MapGet("/v1/international-transfers/{id}/evidence", (HttpContext http, string id, EvidenceReads reads) =>
            Api.Call(http, actor => reads.Abroad(actor, id, "json", http.RequestAborted)))
            .Describe<EvidencePack<InternationalTransfer>>("Get the evidence of an international transfer");
        routes.MapGet("/v1/international-transfers/{id}/evidence.pdf", (HttpContext http, string id) =>
            Api.Pdf(http, actor => AbroadPdf(http, actor, id, null)))
            .DescribePdf("Get the evidence of an international transfer as a PDF");
        routes.MapGet("/{mode:regex(^(live|test)$)}/international/{id}/evidence.pdf", (HttpContext http, string id, PageContext page) =>
            ReceiptRoutes.Write(http, AbroadPdf(http, page.Actor!, id, Language.Current)));
        routes.MapGet("/v1/transfers/{id}/evidence.pdf", (HttpContext http, string id) =>
            Api.Pdf(http, actor => Pdf(http, actor, id, null)))
            .DescribePdf("Get the evidence of a transfer as a PDF");
        routes.MapGet("/{mode:regex(^(live|test)$)}/transfers/{id}/evidence.pdf", (HttpContext http, string id, PageContext page) =>
            ReceiptRoom.Write(http, Pdf(http, page.Actor!, id, Language.Current)));
    }

    private static async Task<Result<(string Name, byte[] Content)>> Pdf(HttpContext http, Actor actor, string id, Language? language) =>
        await Written(http, actor, id, language, await http.RequestServices.GetRequiredService<EvidenceReads>()
            .Of(actor, id, "pdf", http.RequestAborted), EvidencePdf.Of);

    private static async Task<Result<(string Name, byte[] Content)>> AbroadPdf(
        HttpContext http, Actor actor, string id, Language? language) =>
        await Written(http, actor, id, language, await http.RequestServices.GetRequiredService<EvidenceReads>()
            .Abroad(actor, id, "pdf", http.RequestAborted), EvidencePdf.Of);

    private static async Task<Result<(string Name, byte[] Content)>> Written<T>(
        HttpContext http, Actor actor, string id, Language? language, Result<EvidencePack<T>> pack,
        Func<EvidencePack<T>, Letterhead, Mode, byte[]> write)
    {
        if (!pack.Ok) return pack.Error;
        var from = await http.RequestServices.GetRequiredService<ILetterheads>().Of(actor.Book);
        return ($"evidence-{id}", (language ?? from.Language).Speak(() => write(pack.Value, from, actor.Book.Mode)));
    }
}

using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>
/// GET /callbacks/rails/{rail}/disbursements/{id}/information: a partner fetches what was answered about an order of its own, and the files
/// (docs/rails.md). Signed as its callbacks are, over an empty body, with the order's id as the message id; anything else finds nothing.
/// </summary>
public sealed class PartnerInformation(
    Database database, PayoutRouting routing, InformationReads reads, TimeProvider time)
{
    private sealed record Told(Invoice? Invoice, IReadOnlyList<Question> Questions);

    private sealed record Invoice(string Id, string Name, int Size);

    private sealed record Question(
        InformationRequestId Id, InformationState State, string Text, string? Answer, DateTimeOffset? AnsweredAt,
        IReadOnlyList<Invoice> Files);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/callbacks/rails/{rail}/disbursements/{id}/information", (RequestDelegate)Tell);
        routes.MapGet("/callbacks/rails/{rail}/disbursements/{id}/files/{file}", (RequestDelegate)Hand);
    }

    private static async Task Tell(HttpContext http)
    {
        var slice = http.RequestServices.GetRequiredService<PartnerInformation>();
        var (book, transfer, problem) = await slice.OrderOf(http);
        if (problem is not null) await Problems.Write(http, problem);
        else await Api.WriteJson(http, 200, Json.Write(await slice.Of(book, transfer)));
    }

    private static async Task Hand(HttpContext http)
    {
        var slice = http.RequestServices.GetRequiredService<PartnerInformation>();
        var (book, transfer, problem) = await slice.OrderOf(http);
        var file = problem is null && AttachmentId.TryParse(http.Request.RouteValues["file"]?.ToString(), out var id)
            ? await slice.File(book, transfer, id) : null;
        if (file is null) await Problems.Write(http, problem ?? Errors.Missing());
        else await file.Write(http);
    }

    private async Task<Told> Of(BookKey book, Guid transfer)
    {
        var questions = await reads.Of(book, transfer);
        var files = await reads.Files(book, questions.Select(q => q.Id).Append(transfer));
        Invoice[] Named(Guid taker) => [.. files[taker].Select(f => new Invoice(f.Id, f.Name, f.Size))];
        return new Told(Named(transfer).FirstOrDefault(), [.. questions.Select(q =>
            new Question(new(q.Id), q.State, q.Question, q.Answer, q.AnsweredAt, Named(q.Id)))]);
    }

    private async Task<StoredFile?> File(BookKey book, Guid transfer, AttachmentId file)
    {
        var takers = (await reads.Of(book, transfer)).Select(q => q.Id).Append(transfer).ToArray();
        return await database.One<StoredFile>(book, """
            select name, content from attachments
            where workspace_id = @workspace and mode = @mode and attachment_id = @file and used_by = any(@takers)
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, file = file.Value, takers });
    }

    /// <summary>The order, when the call is its rail's own and the order was handed to that rail.</summary>
    private async Task<(BookKey Book, Guid Transfer, Error? Problem)> OrderOf(HttpContext http)
    {
        var (name, id) = (http.Request.RouteValues["rail"]!.ToString()!, http.Request.RouteValues["id"]!.ToString()!);
        string Header(string of) => http.Request.Headers[of].ToString();
        if (!(await routing.Rails()).ByName.TryGetValue(name, out var rail) || rail.Adapter is not ICallbackRail adapter
            || Header("webhook-id") != id || !adapter.IsSigned(rail.RailSettings, Header, [], time.NowMicros()))
            return (default, default, new Error(Errors.SignatureInvalid, "The signature is not this rail's, or not of this moment."));
        if (!Guid.TryParseExact(id, "N", out var reference)) return (default, default, Errors.Missing());
        await using var connection = await database.Engine.OpenConnectionAsync();
        var found = (await connection.QueryAsync<(Guid Workspace, short Mode)>("""
            select o.workspace_id, o.mode from rail_orders o
            join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
            where o.disbursement_id = @reference and o.rail = @name and d.kind = 'international_transfer'
            """, new { reference, name })).AsList();
        return found.Count == 1 ? (new BookKey(new(found[0].Workspace), (Mode)found[0].Mode), reference, null)
            : (default, default, Errors.Missing());
    }
}

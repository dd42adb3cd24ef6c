using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Dapper;
using Microsoft.AspNetCore.Http.Features;

namespace Bursar.Rooms.Payouts.International;

/// <summary>A file that a transfer can be given. <paramref name="Size"/> in bytes.</summary>
public sealed record AttachmentResource(AttachmentId Id, string Name, int Size, DateTimeOffset ExpiresAt);

/// <summary>
/// The invoices behind companies' payments: POST /v1/attachments puts one in, the transfer's drawer hands it out.
/// </summary>
public sealed class Attachments(Database database, AuditTrail audit, TimeProvider time)
{
    /// <summary>What stands around the file in a multipart body.</summary>
    public const long BodyMax = AttachmentTypes.BytesMax + 64 * 1024;
    private const int AtOnce = 8;
    private const int WaitingMax = 100;
    private int open;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/attachments", (HttpContext http, Attachments slice) =>
            Api.Call(http, actor => slice.Upload(actor, http), 201)).DescribeUpload<AttachmentResource>("Upload an attachment",
                ("file", "A txt, pdf, doc, docx, jpg, png, bmp, rtf, xls or xlsx file of up to 10 MB."));
        routes.MapGet("/{mode:regex(^(live|test)$)}/international/{id}/attachment", (RequestDelegate)Download);
    }

    private async Task<Result<AttachmentResource>> Upload(Actor actor, HttpContext http)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!http.Request.HasFormContentType) return Problems.Of(415);
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = BodyMax;
        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            return form.Files["file"] is { } file ? await Add(actor, file, "/file", http.RequestAborted)
                : Errors.Field("/file", "required", "Send the file as the part named file.");
        }
        catch (InvalidDataException)
        {
            return Errors.Field("/file", "invalid", "This is no multipart body.");
        }
    }

    /// <summary>Keeps the file until a transfer takes it, for a day at most.</summary>
    public async Task<Result<AttachmentResource>> Add(Actor actor, IFormFile file, string field, CancellationToken ct)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        var name = file.FileName[(file.FileName.LastIndexOfAny(['/', '\\']) + 1)..];
        if (PlainText.Problem(name, 1, 120) is { } problem) return Errors.Field(field, "invalid", problem);
        if (file.Length == 0) return Errors.Field(field, "required", "The file is empty.");
        if (file.Length > AttachmentTypes.BytesMax)
            return new Error(Errors.PayloadTooLarge, "Up to 10 MB.") { Fields = [new(field, "too_large", "Up to 10 MB.")] };
        if (Interlocked.Increment(ref open) > AtOnce)
        {
            Interlocked.Decrement(ref open);
            return new Error(Errors.Overloaded, "Several files are being taken right now. Try again in a moment.");
        }
        try
        {
            using var content = new MemoryStream((int)file.Length);
            await file.CopyToAsync(content, ct);
            if (!AttachmentTypes.Proves(name, content.GetBuffer().AsSpan(0, (int)content.Length)))
                return Errors.Field(field, "invalid",
                    "A txt, pdf, doc, docx, jpg, png, bmp, rtf, xls or xlsx file, and what its name says.");
            return await Keep(actor, name, content.ToArray());
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task<Result<AttachmentResource>> Keep(Actor actor, string name, byte[] content)
    {
        var now = time.NowMicros();
        var made = new AttachmentResource(AttachmentId.New(now), name, content.Length, now + AttachmentTable.Kept.For);
        await using (var connection = await database.Engine.OpenConnectionAsync())
        {
            var kept = await connection.ExecuteAsync("""
                insert into attachments (workspace_id, mode, attachment_id, name, content, uploaded_by, created_at)
                select @workspace, @mode, @id, @name, @content, @by, @now
                where (select count(*) from attachments where workspace_id = @workspace and mode = @mode and used_by is null) < @most
                """, new
            {
                workspace = actor.Book.Workspace.Value,
                mode = (short)actor.Book.Mode,
                id = made.Id.Value,
                name,
                content,
                by = actor.Name,
                now,
                most = WaitingMax,
            });
            if (kept == 0) return new Error(Errors.Overloaded, $"{WaitingMax} attachments wait for their transfers already.");
        }
        return await audit.Record(actor, "attachment.added", made.Id.Value, new { name, bytes = content.Length }) is { } unkept
            ? unkept
            : made;
    }

    /// <summary>The name of what a transfer was given.</summary>
    public Task<string?> NameOf(BookKey book, AttachmentId id) => database.One<string>(book,
        "select name from attachments where workspace_id = @workspace and mode = @mode and attachment_id = @id",
        new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value });

    private static async Task Download(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var found = InternationalTransferId.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id)
            ? await http.RequestServices.GetRequiredService<InternationalReads>().Get(actor, id) : Errors.Missing();
        var stored = found.Ok ? await http.RequestServices.GetRequiredService<Database>().One<StoredFile>(actor.Book, StoredFile.Sql,
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, taker = id.Value, file = (Guid?)null }) : null;
        if (stored is null) await PageDoor.ShowError(http, found.Ok ? Errors.Missing() : found.Error);
        else await stored.Write(http);
    }
}

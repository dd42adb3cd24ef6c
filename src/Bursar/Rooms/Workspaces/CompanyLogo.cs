using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>
/// The company's logo (PRODUCT W8), in the database like everything else. PNG, JPEG or WebP, told by content; no SVG, because that is a
/// document which can carry script.
/// </summary>
public sealed class CompanyLogo(Database database, ControlChanges changes)
{
    public const int BytesMax = 256 * 1024;
    private const string Path = "settings/workspace/logo";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{mode:regex(^(live|test)$)}/" + Path, (RequestDelegate)Write);
        routes.MapForm(Path, Upload);
        routes.MapForm(Path + "/removal", post => Answer(post, (logos, actor) => logos.Remove(actor), "Logo removed"));
    }

    public async Task<Result<Logo>> Of(Actor actor)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        var logo = await database.One<Logo>(actor.Book, "select media_type, content from workspace_logos where workspace_id = @workspace",
            new { workspace = actor.Book.Workspace.Value });
        return logo is null ? Errors.Missing() : logo;
    }

    public Task<bool> Exists(BookKey book) => database.One<bool>(book,
        "select exists (select from workspace_logos where workspace_id = @workspace)", new { workspace = book.Workspace.Value });

    public async Task<Result<bool>> Save(Actor actor, byte[] content)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        if (content.Length > BytesMax) return Errors.Field("/logo", "too_large", "The picture is larger than 256 KiB.");
        if (TypeOf(content) is not { } type) return Errors.Field("/logo", "invalid", "This is no PNG, JPEG or WebP picture.");
        return await changes.Apply(actor, Permission.AccountSettings, bothModes: true, async scope =>
        {
            await scope.Execute("""
                insert into workspace_logos (workspace_id, media_type, content, saved_at) values (@workspace, @type, @content, @at)
                on conflict (workspace_id) do update set media_type = @type, content = @content, saved_at = @at
                """, new { type, content });
            scope.Book.Record("workspace.logo_changed", actor.Book.Workspace.Value, 1, new { type, bytes = content.Length });
            return (Result<bool>)true;
        });
    }

    public Task<Result<bool>> Remove(Actor actor) => changes.Apply(actor, Permission.AccountSettings, bothModes: true, async scope =>
    {
        if (await scope.Execute("delete from workspace_logos where workspace_id = @workspace") == 0) return Errors.Missing();
        scope.Book.Record("workspace.logo_removed", actor.Book.Workspace.Value, 1, new { });
        return (Result<bool>)true;
    });

    /// <summary>By the signatures of PNG (RFC 2083), JPEG (ISO 10918) and WebP (RFC 9649).</summary>
    private static string? TypeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : content.Length > 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) ? "image/webp" : null;

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var logo = await http.RequestServices.GetRequiredService<CompanyLogo>().Of(page.Actor!);
        if (!logo.Ok)
        {
            await PageDoor.ShowError(http, logo.Error);
            return;
        }
        await logo.Value.Write(http);
    }

    private static Task Upload(PagePost post) => Answer(post, async (logos, actor) =>
    {
        if (post.Form.Files["logo"] is not { Length: > 0 } file) return Errors.Field("/logo", "required", "Choose a picture.");
        if (file.Length > BytesMax) return Errors.Field("/logo", "too_large", "The picture is larger than 256 KiB.");
        using var content = new MemoryStream((int)file.Length);
        await file.CopyToAsync(content, post.Http.RequestAborted);
        return await logos.Save(actor, content.ToArray());
    }, "Logo saved");

    private static async Task Answer(PagePost post, Func<CompanyLogo, Actor, Task<Result<bool>>> change, string flash)
    {
        var changed = await change(post.Get<CompanyLogo>(), post.Actor);
        if (changed.Ok) await post.Done("settings/workspace", flash);
        else await post.Again<WorkspacePage>(changed.Error, new() { ["Refused"] = "logo" });
    }
}

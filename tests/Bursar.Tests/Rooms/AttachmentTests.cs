using System.IO.Compression;
using System.Net;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Rooms;

public sealed class AttachmentTests(Product product)
{
    [Fact]
    public async Task a_file_is_taken_by_one_transfer_and_handed_out_as_a_download_only()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var body = await w.Wanted("SGP", CorridorType.B2b);
        var sent = (await w.Api.Post("/v1/international-transfers", body)).Is(HttpStatusCode.Created);
        Assert.Equal(body["attachmentId"], sent.Text("attachmentId"));
        var second = await w.Wanted("SGP", CorridorType.B2b);
        second["attachmentId"] = body["attachmentId"];
        var refused = (await w.Api.Post("/v1/international-transfers", second)).Refuses("validation_failed");
        Assert.Equal("/attachmentId", refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        var path = $"/test/international/{sent.Text("id")}/attachment";
        var served = (await (await w.AdminPages()).Get(path)).Is(HttpStatusCode.OK);
        Assert.Equal(Encoding.UTF8.GetString(Abroad.Invoice), served.Body);
        Assert.Equal("application/octet-stream", served.Headers["Content-Type"]);
        Assert.Equal("nosniff", served.Headers["X-Content-Type-Options"]);
        Assert.Equal("default-src 'none'; sandbox", served.Headers["Content-Security-Policy"]);
        Assert.StartsWith("attachment; filename=invoice.pdf", served.Headers["Content-Disposition"]);
        // Another workspace's people, and the other mode.
        (await (await (await product.Workspace()).AdminPages()).Get(path)).Is(HttpStatusCode.NotFound);
        (await (await w.AdminPages()).Get(path.Replace("/test/", "/live/", StringComparison.Ordinal))).Is(HttpStatusCode.NotFound);
        second["attachmentId"] = await (await product.Workspace()).Attachment();
        (await w.Api.Post("/v1/international-transfers", second)).Refuses("validation_failed");
        // A person's transfer has no invoice.
        var person = await w.Wanted();
        person["attachmentId"] = await w.Attachment();
        (await w.Api.Post("/v1/international-transfers", person)).Refuses("validation_failed");
    }

    [Fact]
    public async Task hostile_files_leave_nothing_behind()
    {
        var w = await product.Workspace();
        (string Name, byte[] Content)[] hostile =
        [
            ("invoice.pdf", "<!doctype html><script>alert(1)</script>"u8.ToArray()), ("invoice.html", "<html>"u8.ToArray()),
            ("invoice.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8.ToArray()), ("invoice.docx", Bomb("[Content_Types].xml")),
            ("invoice.exe", "MZ"u8.ToArray()), ("invoice.pdf", []), ("in\u202Efdp.pdf", Abroad.Invoice),
            (new string('a', 130) + ".pdf", Abroad.Invoice),
        ];
        foreach (var (name, content) in hostile)
            (await w.Api.Upload("/v1/attachments", name, content)).Refuses("validation_failed");
        (await w.Api.Upload("/v1/attachments", "invoice.pdf", [.. Abroad.Invoice, .. new byte[10 * 1024 * 1024]])).Refuses("payload_too_large");
        (await w.Api.Upload("/v1/attachments", "invoice.pdf", new byte[11 * 1024 * 1024])).Refuses("payload_too_large");
        (await w.Api.Post("/v1/attachments", new { })).Refuses("unsupported_media_type");
        Assert.Equal(0, await w.Rows("attachments"));
        // Ten megabytes exactly, and a name with a path before it.
        var whole = new byte[AttachmentTypes.BytesMax];
        Abroad.Invoice.CopyTo(whole, 0);
        Assert.Equal("passwd.pdf", (await w.Api.Upload("/v1/attachments", "../../etc/passwd.pdf", whole)).Is(HttpStatusCode.Created).Text("name"));
        // What unpacks to a gigabyte is kept as the small file that it is.
        (await w.Api.Upload("/v1/attachments", "invoice.docx", Bomb("[Content_Types].xml", "word/document.xml"))).Is(HttpStatusCode.Created);
        (await (await w.Member(Role.Approver)).Upload("/v1/attachments", "invoice.pdf", Abroad.Invoice)).Refuses("permission_denied");
    }

    [Fact]
    public async Task what_no_transfer_took_is_gone_after_a_day()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var sent = (await w.Api.Post("/v1/international-transfers", await w.Wanted("SGP", CorridorType.B2b))).Is(HttpStatusCode.Created);
        var late = await w.Wanted("SGP", CorridorType.B2b);
        Assert.True(AttachmentId.TryParse((string)late["attachmentId"]!, out var unused));
        Assert.True(AttachmentId.TryParse(sent.Text("attachmentId"), out var used));
        foreach (var id in new[] { unused, used })
            await product.Execute("update bursar.attachments set created_at = now() - interval '25 hours' where attachment_id = $1", id.Value);
        // Too old to be taken even before it goes, so that nothing is taken while it goes.
        (await w.Api.Post("/v1/international-transfers", late)).Refuses("validation_failed");
        Assert.Equal(2, await w.Rows("attachments"));
        using var housekeeping = new Housekeeping(product.Database, product.Services.GetServices<Retention>(), TimeProvider.System);
        await housekeeping.Drop(TestContext.Current.CancellationToken);
        Assert.Equal(1, await w.Rows("attachments"));
        (await (await w.AdminPages()).Get($"/test/international/{sent.Text("id")}/attachment")).Is(HttpStatusCode.OK);
    }

    /// <summary>A zip of a few hundred kilobytes whose parts are a gigabyte.</summary>
    private static byte[] Bomb(params string[] parts)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var part in parts)
            {
                using var entry = zip.CreateEntry(part, CompressionLevel.Optimal).Open();
                for (var i = 0; i < LongRuns.Count(20, 1000); i++) entry.Write(new byte[1_000_000]);
            }
        return file.ToArray();
    }
}

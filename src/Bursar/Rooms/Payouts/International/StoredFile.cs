using Microsoft.Net.Http.Headers;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// An uploaded file on its way out. Nobody's browser is ever asked to show one: it leaves as a download of unknown type.
/// </summary>
public sealed record StoredFile(string Name, byte[] Content)
{
    /// <summary>Finds one by what has taken it.</summary>
    public const string Sql = """
        select name, content from attachments
        where workspace_id = @workspace and mode = @mode and used_by = @taker and (@file::uuid is null or attachment_id = @file) limit 1
        """;

    public async Task Write(HttpContext http)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(Name);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = Content.Length;
        await http.Response.Body.WriteAsync(Content, http.RequestAborted);
    }
}

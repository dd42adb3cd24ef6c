using Bursar.Core.Access;
using Bursar.Core.Documents;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Platform.Files;

/// <summary>From whom a document comes, and how they write it. <see cref="Lines"/>: who they are, the name first.</summary>
public sealed record Letterhead(IReadOnlyList<string> Lines, Logo? Logo, Language Language, DisplayZone Zone, TimeFormat Times)
{
    public string Name => Lines[0];

    /// <summary>The logo as a PDF can show it; null when there is none that it can.</summary>
    public PdfImage? Picture => Logo is null ? null : PdfImage.Read(Logo.Content);

    /// <summary>A heading that says of a test book's document what it is: nobody was paid.</summary>
    public static string Headed(string title, Mode mode) => mode == Mode.Test ? "[Test] " + title : title;
}

/// <summary>A picture as it was uploaded; <paramref name="MediaType"/> is what its first bytes say, never what a browser said.</summary>
public sealed record Logo(string MediaType, byte[] Content)
{
    public async Task Write(HttpContext http)
    {
        // A picture and nothing else, also for whoever opens its address by itself.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentType = MediaType;
        http.Response.ContentLength = Content.Length;
        await http.Response.Body.WriteAsync(Content, http.RequestAborted);
    }
}

/// <summary>Knows every workspace's own; the room that keeps the company's settings is one.</summary>
public interface ILetterheads
{
    Task<Letterhead> Of(BookKey book);
}

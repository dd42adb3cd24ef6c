using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Files;

/// <summary>
/// The one door of what leaves as a file: the right is there, the journal knows of it, and the rows are those of one moment. A few at a
/// time in each process, because each holds a connection as long as somebody downloads.
/// </summary>
public sealed class Exports(Database database, AuditTrail audit, TimeProvider time)
{
    private const int AtOnce = 4;
    private int open;

    /// <summary>
    /// Opens the snapshot that the file is read from; <paramref name="filter"/> is the list's own query, as the journal keeps it.
    /// </summary>
    public async Task<Result<Snapshot>> Begin(
        Actor actor, Permission needs, string resource, string filter, CancellationToken ct, string format = "csv")
    {
        if (actor.Require(needs) is { } denied) return denied;
        if (Interlocked.Increment(ref open) > AtOnce)
        {
            End();
            return new Error(Errors.Overloaded, "Several reports are being made right now. Try again in a moment.");
        }
        Snapshot? snapshot = null;
        try
        {
            if (await audit.Record(actor, "export.downloaded", actor.Principal, new { resource, format, filter }) is { } unkept)
                return unkept;
            return snapshot = await database.Freeze(actor.Book, End, ct);
        }
        finally
        {
            if (snapshot is null) End();
        }
    }

    private void End() => Interlocked.Decrement(ref open);

    /// <summary>The answer's head: a download of this name, in the book's mode, of this day.</summary>
    public void Head(HttpContext http, string name, BookKey book, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}-{Json.Name(book.Mode)}-{today}.csv\"";
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Payouts.International;

/// <summary>What a command needs to know of an attachment; never its content.</summary>
public sealed record Attachment(string Name, DateTimeOffset CreatedAt, Guid? UsedBy)
{
    private static readonly TimeSpan TakenWithin = TimeSpan.FromHours(23);

    /// <summary>So old that it may be removed at any moment: too late to take it.</summary>
    public bool IsGoing(DateTimeOffset now) => UsedBy is null && CreatedAt < now - TakenWithin;
}

/// <summary>Attachments as commands take them; <see cref="Attachments"/> puts them in.</summary>
public sealed class AttachmentTable : BookTable<Guid, Attachment>
{
    public static readonly AttachmentTable Instance = new();

    /// <summary>What no transfer took within a day goes.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromHours(24), """
        delete from attachments where (workspace_id, mode, attachment_id) in (
            select workspace_id, mode, attachment_id from attachments where used_by is null and created_at < @before limit @most)
        and used_by is null
        """);

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command("""
        select a.workspace_id, a.mode, a.attachment_id, a.name, a.created_at, a.used_by
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join attachments a on a.workspace_id = u.w and a.mode = u.m and a.attachment_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Attachment) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetGuid(2),
            new Attachment(reader.GetString(3), reader.Time(4), reader.GuidOrNull(5)));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Attachment Row)> rows) => Sql.Command("""
        update attachments a set used_by = u.t from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[]) u(w, m, i, t)
        where a.workspace_id = u.w and a.mode = u.m and a.attachment_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.UsedBy));
}

public static class AttachmentTaking
{
    /// <summary>Takes a file for one thing for good, or says why not; asked under the book lock.</summary>
    public static Error? Take(this OpenBook book, AttachmentId id, Guid taker, string field)
    {
        if (book.Find(AttachmentTable.Instance, id.Value) is not { } attachment || attachment.IsGoing(book.At))
            return Errors.Field(field, "unknown", "There is no such attachment.");
        if (attachment.UsedBy is not null) return Errors.Field(field, "used", "This attachment was used already.");
        book.Update(AttachmentTable.Instance, id.Value, attachment with { UsedBy = taker });
        return null;
    }
}

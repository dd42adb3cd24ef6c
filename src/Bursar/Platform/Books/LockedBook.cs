using Bursar.Core.Access;
using Npgsql;
using Bursar.Platform.Data;

namespace Bursar.Platform.Books;

/// <summary>A book's own row, as locked: the only source of its clock, its control version and its journal's head.</summary>
public sealed class LockedBook(BookKey key, DateTimeOffset lastBookedAt, long controlVersion, long position, byte[] head)
{
    public const string Columns = "b.workspace_id, b.mode, b.last_booked_at, b.control_version, b.journal_position, b.journal_head";

    public BookKey Key { get; } = key;
    public DateTimeOffset LastBookedAt { get; set; } = lastBookedAt;
    public long ControlVersion { get; set; } = controlVersion;
    public long Position { get; set; } = position;
    public byte[] Head { get; set; } = head;
    public bool Dirty { get; set; }
    public BookFacts Facts { get; set; } = BookFacts.None;

    public static LockedBook Read(NpgsqlDataReader reader) =>
        new(new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.Time(2), reader.GetInt64(3), reader.GetInt64(4),
            reader.GetFieldValue<byte[]>(5));

    public static NpgsqlBatchCommand Write(IReadOnlyList<LockedBook> books) => Sql.Command("""
        update books b set last_booked_at = u.t, control_version = u.c, journal_position = u.p, journal_head = u.h
        from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bytea[]) u(w, m, t, c, p, h)
        where b.workspace_id = u.w and b.mode = u.m
        """,
        Sql.Array(books, b => b.Key.Workspace.Value), Sql.Array(books, b => (short)b.Key.Mode), Sql.Array(books, b => b.LastBookedAt),
        Sql.Array(books, b => b.ControlVersion), Sql.Array(books, b => b.Position), Sql.Array(books, b => b.Head));
}

using Bursar.Core.Access;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// Somebody who acts on journal entries after the commit. Its row in the outbox is written in the transaction of the entry, and only
/// where it wants the entry. The number is stored: never reuse one.
/// </summary>
public interface IConsumer
{
    short Number { get; }
    bool Wants(OpenBook book, JournalEntry entry);

    /// <summary>How long after the booking the first try is due.</summary>
    TimeSpan Delay => TimeSpan.Zero;
}

public sealed record OutboxRow(BookKey Book, long Position, short Consumer, Guid Subject, DateTimeOffset Due)
{
    public static NpgsqlBatchCommand Insert(IReadOnlyList<OutboxRow> rows) => Sql.Command("""
        insert into outbox (workspace_id, mode, position, consumer, subject, due)
        select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::smallint[], $5::uuid[], $6::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Position),
        Sql.Array(rows, r => r.Consumer), Sql.Array(rows, r => r.Subject), Sql.Array(rows, r => r.Due));
}

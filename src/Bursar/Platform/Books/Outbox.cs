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
    /// <summary>
    /// How a query begins that takes what is due for a @consumer @now, the oldest @most of it, and goes on with it as <c>gone</c>. What
    /// another process is taking is left to it; a transaction that fails leaves everything where it was.
    /// </summary>
    public const string Taken = """
        with taken as (
            select workspace_id, mode, position from outbox where consumer = @consumer and due <= @now
            order by due limit @most for update skip locked),
        gone as (
            delete from outbox o using taken t
            where o.workspace_id = t.workspace_id and o.mode = t.mode and o.position = t.position and o.consumer = @consumer
            returning o.workspace_id, o.mode, o.position, o.subject)
        """;

    public static NpgsqlBatchCommand Insert(IReadOnlyList<OutboxRow> rows) => Sql.Command("""
        insert into outbox (workspace_id, mode, position, consumer, subject, due)
        select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::smallint[], $5::uuid[], $6::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Position),
        Sql.Array(rows, r => r.Consumer), Sql.Array(rows, r => r.Subject), Sql.Array(rows, r => r.Due));
}

using Bursar.Core.Access;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

public sealed record StoredAnswer(byte[] RequestHash, string Response, DateTimeOffset CreatedAt);

/// <summary>
/// Which effect a client's key stands for, unique per book, principal and route; written in the transaction of the effect.
/// </summary>
public sealed class IdempotencyTable : BookTable<(Guid Principal, string Route, string Key), StoredAnswer>
{
    public static readonly IdempotencyTable Instance = new();

    public static readonly Retention Kept = new(TimeSpan.FromDays(30), """
        delete from idempotency where ctid = any(array(select ctid from idempotency where created_at < @before limit @most))
        """);

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (Guid Principal, string Route, string Key) Key)> wanted) => Sql.Command("""
        select i.workspace_id, i.mode, i.principal, i.route, i.key, i.request_hash, i.response, i.created_at
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[]) u(w, m, p, r, k)
        join idempotency i on i.workspace_id = u.w and i.mode = u.m and i.principal = u.p and i.route = u.r and i.key = u.k
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Principal),
        Sql.Array(wanted, w => w.Key.Route), Sql.Array(wanted, w => w.Key.Key));

    public override (BookKey, (Guid, string, string), StoredAnswer) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetGuid(2), reader.GetString(3), reader.GetString(4)),
            new StoredAnswer(reader.GetFieldValue<byte[]>(5), reader.GetString(6), reader.Time(7)));

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (Guid Principal, string Route, string Key) Key, StoredAnswer Row)> rows) => Sql.Command("""
        insert into idempotency (workspace_id, mode, principal, route, key, request_hash, status, response, created_at)
        select w, m, p, r, k, h, 201, a, t
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[],
            $8::timestamptz[]) u(w, m, p, r, k, h, a, t)
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Principal),
        Sql.Array(rows, r => r.Key.Route), Sql.Array(rows, r => r.Key.Key), Sql.Array(rows, r => r.Row.RequestHash),
        Sql.Array(rows, r => r.Row.Response), Sql.Array(rows, r => r.Row.CreatedAt));
}

using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// That a disbursement was handed to a rail which the operator set up; over all books, by the reference that the other side knows.
/// <see cref="Contradiction"/>: what the rail said later that cannot be true as well.
/// </summary>
public sealed record RailOrder(string Rail, DateTimeOffset HandedAt)
{
    public DateTimeOffset? DoneAt { get; init; }
    public string? Contradiction { get; init; }
    public DateTimeOffset? ContradictedAt { get; init; }
}

public sealed class RailOrderTable : BookTable<Guid, RailOrder>
{
    public static readonly RailOrderTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command("""
        select t.workspace_id, t.mode, t.disbursement_id, t.rail, t.handed_at, t.done_at, t.contradiction, t.contradicted_at
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, d)
        join rail_orders t on t.disbursement_id = u.d and t.workspace_id = u.w and t.mode = u.m
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, RailOrder) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetGuid(2),
            new RailOrder(reader.GetString(3), reader.Time(4))
            { DoneAt = reader.TimeOrNull(5), Contradiction = reader.Text(6), ContradictedAt = reader.TimeOrNull(7) });

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, RailOrder Row)> rows) => Sql.Command("""
        insert into rail_orders (disbursement_id, workspace_id, mode, rail, handed_at)
        select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::timestamptz[])
        """,
        Sql.Array(rows, r => r.Key), Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode),
        Sql.Array(rows, r => r.Row.Rail), Sql.Array(rows, r => r.Row.HandedAt));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, RailOrder Row)> rows) => Sql.Command("""
        update rail_orders t set done_at = u.e, contradiction = u.c, contradicted_at = u.a
        from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[]) u(d, e, c, a) where t.disbursement_id = u.d
        """,
        Sql.Array(rows, r => r.Key), Sql.Array(rows, r => r.Row.DoneAt), Sql.Array(rows, r => r.Row.Contradiction),
        Sql.Array(rows, r => r.Row.ContradictedAt));
}

using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>One submission to a rail: written before the first byte leaves, answered later or never.</summary>
public sealed record Attempt(string Rail, string State, string? Reason, DateTimeOffset StartedAt, DateTimeOffset? AnsweredAt)
{
    /// <summary>What the other side calls the payment.</summary>
    public string? ProviderReference { get; init; }
}

public sealed class AttemptTable : BookTable<(Guid Disbursement, int Number), Attempt>
{
    public static readonly AttemptTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, int Number) Key)> wanted) => Sql.Command("""
        select t.workspace_id, t.mode, t.disbursement_id, t.number, t.rail, t.state, t.reason, t.started_at, t.answered_at,
            t.provider_reference
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, d)
        join attempts t on t.workspace_id = u.w and t.mode = u.m and t.disbursement_id = u.d
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Disbursement));

    public override (BookKey, (Guid, int), Attempt) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetGuid(2), reader.GetInt32(3)),
            new Attempt(reader.GetString(4), reader.GetString(5), reader.Text(6), reader.Time(7), reader.TimeOrNull(8))
            { ProviderReference = reader.Text(9) });

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, int Number) Key, Attempt Row)> rows) => Sql.Command("""
        insert into attempts (workspace_id, mode, disbursement_id, number, rail, state, started_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Disbursement),
        Sql.Array(rows, r => r.Key.Number), Sql.Array(rows, r => r.Row.Rail), Sql.Array(rows, r => r.Row.State),
        Sql.Array(rows, r => r.Row.StartedAt));

    public override NpgsqlBatchCommand Update(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, int Number) Key, Attempt Row)> rows) => Sql.Command("""
        update attempts t set state = u.s, reason = u.r, answered_at = u.a, provider_reference = u.p
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
            u(w, m, d, n, s, r, a, p)
        where t.workspace_id = u.w and t.mode = u.m and t.disbursement_id = u.d and t.number = u.n
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Disbursement),
        Sql.Array(rows, r => r.Key.Number), Sql.Array(rows, r => r.Row.State), Sql.Array(rows, r => r.Row.Reason),
        Sql.Array(rows, r => r.Row.AnsweredAt), Sql.Array(rows, r => r.Row.ProviderReference));
}

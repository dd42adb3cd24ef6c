using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

/// <summary>
/// Budgets by policy. A command wants all rows of its book (the empty key): which policies concern it is known under the lock.
/// </summary>
public sealed class UsageTable : BookTable<PolicyId, Usage>
{
    public static readonly UsageTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, PolicyId Key)> wanted) => Sql.Command("""
        select x.workspace_id, x.mode, x.policy_id, x.day_start, x.day_end, x.day_held, x.day_used, x.month_start, x.month_end,
            x.month_held, x.month_used, x.minute_start, x.minute_count, x.hour_start, x.hour_count, x.day_warned, x.month_warned
        from unnest($1::uuid[], $2::smallint[]) u(w, m) join usage x on x.workspace_id = u.w and x.mode = u.m
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode));

    public override (BookKey, PolicyId, Usage) Read(NpgsqlDataReader reader)
    {
        var policy = new PolicyId(reader.GetGuid(2));
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), policy,
            new Usage(policy, new PeriodUsage(reader.Time(3), reader.Time(4), reader.GetInt64(5), reader.GetInt64(6))
                    { Warned = reader.GetBoolean(15) },
                new PeriodUsage(reader.Time(7), reader.Time(8), reader.GetInt64(9), reader.GetInt64(10))
                    { Warned = reader.GetBoolean(16) },
                reader.Time(11), reader.GetInt32(12), reader.Time(13), reader.GetInt32(14)));
    }

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, PolicyId Key, Usage Row)> rows) => Write("""
        insert into usage (workspace_id, mode, policy_id, day_start, day_end, day_held, day_used, month_start, month_end,
            month_held, month_used, minute_start, minute_count, hour_start, hour_count, day_warned, month_warned)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::bigint[],
            $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::timestamptz[], $13::int[],
            $14::timestamptz[], $15::int[], $16::boolean[], $17::boolean[])
        """, rows);

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, PolicyId Key, Usage Row)> rows) => Write("""
        update usage x set day_start = u.a, day_end = u.b, day_held = u.c, day_used = u.d, month_start = u.e, month_end = u.f,
            month_held = u.g, month_used = u.h, minute_start = u.i, minute_count = u.j, hour_start = u.k, hour_count = u.l,
            day_warned = u.n, month_warned = u.o
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::bigint[],
            $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::timestamptz[], $13::int[],
            $14::timestamptz[], $15::int[], $16::boolean[], $17::boolean[])
            u(w, m, p, a, b, c, d, e, f, g, h, i, j, k, l, n, o)
        where x.workspace_id = u.w and x.mode = u.m and x.policy_id = u.p
        """, rows);

    private static NpgsqlBatchCommand Write(string sql, IReadOnlyList<(BookKey Book, PolicyId Key, Usage Row)> rows) => Sql.Command(sql,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Value),
        Sql.Array(rows, r => r.Row.Day.Start), Sql.Array(rows, r => r.Row.Day.End), Sql.Array(rows, r => r.Row.Day.Held),
        Sql.Array(rows, r => r.Row.Day.Used), Sql.Array(rows, r => r.Row.Month.Start), Sql.Array(rows, r => r.Row.Month.End),
        Sql.Array(rows, r => r.Row.Month.Held), Sql.Array(rows, r => r.Row.Month.Used), Sql.Array(rows, r => r.Row.MinuteStart),
        Sql.Array(rows, r => r.Row.MinuteCount), Sql.Array(rows, r => r.Row.HourStart), Sql.Array(rows, r => r.Row.HourCount),
        Sql.Array(rows, r => r.Row.Day.Warned), Sql.Array(rows, r => r.Row.Month.Warned));
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

/// <summary>
/// A hold of budget and whether it is held, used or released. <see cref="Used"/>: what was used where that is not what was held.
/// </summary>
public sealed record HeldBudget(UsageHold Hold, string State, long? Used = null)
{
    /// <summary>What counts as used of it.</summary>
    public long Counted => State == "used" ? Used ?? Hold.Amount : 0;
}

/// <summary>Budget holds by disbursement and policy; read by disbursement (the empty policy).</summary>
public sealed class UsageHoldTable : BookTable<(Guid Disbursement, PolicyId Policy), HeldBudget>
{
    public static readonly UsageHoldTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, PolicyId Policy) Key)> wanted) => Sql.Command("""
        select h.workspace_id, h.mode, h.disbursement_id, h.policy_id, h.amount, h.day_start, h.month_start, h.state, h.used
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, d)
        join usage_holds h on h.workspace_id = u.w and h.mode = u.m and h.disbursement_id = u.d
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Disbursement));

    public override (BookKey, (Guid, PolicyId), HeldBudget) Read(NpgsqlDataReader reader)
    {
        var policy = new PolicyId(reader.GetGuid(3));
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetGuid(2), policy),
            new HeldBudget(new UsageHold(policy, reader.GetInt64(4), reader.Time(5), reader.Time(6)), reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetInt64(8)));
    }

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, PolicyId Policy) Key, HeldBudget Row)> rows) => Sql.Command("""
        insert into usage_holds (workspace_id, mode, disbursement_id, policy_id, amount, day_start, month_start, state)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::timestamptz[],
            $7::timestamptz[], $8::text[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Disbursement),
        Sql.Array(rows, r => r.Key.Policy.Value), Sql.Array(rows, r => r.Row.Hold.Amount), Sql.Array(rows, r => r.Row.Hold.DayStart),
        Sql.Array(rows, r => r.Row.Hold.MonthStart), Sql.Array(rows, r => r.Row.State));

    public override NpgsqlBatchCommand Update(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, PolicyId Policy) Key, HeldBudget Row)> rows) => Sql.Command("""
        update usage_holds h set state = u.s, used = u.n
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) u(w, m, d, p, s, n)
        where h.workspace_id = u.w and h.mode = u.m and h.disbursement_id = u.d and h.policy_id = u.p
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Disbursement),
        Sql.Array(rows, r => r.Key.Policy.Value), Sql.Array(rows, r => r.Row.State), Sql.Array(rows, r => r.Row.Used));
}

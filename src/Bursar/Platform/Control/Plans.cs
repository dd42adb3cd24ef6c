using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

/// <summary>Evaluations of the running calendar day of the workspace's zone.</summary>
public sealed record PlanUsage(DateTimeOffset DayStart, DateTimeOffset DayEnd, int Evaluations);

public sealed class PlanUsageTable : BookTable<int, PlanUsage>
{
    public static readonly PlanUsageTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, int Key)> wanted) => Sql.Command("""
        select p.workspace_id, p.mode, p.day_start, p.day_end, p.evaluations from unnest($1::uuid[], $2::smallint[]) u(w, m)
        join plan_usage p on p.workspace_id = u.w and p.mode = u.m
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode));

    public override (BookKey, int, PlanUsage) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), 0,
            new PlanUsage(reader.Time(2), reader.Time(3), reader.GetInt32(4)));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, int Key, PlanUsage Row)> rows) => Write("""
        insert into plan_usage (workspace_id, mode, day_start, day_end, evaluations)
        select * from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::int[])
        """, rows);

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, int Key, PlanUsage Row)> rows) => Write("""
        update plan_usage p set day_start = u.a, day_end = u.b, evaluations = u.n
        from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::int[]) u(w, m, a, b, n)
        where p.workspace_id = u.w and p.mode = u.m
        """, rows);

    private static NpgsqlBatchCommand Write(string sql, IReadOnlyList<(BookKey Book, int Key, PlanUsage Row)> rows) => Sql.Command(sql,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.DayStart),
        Sql.Array(rows, r => r.Row.DayEnd), Sql.Array(rows, r => r.Row.Evaluations));
}

/// <summary>The plan's say before any policy: a refusal is 429 and no decision (PRODUCT S12).</summary>
public static class PlanRules
{
    public static void WantPlan(this Reads reads, Command command)
    {
        if (command.Book.Mode == Mode.Live) reads.Of(PlanUsageTable.Instance).Want(command.Book, 0);
    }

    /// <summary>Counts one evaluation, or refuses it.</summary>
    public static Error? CountEvaluation(this OpenBook book)
    {
        if (book.Key.Mode != Mode.Live || PlanFacts.Instance.Of(book).EvaluationsPerDay is not { } most) return null;
        var kept = book.Find(PlanUsageTable.Instance, 0);
        var zone = Principals.Instance.Of(book).Workspace.Zone;
        var today = kept is not null && book.At < kept.DayEnd
            ? kept : new PlanUsage(Calendar.DayStart(book.At, zone), Calendar.NextDay(book.At, zone), 0);
        if (today.Evaluations >= most)
            return new Error(Errors.PlanLimitReached, $"This plan allows {most} evaluations a day.")
                .With("limit", most).With("used", today.Evaluations).With("resetsAt", today.DayEnd);
        var counted = today with { Evaluations = today.Evaluations + 1 };
        if (kept is null) book.Insert(PlanUsageTable.Instance, 0, counted);
        else book.Update(PlanUsageTable.Instance, 0, counted);
        return null;
    }
}

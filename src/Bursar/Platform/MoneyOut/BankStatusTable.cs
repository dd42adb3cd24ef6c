using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// How a bank is for one book; a bank without a row is operational. <see cref="Version"/> counts the changes; <see cref="Told"/> is the last
/// one that the book's journal tells of. <see cref="Source"/>: in live mode whose word it is, the operator's or a rail's.
/// </summary>
public sealed record BankStatus(
    BankCondition Condition, string? Message, DateTimeOffset ChangedAt, long Version, long Told, string? Source = null);

/// <summary>
/// In test mode a book has its own banks; in live mode the installation's count, and the book's row only says what it was told.
/// </summary>
public sealed class BankStatusTable : BookTable<string, BankStatus>
{
    public static readonly BankStatusTable Instance = new();

    /// <summary>Reads <c>u(w, m, b)</c>: workspace, mode, bank.</summary>
    public const string Rows = """
        select u.w, u.m, u.b, coalesce(c.status, s.status) as status, case when c.status is null then s.message else c.message end,
            coalesce(c.changed_at, s.changed_at), coalesce(c.change_id, s.version), coalesce(s.version, 0), c.source
        from u left join bank_statuses s on s.workspace_id = u.w and s.mode = u.m and s.bank_code = u.b
        left join lateral (
            select change_id, status, message, changed_at, source from bank_status_changes
            where u.m = 2 and bank_code = u.b order by change_id desc limit 1) c on true
        where c.status is not null or s.status is not null
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, string Key)> wanted) => Sql.Command(
        $"with u as (select * from unnest($1::uuid[], $2::smallint[], $3::text[]) u(w, m, b)) {Rows}",
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, string, BankStatus) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetString(2), ReadRow(reader));

    public static BankStatus ReadRow(NpgsqlDataReader r) =>
        new(Json.Parse<BankCondition>(r.GetString(3)), r.Text(4), r.Time(5), r.GetInt64(6), r.GetInt64(7), r.Text(8));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, string Key, BankStatus Row)> rows) => Sql.Command("""
        insert into bank_statuses (workspace_id, mode, bank_code, status, message, changed_at, version)
        select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[])
        on conflict (workspace_id, mode, bank_code) do update set status = excluded.status, message = excluded.message,
            changed_at = excluded.changed_at, version = excluded.version
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => Json.Name(r.Row.Condition)), Sql.Array(rows, r => r.Row.Message), Sql.Array(rows, r => r.Row.ChangedAt),
        Sql.Array(rows, r => r.Row.Version));
}

public static class BankChecks
{
    public static void WantBank(this Reads reads, Command command, string bank) => reads.Of(BankStatusTable.Instance).Want(command.Book, bank);

    /// <summary>Why nothing goes to this bank now, or null; asked under the book lock.</summary>
    public static Error? BankRefuses(this OpenBook book, string bank) =>
        book.Find(BankStatusTable.Instance, bank) is { Condition: BankCondition.HeavilyDisturbed }
            ? Disturbed(bank) : null;

    public static Error Disturbed(string bank) =>
        new(Errors.BankDisturbed, $"{Banks.Find(bank)?.Name ?? bank} is heavily disturbed. Nothing was sent.");
}

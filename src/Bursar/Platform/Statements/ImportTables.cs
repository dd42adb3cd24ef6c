using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Statements;

/// <summary>A line that the house book holds already, looked up by what it is known by in every file.</summary>
public sealed record KnownLine(Guid Line);

/// <summary>
/// Reads only: the line itself is written by <see cref="BankLineTable"/>. The comparisons leave the database one index to choose: before it
/// has counted a table that has just grown by a file, it takes that of the days for as good, and reads all lines for each line.
/// </summary>
public sealed class KnownLineTable : BookTable<(string Account, string Fingerprint), KnownLine>
{
    public static readonly KnownLineTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (string Account, string Fingerprint) Key)> wanted) => Sql.Command("""
        select l.workspace_id, l.mode, l.account, l.fingerprint, l.line_id
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[]) u(w, m, a, f)
        join statement_lines l on l.fingerprint = u.f and l.workspace_id is not distinct from u.w and l.mode is not distinct from u.m
            and l.account is not distinct from u.a
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Account), Sql.Array(wanted, w => w.Key.Fingerprint));

    public override (BookKey, (string, string), KnownLine) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetString(2), reader.GetString(3)),
            new KnownLine(reader.GetGuid(4)));
}

/// <summary>The line that proves a payment, or gives it back; written by <see cref="BankLineTable"/>.</summary>
public sealed class ProofTable : BookTable<(Guid Disbursement, bool IsOut), KnownLine>
{
    public static readonly ProofTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (Guid Disbursement, bool IsOut) Key)> wanted) => Sql.Command("""
        select l.workspace_id, l.mode, l.disbursement_id, l.amount < 0, l.line_id
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bool[]) u(w, m, d, o)
        join statement_lines l on l.workspace_id = u.w and l.mode = u.m and l.disbursement_id = u.d and (l.amount < 0) = u.o
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Disbursement), Sql.Array(wanted, w => w.Key.IsOut));

    public override (BookKey, (Guid, bool), KnownLine) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetGuid(2), reader.GetBoolean(3)),
            new KnownLine(reader.GetGuid(4)));
}

/// <summary>What the bank says an account held before and after a day, and how many lines the day has.</summary>
public sealed record BankDay(DateOnly Day, long Opening, long Closing, int Lines);

/// <summary>Whoever wants a day gets every known one from it on.</summary>
public sealed class BankDayTable : BookTable<(string Account, DateOnly Day), BankDay>
{
    public static readonly BankDayTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (string Account, DateOnly Day) Key)> wanted) => Sql.Command("""
        select d.workspace_id, d.mode, d.account, d.day, d.opening, d.closing, d.lines
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::date[]) u(w, m, a, d)
        join statement_days d on d.workspace_id = u.w and d.mode = u.m and d.account = u.a and d.day >= u.d
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Account), Sql.Array(wanted, w => w.Key.Day));

    public override (BookKey, (string, DateOnly), BankDay) Read(NpgsqlDataReader reader)
    {
        var day = reader.GetFieldValue<DateOnly>(3);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetString(2), day),
            new BankDay(day, reader.GetInt64(4), reader.GetInt64(5), reader.GetInt32(6)));
    }

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (string Account, DateOnly Day) Key, BankDay Row)> rows) => Write("""
        insert into statement_days (workspace_id, mode, account, day, opening, closing, lines) select * from
        """, "", rows);

    public override NpgsqlBatchCommand Update(
        IReadOnlyList<(BookKey Book, (string Account, DateOnly Day) Key, BankDay Row)> rows) => Write("""
        update statement_days d set opening = u.o, closing = u.c, lines = u.n from
        """, "where d.workspace_id = u.w and d.mode = u.m and d.account = u.a and d.day = u.d", rows);

    private static NpgsqlBatchCommand Write(
        string head, string tail, IReadOnlyList<(BookKey Book, (string Account, DateOnly Day) Key, BankDay Row)> rows) => Sql.Command($"""
        {head}
        unnest($1::uuid[], $2::smallint[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::int[]) u(w, m, a, d, o, c, n)
        {tail}
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Account),
        Sql.Array(rows, r => r.Key.Day), Sql.Array(rows, r => r.Row.Opening), Sql.Array(rows, r => r.Row.Closing),
        Sql.Array(rows, r => r.Row.Lines));
}

/// <summary>One file that was taken, as the operator's list shows it; days are empty where the file had no line.</summary>
public sealed record StatementImport(
    StatementImportId Id, string Account, string FileName, string FileHash, string Format, DateOnly? FirstDay, DateOnly? LastDay,
    int Lines, int NewLines, int Matched, string ImportedBy, DateTimeOffset ImportedAt);

/// <summary>Written once, never changed.</summary>
public sealed class StatementImportTable : BookTable<Guid, StatementImport>
{
    public static readonly StatementImportTable Instance = new();

    public const string Columns =
        "import_id, account, file_name, file_hash, format, first_day, last_day, lines, new_lines, matched, imported_by, imported_at";

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) =>
        throw new NotSupportedException("imports are only written by commands");

    public override (BookKey, Guid, StatementImport) Read(NpgsqlDataReader reader) =>
        throw new NotSupportedException("imports are only written by commands");

    public static StatementImport ReadRow(NpgsqlDataReader r) => new(
        new(r.GetGuid(0)), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), Day(r, 5), Day(r, 6), r.GetInt32(7),
        r.GetInt32(8), r.GetInt32(9), r.GetString(10), r.Time(11));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, StatementImport Row)> rows) => Sql.Command($"""
        insert into statement_imports (workspace_id, mode, {Columns})
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[],
            $10::int[], $11::int[], $12::int[], $13::text[], $14::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => r.Row.Account), Sql.Array(rows, r => r.Row.FileName), Sql.Array(rows, r => r.Row.FileHash),
        Sql.Array(rows, r => r.Row.Format), Sql.Array(rows, r => r.Row.FirstDay), Sql.Array(rows, r => r.Row.LastDay),
        Sql.Array(rows, r => r.Row.Lines), Sql.Array(rows, r => r.Row.NewLines), Sql.Array(rows, r => r.Row.Matched),
        Sql.Array(rows, r => r.Row.ImportedBy), Sql.Array(rows, r => r.Row.ImportedAt));

    private static DateOnly? Day(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}

using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Npgsql;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>
/// Somebody who is paid again and again. <paramref name="Name"/> is what the business calls them, <paramref name="AccountHolder"/> what the
/// bank said when the account was set.
/// </summary>
public sealed record Beneficiary(
    BeneficiaryId Id, string Name, string BankCode, string DestinationType, string AccountNumber, string? AccountHolder, string? Email,
    string CreatedBy, DateTimeOffset CreatedAt, string AccountChangedBy, DateTimeOffset AccountChangedAt)
{
    public static Beneficiary Of(BeneficiaryRow r) => new(
        new(r.Id), r.Name, r.BankCode, Banks.DestinationOf(Banks.Find(r.BankCode)!, r.AccountNumber), r.AccountNumber, r.AccountHolder,
        r.Email, r.CreatedBy, r.CreatedAt, r.AccountChangedBy, r.AccountChangedAt);
}

public sealed record BeneficiaryRow
{
    public required Guid Id { get; init; }
    public required int Version { get; init; }
    public required string Name { get; init; }
    public required string BankCode { get; init; }
    public required string AccountNumber { get; init; }
    public string? AccountHolder { get; init; }
    public string? Email { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string AccountChangedBy { get; init; }
    public required DateTimeOffset AccountChangedAt { get; init; }
    public DateTimeOffset? RemovedAt { get; init; }
}

/// <summary>Read by id, or by the account that may be saved only once; rows come by id alone.</summary>
public sealed class BeneficiaryTable : BookTable<(Guid Id, string Bank, string Account), BeneficiaryRow>
{
    public static readonly BeneficiaryTable Instance = new();

    public const string Columns = """
        b.workspace_id, b.mode, b.beneficiary_id, b.version, b.name, b.bank_code, b.account_number, b.account_holder, b.email, b.created_by,
        b.created_at, b.account_changed_by, b.account_changed_at, b.removed_at
        """;

    public static (Guid, string, string) KeyOf(Guid id) => (id, "", "");

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (Guid Id, string Bank, string Account) Key)> wanted) =>
        Sql.Command($"""
        with u as (select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[]) u(w, m, i, b, a))
        select {Columns} from u join beneficiaries b on b.workspace_id = u.w and b.mode = u.m and b.beneficiary_id = u.i
        union
        select {Columns} from u join beneficiaries b on b.workspace_id = u.w and b.mode = u.m and b.bank_code = u.b
            and b.account_number = u.a and b.removed_at is null
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Id),
        Sql.Array(wanted, w => w.Key.Bank), Sql.Array(wanted, w => w.Key.Account));

    public override (BookKey, (Guid, string, string), BeneficiaryRow) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), KeyOf(row.Id), row);
    }

    public static BeneficiaryRow ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        Version = r.GetInt32(3),
        Name = r.GetString(4),
        BankCode = r.GetString(5),
        AccountNumber = r.GetString(6),
        AccountHolder = r.Text(7),
        Email = r.Text(8),
        CreatedBy = r.GetString(9),
        CreatedAt = r.Time(10),
        AccountChangedBy = r.GetString(11),
        AccountChangedAt = r.Time(12),
        RemovedAt = r.TimeOrNull(13),
    };

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (Guid Id, string Bank, string Account) Key, BeneficiaryRow Row)> rows) => Sql.Command("""
        insert into beneficiaries (workspace_id, mode, beneficiary_id, version, name, bank_code, account_number, account_holder, email,
            created_by, created_at, account_changed_by, account_changed_at, removed_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::timestamptz[])
        """, Values(rows));

    public override NpgsqlBatchCommand Update(
        IReadOnlyList<(BookKey Book, (Guid Id, string Bank, string Account) Key, BeneficiaryRow Row)> rows) => Sql.Command("""
        update beneficiaries b set version = u.v, name = u.n, bank_code = u.bank, account_number = u.account, account_holder = u.h,
            email = u.e, account_changed_by = u.cb, account_changed_at = u.ca, removed_at = u.r
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::timestamptz[])
            u(w, m, i, v, n, bank, account, h, e, by, at, cb, ca, r)
        where b.workspace_id = u.w and b.mode = u.m and b.beneficiary_id = u.i
        """, Values(rows));

    private static NpgsqlParameter[] Values(
        IReadOnlyList<(BookKey Book, (Guid Id, string Bank, string Account) Key, BeneficiaryRow Row)> rows) =>
    [
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Name), Sql.Array(rows, r => r.Row.BankCode),
        Sql.Array(rows, r => r.Row.AccountNumber), Sql.Array(rows, r => r.Row.AccountHolder), Sql.Array(rows, r => r.Row.Email),
        Sql.Array(rows, r => r.Row.CreatedBy), Sql.Array(rows, r => r.Row.CreatedAt), Sql.Array(rows, r => r.Row.AccountChangedBy),
        Sql.Array(rows, r => r.Row.AccountChangedAt), Sql.Array(rows, r => r.Row.RemovedAt),
    ];
}

using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Ledger;

/// <summary>A book's accounts by their code.</summary>
public sealed class AccountTable : BookTable<AccountCode, Account>
{
    public static readonly AccountTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, AccountCode Key)> wanted) => Sql.Command("""
        select a.workspace_id, a.mode, a.code, a.account_id, a.currency, a.debits_pending, a.debits_posted, a.credits_pending,
            a.credits_posted, a.credit_limit, a.version
        from unnest($1::uuid[], $2::smallint[], $3::smallint[]) u(w, m, c)
        join accounts a on a.workspace_id = u.w and a.mode = u.m and a.code = u.c
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => (short)w.Key));

    public override (BookKey, AccountCode, Account) Read(NpgsqlDataReader reader)
    {
        var code = (AccountCode)reader.GetInt16(2);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), code,
            new Account(new(reader.GetGuid(3)), code, reader.GetString(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7),
                reader.GetInt64(8), reader.GetInt64(9), reader.GetInt64(10)));
    }

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, AccountCode Key, Account Row)> rows) => Sql.Command("""
        update accounts a set debits_pending = u.dp, debits_posted = u.d, credits_pending = u.cp, credits_posted = u.c, version = u.v
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[]) u(w, m, a, dp, d, cp, c, v)
        where a.workspace_id = u.w and a.mode = u.m and a.account_id = u.a
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => r.Row.DebitsPending), Sql.Array(rows, r => r.Row.DebitsPosted), Sql.Array(rows, r => r.Row.CreditsPending),
        Sql.Array(rows, r => r.Row.CreditsPosted), Sql.Array(rows, r => r.Row.Version));
}

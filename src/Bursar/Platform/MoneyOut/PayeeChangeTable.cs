using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>Who made an account one that is paid again, or changed one to it, and when last.</summary>
public sealed record PayeeChange(string Name, DateTimeOffset At);

/// <summary>One a person and account; read by the disbursement that pays it, and then without that disbursement in the key.</summary>
public sealed class PayeeChangeTable : BookTable<(string Bank, string Account, Guid Person, Guid ReadFor), PayeeChange>
{
    public static readonly PayeeChangeTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (string Bank, string Account, Guid Person, Guid ReadFor) Key)> wanted) => Sql.Command("""
        select c.workspace_id, c.mode, c.bank_code, c.account_number, c.person_id, c.name, c.changed_at
        from (
            select distinct d.workspace_id, d.mode, d.bank_code, d.account_number
            from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
            join disbursements d on d.workspace_id = u.w and d.mode = u.m and d.disbursement_id = u.i) d
        join payee_changes c on c.workspace_id = d.workspace_id and c.mode = d.mode and c.bank_code = d.bank_code
            and c.account_number = d.account_number
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.ReadFor));

    public override (BookKey, (string, string, Guid, Guid), PayeeChange) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)),
            (reader.GetString(2), reader.GetString(3), reader.GetGuid(4), Guid.Empty), new PayeeChange(reader.GetString(5), reader.Time(6)));

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (string Bank, string Account, Guid Person, Guid ReadFor) Key, PayeeChange Row)> rows) => Sql.Command("""
        insert into payee_changes (workspace_id, mode, bank_code, account_number, person_id, name, changed_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[])
        on conflict (workspace_id, mode, bank_code, account_number, person_id) do update set name = excluded.name,
            changed_at = excluded.changed_at
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key.Bank),
        Sql.Array(rows, r => r.Key.Account), Sql.Array(rows, r => r.Key.Person), Sql.Array(rows, r => r.Row.Name),
        Sql.Array(rows, r => r.Row.At));
}

/// <summary>For a day, whoever set a payee's account does not let money go there (decision 41).</summary>
public static class PayeeChanges
{
    public static readonly TimeSpan Cooling = TimeSpan.FromHours(24);

    /// <summary>The actor set this account, now.</summary>
    public static void PayeeChanged(this OpenBook book, string bank, string account)
    {
        if (book.Actor.Person is { } person)
            book.Insert(PayeeChangeTable.Instance, (bank, account, person, Guid.Empty), new PayeeChange(book.Actor.Name, book.At));
    }

    public static void WantPayeeChanges(this Reads reads, Command command, Guid disbursement) =>
        reads.Of(PayeeChangeTable.Instance).Want(command.Book, ("", "", Guid.Empty, disbursement));

    /// <summary>Whether the person set the account that this pays within the last day, while duties are separated.</summary>
    public static bool IsBarred(this OpenBook book, Disbursement d, Guid person) =>
        Principals.Instance.Of(book).Workspace.SeparationOfDuties && d.BankCode is { } bank && d.AccountNumber is { } account
        && book.Find(PayeeChangeTable.Instance, (bank, account, person, Guid.Empty)) is { } change && change.At > book.At - Cooling;
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>What becomes of an order when the same amount went to the same account a moment ago (PRODUCT P3, decision 42).</summary>
public enum TwinRule
{
    /// <summary>Nobody looks: other products, and people who said that they mean it.</summary>
    Ignored,
    /// <summary>It is refused until a person says that they mean it.</summary>
    Refused,
    /// <summary>It goes as any other, or waits for a person where the workspace wants that.</summary>
    AsWorkspaceSays,
}

public sealed record Twin(Guid Disbursement, DateTimeOffset CreatedAt);

/// <summary>The newest order to an account over an amount that may still be paid or was; written with the disbursement, only read here.</summary>
public sealed class TwinTable : BookTable<(string Bank, string Account, long Amount), Twin>
{
    public static readonly TwinTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (string Bank, string Account, long Amount) Key)> wanted) =>
        Sql.Command("""
        select u.w, u.m, u.b, u.a, u.n, d.disbursement_id, d.created_at
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::bigint[]) u(w, m, b, a, n)
        cross join lateral (
            select disbursement_id, created_at from disbursements
            where workspace_id = u.w and mode = u.m and account_number = u.a and amount = u.n and bank_code = u.b
                and state in ('pending_approval', 'approved', 'executing', 'unknown', 'succeeded')
            order by created_at desc limit 1) d
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Bank),
        Sql.Array(wanted, w => w.Key.Account), Sql.Array(wanted, w => w.Key.Amount));

    public override (BookKey, (string, string, long), Twin) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetString(2), reader.GetString(3), reader.GetInt64(4)),
            new Twin(reader.GetGuid(5), reader.Time(6)));
}

public static class Twins
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    public static void WantTwin(this Reads reads, Command command, Order order)
    {
        if (order.Twins != TwinRule.Ignored) reads.Of(TwinTable.Instance).Want(command.Book, KeyOf(order));
    }

    internal static Twin? TwinOf(this OpenBook book, Order order) =>
        order.Twins != TwinRule.Ignored && book.Find(TwinTable.Instance, KeyOf(order)) is { } twin && twin.CreatedAt > book.At - Window
            ? twin : null;

    /// <summary>The next of the same batch sees this one.</summary>
    internal static void RememberTwin(this OpenBook book, Order order)
    {
        if (order.BankCode is not null && order.AccountNumber is not null)
            book.Insert(TwinTable.Instance, KeyOf(order), new Twin(order.Id, book.At));
    }

    internal static Error Refusal(Twin twin)
    {
        var id = new TransferId(twin.Disbursement).ToString();
        return new Error(Errors.PossibleDuplicate,
            "The same amount went to the same account within the last 10 minutes. Send it twice only if you mean it.")
        {
            Fields = [new FieldError("/sendTwice", "possible_duplicate", "Tick this if it is to be paid twice.")],
            Resource = new ResourceReference("transfer", id, $"/v1/transfers/{id}"),
        };
    }

    private static (string, string, long) KeyOf(Order order) => (order.BankCode!, order.AccountNumber!, order.Amount);
}

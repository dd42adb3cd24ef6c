using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>
/// What an agent says it paid, one to an authorization. <paramref name="Amount"/> in minor units of <paramref name="Currency"/>;
/// <paramref name="ProviderTransactionId"/> is the payment's name at <paramref name="RailId"/>.
/// </summary>
public sealed record Receipt(
    ReceiptId Id, string RailId, string ProviderTransactionId, long Amount, string Currency, string? Merchant, bool WithSat,
    DateTimeOffset CreatedAt)
{
    /// <summary>Whether it tells of the same payment as another, however rail and merchant are called: a repeat, no second one.</summary>
    public bool TellsTheSame(Receipt other) =>
        (ProviderTransactionId, Amount, Currency) == (other.ProviderTransactionId, other.Amount, other.Currency);
}

/// <summary>A receipt as the API, the events and the pages show it.</summary>
public sealed record ReceiptResource(
    ReceiptId ReceiptId, string RailId, string ProviderTransactionId, long ActualAmount, string ActualCurrency, string? ActualMerchant,
    DateTimeOffset CreatedAt)
{
    public static ReceiptResource Of(Receipt r) =>
        new(r.Id, r.RailId, r.ProviderTransactionId, r.Amount, r.Currency, r.Merchant, r.CreatedAt);
}

/// <summary>Receipts by the disbursement they are of.</summary>
public sealed class ReceiptTable : BookTable<Guid, Receipt>
{
    public static readonly ReceiptTable Instance = new();

    public const string Columns = """
        r.workspace_id, r.mode, r.disbursement_id, r.receipt_id, r.rail_id, r.provider_transaction_id, r.actual_amount, r.actual_currency,
        r.actual_merchant, r.with_sat, r.created_at
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join receipts r on r.workspace_id = u.w and r.mode = u.m and r.disbursement_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Receipt) Read(NpgsqlDataReader reader)
    {
        var (disbursement, receipt) = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), disbursement, receipt);
    }

    public static (Guid Disbursement, Receipt Receipt) ReadRow(NpgsqlDataReader r) => (r.GetGuid(2), new Receipt(
        new(r.GetGuid(3)), r.GetString(4), r.GetString(5), r.GetInt64(6), r.GetString(7), r.Text(8), r.GetBoolean(9), r.Time(10)));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Receipt Row)> rows) => Sql.Command("""
        insert into receipts (workspace_id, mode, disbursement_id, receipt_id, rail_id, provider_transaction_id, actual_amount,
            actual_currency, actual_merchant, with_sat, created_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[],
            $8::text[], $9::text[], $10::boolean[], $11::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.Id.Value), Sql.Array(rows, r => r.Row.RailId), Sql.Array(rows, r => r.Row.ProviderTransactionId),
        Sql.Array(rows, r => r.Row.Amount), Sql.Array(rows, r => r.Row.Currency), Sql.Array(rows, r => r.Row.Merchant),
        Sql.Array(rows, r => r.Row.WithSat), Sql.Array(rows, r => r.Row.CreatedAt));
}

/// <summary>The first disbursement whose receipt names this payment.</summary>
public sealed record ProviderUse(Guid Disbursement);

/// <summary>Payments by their rail and their name there: one payment pays for one authorization.</summary>
public sealed class ProviderUseTable : BookTable<(string RailId, string TransactionId), ProviderUse>
{
    public static readonly ProviderUseTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (string RailId, string TransactionId) Key)> wanted) => Sql.Command("""
        select u.w, u.m, u.r, u.t, x.disbursement_id
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[]) u(w, m, r, t)
        cross join lateral (
            select r.disbursement_id from receipts r
            where r.workspace_id = u.w and r.mode = u.m and r.rail_id = u.r and r.provider_transaction_id = u.t limit 1) x
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.RailId), Sql.Array(wanted, w => w.Key.TransactionId));

    public override (BookKey, (string, string), ProviderUse) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (reader.GetString(2), reader.GetString(3)),
            new ProviderUse(reader.GetGuid(4)));
}

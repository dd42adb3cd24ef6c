using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Payouts.Refunds;

public sealed class RefundTable : BookTable<Guid, Refund>
{
    public static readonly RefundTable Instance = new();

    public const string Columns = """
        r.workspace_id, r.mode, r.refund_id, r.kind, r.resource, r.state, r.version, r.amount, r.currency, r.reason, r.bank_code,
        r.account_number, r.requested_by, r.approval_id, r.failure_reason, r.created_at, r.changed_at, r.completed_at
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join refunds r on r.workspace_id = u.w and r.mode = u.m and r.refund_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Refund) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), row.Id, row);
    }

    public static Refund ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        Kind = Json.Parse<RefundKind>(r.GetString(3)),
        Resource = r.GetGuid(4),
        State = Json.Parse<RefundState>(r.GetString(5)),
        Version = r.GetInt32(6),
        Amount = r.GetInt64(7),
        Currency = r.GetString(8),
        Reason = r.GetString(9),
        BankCode = r.Text(10),
        AccountNumber = r.Text(11),
        RequestedBy = r.GetString(12),
        ApprovalId = r.GetGuid(13),
        FailureReason = r.Text(14),
        CreatedAt = r.Time(15),
        ChangedAt = r.Time(16),
        CompletedAt = r.TimeOrNull(17),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Refund Row)> rows) => Sql.Command("""
        insert into refunds (workspace_id, mode, refund_id, kind, resource, state, version, amount, currency, reason, bank_code,
            account_number, requested_by, approval_id, created_at, changed_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::int[], $8::bigint[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::timestamptz[], $16::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.Kind)), Sql.Array(rows, r => r.Row.Resource), Sql.Array(rows, r => Json.Name(r.Row.State)),
        Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Amount), Sql.Array(rows, r => r.Row.Currency),
        Sql.Array(rows, r => r.Row.Reason), Sql.Array(rows, r => r.Row.BankCode), Sql.Array(rows, r => r.Row.AccountNumber),
        Sql.Array(rows, r => r.Row.RequestedBy), Sql.Array(rows, r => r.Row.ApprovalId), Sql.Array(rows, r => r.Row.CreatedAt),
        Sql.Array(rows, r => r.Row.ChangedAt));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Refund Row)> rows) => Sql.Command("""
        update refunds r set state = u.s, version = u.v, failure_reason = u.f, changed_at = u.c, completed_at = u.d
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::timestamptz[], $8::timestamptz[])
            u(w, m, i, s, v, f, c, d)
        where r.workspace_id = u.w and r.mode = u.m and r.refund_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.FailureReason),
        Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.CompletedAt));
}

/// <summary>How much of a resource was given back or is asked to be; kept right for the commands of one batch.</summary>
public sealed record Refunded(long Amount);

public sealed class RefundedTable : BookTable<Guid, Refunded>
{
    public static readonly RefundedTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command("""
        select u.w, u.m, u.i, (select coalesce(sum(r.amount), 0)::bigint from refunds r
            where r.workspace_id = u.w and r.mode = u.m and r.resource = u.i and r.state in ('requested', 'approved', 'succeeded'))
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Refunded) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetGuid(2), new Refunded(reader.GetInt64(3)));
}

using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

public sealed class ApprovalTable : BookTable<ApprovalId, Approval>
{
    public static readonly ApprovalTable Instance = new();

    public const string Columns = """
        a.workspace_id, a.mode, a.approval_id, a.kind, a.state, a.version, a.subject, a.amount, a.currency, a.merchant,
        a.beneficiary, a.reason, a.agent_id, a.requested_by, a.requester_person, a.content_hash, a.rule, a.note,
        a.resolved_by, a.resolver_person, a.resolved_at, a.expires_at, a.created_at, a.quorum, a.batch_id
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, ApprovalId Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join approvals a on a.workspace_id = u.w and a.mode = u.m and a.approval_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Value));

    public override (BookKey, ApprovalId, Approval) Read(NpgsqlDataReader reader)
    {
        var approval = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), approval.Id, approval);
    }

    public static Approval ReadRow(NpgsqlDataReader r) => new()
    {
        Id = new(r.GetGuid(2)),
        Kind = r.GetString(3),
        State = Json.Parse<ApprovalState>(r.GetString(4)),
        Version = r.GetInt32(5),
        Subject = r.GetGuid(6),
        Amount = r.GetInt64(7),
        Currency = r.GetString(8),
        Merchant = r.Text(9),
        Beneficiary = r.Text(10),
        Reason = r.Text(11),
        AgentId = r.Text(12),
        RequestedBy = r.GetString(13),
        RequesterPerson = r.GuidOrNull(14),
        ContentHash = r.GetString(15),
        Rule = r.GetString(16),
        Note = r.Text(17),
        ResolvedBy = r.Text(18),
        ResolverPerson = r.GuidOrNull(19),
        ResolvedAt = r.TimeOrNull(20),
        ExpiresAt = r.Time(21),
        CreatedAt = r.Time(22),
        Quorum = r.GetInt32(23),
        BatchId = r.GuidOrNull(24),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, ApprovalId Key, Approval Row)> rows) => Sql.Command("""
        insert into approvals (workspace_id, mode, approval_id, kind, state, version, subject, amount, currency, merchant,
            beneficiary, reason, agent_id, requested_by, requester_person, content_hash, rule, expires_at, created_at, quorum,
            batch_id)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::uuid[], $8::bigint[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::uuid[], $16::text[], $17::text[],
            $18::timestamptz[], $19::timestamptz[], $20::int[], $21::uuid[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => r.Row.Kind), Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.Subject), Sql.Array(rows, r => r.Row.Amount), Sql.Array(rows, r => r.Row.Currency),
        Sql.Array(rows, r => r.Row.Merchant), Sql.Array(rows, r => r.Row.Beneficiary), Sql.Array(rows, r => r.Row.Reason),
        Sql.Array(rows, r => r.Row.AgentId), Sql.Array(rows, r => r.Row.RequestedBy), Sql.Array(rows, r => r.Row.RequesterPerson),
        Sql.Array(rows, r => r.Row.ContentHash), Sql.Array(rows, r => r.Row.Rule), Sql.Array(rows, r => r.Row.ExpiresAt),
        Sql.Array(rows, r => r.Row.CreatedAt), Sql.Array(rows, r => r.Row.Quorum), Sql.Array(rows, r => r.Row.BatchId));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, ApprovalId Key, Approval Row)> rows) => Sql.Command("""
        update approvals a set state = u.s, version = u.v, note = u.n, resolved_by = u.b, resolver_person = u.p, resolved_at = u.t
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::timestamptz[])
            u(w, m, i, s, v, n, b, p, t)
        where a.workspace_id = u.w and a.mode = u.m and a.approval_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Note),
        Sql.Array(rows, r => r.Row.ResolvedBy), Sql.Array(rows, r => r.Row.ResolverPerson), Sql.Array(rows, r => r.Row.ResolvedAt));
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

public sealed class DisbursementTable : BookTable<Guid, Disbursement>
{
    public static readonly DisbursementTable Instance = new();

    public const string Columns = """
        d.workspace_id, d.mode, d.disbursement_id, d.kind, d.state, d.version, d.amount, d.currency, d.fee,
        d.bank_code, d.destination_type, d.account_number, d.recipient_name, d.remark, d.reference, d.maker_name,
        d.maker_kind, d.maker_principal, d.maker_credential, d.maker_person, d.created_via, d.rail, d.content_hash,
        d.decision_inputs, d.approval_id, d.amount_hold, d.fee_hold, d.attempts, d.queries, d.failure_reason, d.detail,
        d.created_at, d.changed_at, d.completed_at, d.agent_id, d.merchant, d.category, d.reason, d.handle_id,
        d.authorized_until, d.sat_issued_at, d.sat_consumed_at, d.receipt_due
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join disbursements d on d.workspace_id = u.w and d.mode = u.m and d.disbursement_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Disbursement) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), row.Id, row);
    }

    public static Disbursement ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        Kind = Json.Parse<DisbursementKind>(r.GetString(3)),
        State = Json.Parse<DisbursementState>(r.GetString(4)),
        Version = r.GetInt32(5),
        Amount = r.GetInt64(6),
        Currency = r.GetString(7),
        Fee = r.GetInt64(8),
        BankCode = r.Text(9),
        DestinationType = r.Text(10),
        AccountNumber = r.Text(11),
        RecipientName = r.Text(12),
        Remark = r.Text(13),
        Reference = r.Text(14),
        MakerName = r.GetString(15),
        MakerKind = r.GetInt16(16),
        MakerPrincipal = r.GetGuid(17),
        MakerCredential = r.GetGuid(18),
        MakerPerson = r.GuidOrNull(19),
        CreatedVia = r.GetString(20),
        Rail = r.GetString(21),
        ContentHash = r.GetString(22),
        DecisionInputs = StoredJson.Read(r.GetString(23)),
        ApprovalId = r.GuidOrNull(24),
        AmountHold = r.GuidOrNull(25),
        FeeHold = r.GuidOrNull(26),
        Attempts = r.GetInt32(27),
        Queries = r.GetInt32(28),
        FailureReason = r.Text(29),
        Detail = r.Text(30) is { } detail ? StoredJson.Read(detail) : null,
        CreatedAt = r.Time(31),
        ChangedAt = r.Time(32),
        CompletedAt = r.TimeOrNull(33),
        AgentId = r.Text(34),
        Merchant = r.Text(35),
        Category = r.Text(36),
        Reason = r.Text(37),
        HandleId = r.GuidOrNull(38),
        AuthorizedUntil = r.TimeOrNull(39),
        SatIssuedAt = r.TimeOrNull(40),
        SatConsumedAt = r.TimeOrNull(41),
        ReceiptDue = r.TimeOrNull(42),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Disbursement Row)> rows) => Sql.Command("""
        insert into disbursements (
            workspace_id, mode, disbursement_id, kind, state, version, amount, currency, fee, bank_code,
            destination_type, account_number, recipient_name, remark, reference, maker_name, maker_kind,
            maker_principal, maker_credential, maker_person, created_via, rail, content_hash, decision_inputs,
            approval_id, amount_hold, fee_hold, attempts, queries, failure_reason, detail, created_at, changed_at,
            completed_at, agent_id, merchant, category, reason, handle_id, authorized_until, sat_issued_at, sat_consumed_at,
            receipt_due)
        select * from unnest(
            $1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[],
            $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
            $17::smallint[], $18::uuid[], $19::uuid[], $20::uuid[], $21::text[], $22::text[], $23::text[], $24::text[],
            $25::uuid[], $26::uuid[], $27::uuid[], $28::int[], $29::int[], $30::text[], $31::text[],
            $32::timestamptz[], $33::timestamptz[], $34::timestamptz[], $35::text[], $36::text[], $37::text[], $38::text[],
            $39::uuid[], $40::timestamptz[], $41::timestamptz[], $42::timestamptz[], $43::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode),
        Sql.Array(rows, r => r.Row.Id), Sql.Array(rows, r => Json.Name(r.Row.Kind)),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Amount),
        Sql.Array(rows, r => r.Row.Currency), Sql.Array(rows, r => r.Row.Fee), Sql.Array(rows, r => r.Row.BankCode),
        Sql.Array(rows, r => r.Row.DestinationType), Sql.Array(rows, r => r.Row.AccountNumber),
        Sql.Array(rows, r => r.Row.RecipientName), Sql.Array(rows, r => r.Row.Remark), Sql.Array(rows, r => r.Row.Reference),
        Sql.Array(rows, r => r.Row.MakerName), Sql.Array(rows, r => r.Row.MakerKind), Sql.Array(rows, r => r.Row.MakerPrincipal),
        Sql.Array(rows, r => r.Row.MakerCredential), Sql.Array(rows, r => r.Row.MakerPerson),
        Sql.Array(rows, r => r.Row.CreatedVia), Sql.Array(rows, r => r.Row.Rail), Sql.Array(rows, r => r.Row.ContentHash),
        Sql.Array(rows, r => r.Row.DecisionInputs.Text), Sql.Array(rows, r => r.Row.ApprovalId),
        Sql.Array(rows, r => r.Row.AmountHold), Sql.Array(rows, r => r.Row.FeeHold), Sql.Array(rows, r => r.Row.Attempts),
        Sql.Array(rows, r => r.Row.Queries), Sql.Array(rows, r => r.Row.FailureReason), Sql.Array(rows, r => r.Row.Detail?.Text),
        Sql.Array(rows, r => r.Row.CreatedAt), Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.CompletedAt),
        Sql.Array(rows, r => r.Row.AgentId), Sql.Array(rows, r => r.Row.Merchant), Sql.Array(rows, r => r.Row.Category),
        Sql.Array(rows, r => r.Row.Reason), Sql.Array(rows, r => r.Row.HandleId), Sql.Array(rows, r => r.Row.AuthorizedUntil),
        Sql.Array(rows, r => r.Row.SatIssuedAt), Sql.Array(rows, r => r.Row.SatConsumedAt), Sql.Array(rows, r => r.Row.ReceiptDue));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Disbursement Row)> rows) => Sql.Command("""
        update disbursements d set
            state = u.state, version = u.version, recipient_name = u.recipient_name, approval_id = u.approval_id,
            amount_hold = u.amount_hold, fee_hold = u.fee_hold, attempts = u.attempts, queries = u.queries,
            failure_reason = u.failure_reason, changed_at = u.changed_at, completed_at = u.completed_at,
            authorized_until = u.authorized_until, sat_issued_at = u.sat_issued_at, sat_consumed_at = u.sat_consumed_at,
            receipt_due = u.receipt_due
        from unnest(
            $1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::uuid[], $8::uuid[],
            $9::uuid[], $10::int[], $11::int[], $12::text[], $13::timestamptz[], $14::timestamptz[],
            $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[])
            u(w, m, i, state, version, recipient_name, approval_id, amount_hold, fee_hold, attempts, queries, failure_reason, changed_at,
                completed_at, authorized_until, sat_issued_at, sat_consumed_at, receipt_due)
        where d.workspace_id = u.w and d.mode = u.m and d.disbursement_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.RecipientName), Sql.Array(rows, r => r.Row.ApprovalId),
        Sql.Array(rows, r => r.Row.AmountHold), Sql.Array(rows, r => r.Row.FeeHold), Sql.Array(rows, r => r.Row.Attempts),
        Sql.Array(rows, r => r.Row.Queries), Sql.Array(rows, r => r.Row.FailureReason), Sql.Array(rows, r => r.Row.ChangedAt),
        Sql.Array(rows, r => r.Row.CompletedAt), Sql.Array(rows, r => r.Row.AuthorizedUntil),
        Sql.Array(rows, r => r.Row.SatIssuedAt), Sql.Array(rows, r => r.Row.SatConsumedAt), Sql.Array(rows, r => r.Row.ReceiptDue));
}

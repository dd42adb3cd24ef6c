using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Npgsql;

namespace Bursar.Rooms.Spending.Receipts;

public enum AnomalyState { Open, Explained, Dismissed }

/// <summary>The names of what can be wrong between an authorization and what was paid (PRODUCT S6, QUALITY SA3 and SA8).</summary>
public static class AnomalyKinds
{
    public const string AmountMismatch = "AMOUNT_MISMATCH";
    public const string CurrencyMismatch = "CURRENCY_MISMATCH";
    public const string MerchantMismatch = "MERCHANT_MISMATCH";
    public const string LateReceipt = "LATE_RECEIPT";
    public const string MissingReceipt = "MISSING_RECEIPT";
    public const string DuplicateProviderTx = "DUPLICATE_PROVIDER_TX";
    public const string NotAuthorized = "NOT_AUTHORIZED";
    public const string ReceiptWithoutSat = "RECEIPT_WITHOUT_SAT";
    public const string SecondReceipt = "SECOND_RECEIPT";

    public static readonly IReadOnlyList<string> All =
    [
        AmountMismatch, CurrencyMismatch, MerchantMismatch, LateReceipt, MissingReceipt, DuplicateProviderTx, NotAuthorized,
        ReceiptWithoutSat, SecondReceipt,
    ];
}

/// <summary>A contradiction that somebody must look at; each kind once to a spend.</summary>
public sealed record Anomaly
{
    public required AnomalyId Id { get; init; }
    public required string Kind { get; init; }
    public required Guid Disbursement { get; init; }
    public required string AgentId { get; init; }
    public required AnomalyState State { get; init; }
    public required int Version { get; init; }
    public required string Detail { get; init; }
    public string? Note { get; init; }
    public string? ResolvedBy { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
}

/// <summary>An anomaly as the API, the events and the pages show it.</summary>
public sealed record AnomalyResource(
    AnomalyId Id, string Kind, AnomalyState State, SpendRequestId SpendRequestId, string AgentId, string Detail, string? Note,
    string? ResolvedBy, DateTimeOffset OpenedAt, DateTimeOffset? ResolvedAt)
{
    public static AnomalyResource Of(Anomaly a) =>
        new(a.Id, a.Kind, a.State, new(a.Disbursement), a.AgentId, a.Detail, a.Note, a.ResolvedBy, a.OpenedAt, a.ResolvedAt);
}

/// <summary>Anomalies by disbursement and kind; read by disbursement (the empty kind).</summary>
public sealed class AnomalyTable : BookTable<(Guid Disbursement, string Kind), Anomaly>
{
    public static readonly AnomalyTable Instance = new();

    public const string Columns = """
        a.workspace_id, a.mode, a.anomaly_id, a.kind, a.disbursement_id, a.agent_id, a.state, a.version, a.detail, a.note, a.resolved_by,
        a.opened_at, a.resolved_at
        """;

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, string Kind) Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, d)
        join anomalies a on a.workspace_id = u.w and a.mode = u.m and a.disbursement_id = u.d
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Disbursement));

    public override (BookKey, (Guid, string), Anomaly) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (row.Disbursement, row.Kind), row);
    }

    public static Anomaly ReadRow(NpgsqlDataReader r) => new()
    {
        Id = new(r.GetGuid(2)),
        Kind = r.GetString(3),
        Disbursement = r.GetGuid(4),
        AgentId = r.GetString(5),
        State = Json.Parse<AnomalyState>(r.GetString(6)),
        Version = r.GetInt32(7),
        Detail = r.GetString(8),
        Note = r.Text(9),
        ResolvedBy = r.Text(10),
        OpenedAt = r.Time(11),
        ResolvedAt = r.TimeOrNull(12),
    };

    public override NpgsqlBatchCommand Insert(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, string Kind) Key, Anomaly Row)> rows) => Sql.Command("""
        insert into anomalies (workspace_id, mode, anomaly_id, kind, disbursement_id, agent_id, state, version, detail, note, resolved_by,
            opened_at, resolved_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[],
            $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => r.Row.Kind), Sql.Array(rows, r => r.Row.Disbursement), Sql.Array(rows, r => r.Row.AgentId),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Detail),
        Sql.Array(rows, r => r.Row.Note), Sql.Array(rows, r => r.Row.ResolvedBy), Sql.Array(rows, r => r.Row.OpenedAt),
        Sql.Array(rows, r => r.Row.ResolvedAt));

    public override NpgsqlBatchCommand Update(
        IReadOnlyList<(BookKey Book, (Guid Disbursement, string Kind) Key, Anomaly Row)> rows) => Sql.Command("""
        update anomalies a set state = u.s, version = u.v, note = u.n, resolved_by = u.b, resolved_at = u.t
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::timestamptz[])
            u(w, m, i, s, v, n, b, t)
        where a.workspace_id = u.w and a.mode = u.m and a.anomaly_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id.Value),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Note),
        Sql.Array(rows, r => r.Row.ResolvedBy), Sql.Array(rows, r => r.Row.ResolvedAt));
}

/// <summary>Anomalies on an open book.</summary>
public static class AnomalyRules
{
    public static void WantAnomalies(this Reads reads, Command command, Guid disbursement) =>
        reads.Of(AnomalyTable.Instance).Want(command.Book, (disbursement, ""));

    /// <summary>Opens one, unless this spend has one of the kind already.</summary>
    public static bool Flag(this OpenBook book, Disbursement d, string kind, string detail)
    {
        if (book.Find(AnomalyTable.Instance, (d.Id, kind)) is not null) return false;
        var anomaly = new Anomaly
        {
            Id = AnomalyId.New(book.At),
            Kind = kind,
            Disbursement = d.Id,
            AgentId = d.AgentId!,
            State = AnomalyState.Open,
            Version = 1,
            Detail = detail,
            OpenedAt = book.At,
        };
        book.Insert(AnomalyTable.Instance, (d.Id, kind), anomaly);
        book.Publish("anomaly.opened", anomaly.Id.Value, 1, AnomalyResource.Of(anomaly));
        return true;
    }

    public static Anomaly Resolve(this OpenBook book, Anomaly anomaly, AnomalyState state, string note)
    {
        var resolved = anomaly with
        {
            State = state,
            Version = anomaly.Version + 1,
            Note = note,
            ResolvedBy = book.Actor.Name,
            ResolvedAt = book.At,
        };
        book.Update(AnomalyTable.Instance, (anomaly.Disbursement, anomaly.Kind), resolved);
        book.Publish("anomaly.resolved", resolved.Id.Value, resolved.Version, AnomalyResource.Of(resolved));
        return resolved;
    }

    /// <summary>A receipt that was missed came after all, or a member said that there is none to come.</summary>
    public static void ExplainMissing(this OpenBook book, Guid disbursement, string note)
    {
        if (book.Find(AnomalyTable.Instance, (disbursement, AnomalyKinds.MissingReceipt)) is { State: AnomalyState.Open } missing)
            book.Resolve(missing, AnomalyState.Explained, note);
    }

    /// <summary>The names of what is wrong with a spend, in the order of <see cref="AnomalyKinds.All"/>.</summary>
    public static IReadOnlyList<string> AnomaliesOf(this OpenBook book, Guid disbursement) =>
        [.. AnomalyKinds.All.Where(kind => book.Find(AnomalyTable.Instance, (disbursement, kind)) is not null)];
}

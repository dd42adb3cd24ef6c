using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Batches as commands read and move them. A change of state makes one due: there is something to do, or to look at.</summary>
public sealed class BatchTable : BookTable<Guid, Batch>
{
    public static readonly BatchTable Instance = new();

    public const string Columns = """
        b.workspace_id, b.mode, b.batch_id, b.state, b.version, b.way, b.file_name, b.rows, b.total, b.fees, b.fingerprint, b.submits,
        b.asks_names, b.checked, b.submitted, b.hold, b.held, b.failure_reason, b.risk, b.maker_name, b.maker_kind, b.maker_principal,
        b.maker_credential, b.maker_person, b.maker_peer, b.maker_request, b.created_at, b.changed_at, b.completed_at
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join transfer_batches b on b.workspace_id = u.w and b.mode = u.m and b.batch_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Batch) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (row.Maker.Book, row.Id, row);
    }

    public static Batch ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        State = Json.Parse<BatchState>(r.GetString(3)),
        Version = r.GetInt32(4),
        Way = Json.Parse<BatchMode>(r.GetString(5)),
        FileName = r.GetString(6),
        Rows = r.GetInt32(7),
        Total = r.GetInt64(8),
        Fees = r.GetInt64(9),
        Fingerprint = r.GetString(10),
        Submits = r.GetBoolean(11),
        AsksNames = r.GetBoolean(12),
        Checked = r.GetInt32(13),
        Submitted = r.GetInt32(14),
        Hold = r.GuidOrNull(15),
        Held = r.GetInt64(16),
        FailureReason = r.Text(17),
        Risk = r.Text(18) is { } risk ? StoredJson.Read(risk) : null,
        Maker = new Actor(new BookKey(new(r.GetGuid(0)), (Mode)r.GetInt16(1)), (PrincipalKind)r.GetInt16(20), r.GetGuid(21), r.GetGuid(22),
            r.GuidOrNull(23), r.GetString(19), Permission.None, r.GetString(24), new RequestId(r.GetGuid(25))),
        CreatedAt = r.Time(26),
        ChangedAt = r.Time(27),
        CompletedAt = r.TimeOrNull(28),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Batch Row)> rows) => Sql.Command("""
        insert into transfer_batches (workspace_id, mode, batch_id, state, version, way, file_name, rows, total, fees, fingerprint,
            submits, asks_names, maker_name, maker_kind, maker_principal, maker_credential, maker_person, maker_peer, maker_request,
            created_at, changed_at, due)
        select u.*, u.c, u.c from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[],
            $8::int[], $9::bigint[], $10::bigint[], $11::text[], $12::boolean[], $13::boolean[], $14::text[], $15::smallint[],
            $16::uuid[], $17::uuid[], $18::uuid[], $19::text[], $20::uuid[], $21::timestamptz[])
            u(w, m, i, s, v, y, f, n, t, e, p, g, a, mn, mk, mp, mc, mo, mr, mq, c)
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => Json.Name(r.Row.Way)),
        Sql.Array(rows, r => r.Row.FileName), Sql.Array(rows, r => r.Row.Rows), Sql.Array(rows, r => r.Row.Total),
        Sql.Array(rows, r => r.Row.Fees), Sql.Array(rows, r => r.Row.Fingerprint), Sql.Array(rows, r => r.Row.Submits),
        Sql.Array(rows, r => r.Row.AsksNames), Sql.Array(rows, r => r.Row.Maker.Name), Sql.Array(rows, r => (short)r.Row.Maker.Kind),
        Sql.Array(rows, r => r.Row.Maker.Principal), Sql.Array(rows, r => r.Row.Maker.Credential),
        Sql.Array(rows, r => r.Row.Maker.Person), Sql.Array(rows, r => r.Row.Maker.Peer),
        Sql.Array(rows, r => r.Row.Maker.Request.Value), Sql.Array(rows, r => r.Row.CreatedAt));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Batch Row)> rows) => Sql.Command("""
        update transfer_batches b set state = u.s, version = u.v, submitted = u.n, hold = u.h, held = u.a, failure_reason = u.f,
            changed_at = u.c, completed_at = u.e, due = case when b.state = u.s then b.due else u.c end,
            looks = case when b.state = u.s then b.looks else 0 end, asks_names = u.g
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::uuid[], $8::bigint[], $9::text[],
            $10::timestamptz[], $11::timestamptz[], $12::boolean[]) u(w, m, i, s, v, n, h, a, f, c, e, g)
        where b.workspace_id = u.w and b.mode = u.m and b.batch_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.Submitted),
        Sql.Array(rows, r => r.Row.Hold), Sql.Array(rows, r => r.Row.Held), Sql.Array(rows, r => r.Row.FailureReason),
        Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.CompletedAt), Sql.Array(rows, r => r.Row.AsksNames));
}

/// <summary>The newest batch of the last 90 days that holds the same rows and counts.</summary>
public sealed record KnownFile(Guid Batch);

public sealed class KnownFileTable : BookTable<string, KnownFile>
{
    public static readonly KnownFileTable Instance = new();
    public const int Days = 90;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, string Key)> wanted) => Sql.Command($"""
        select b.workspace_id, b.mode, b.fingerprint, b.batch_id
        from unnest($1::uuid[], $2::smallint[], $3::text[]) u(w, m, f)
        cross join lateral (
            select b.* from transfer_batches b
            where b.workspace_id = u.w and b.mode = u.m and b.fingerprint = u.f and b.created_at > now() - interval '{Days} days'
                and b.state = any($4::text[])
            order by b.created_at limit 1) b
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key),
        Sql.Value(Enum.GetValues<BatchState>().Where(s => s.Counts()).Select(s => Json.Name(s)).ToArray()));

    public override (BookKey, string, KnownFile) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetString(2), new KnownFile(reader.GetGuid(3)));
}

public static class BatchMoves
{
    /// <summary>Moves to a new state; the caller has checked that it may.</summary>
    public static Batch Become(this OpenBook book, Batch batch, BatchState state)
    {
        Invariant.Hold(batch.State.CanBecome(state));
        var moved = batch with
        {
            State = state,
            Version = batch.Version + 1,
            ChangedAt = book.At,
            CompletedAt = state is BatchState.Completed or BatchState.Failed or BatchState.Cancelled ? book.At : null,
        };
        book.Update(BatchTable.Instance, batch.Id, moved);
        return moved;
    }

    /// <summary>
    /// So many more rows are transfers or refused; with the last the batch is submitted, and people are told once of all that wait.
    /// </summary>
    public static Batch Advance(this OpenBook book, Batch batch, int rows)
    {
        var after = batch with { Submitted = batch.Submitted + rows };
        if (after.Submitted < after.Rows)
        {
            book.Update(BatchTable.Instance, after.Id, after);
            return after;
        }
        var submitted = book.Become(after, BatchState.Submitted);
        book.Record(Approving.BatchWaiting, submitted.Id, submitted.Version, new { submitted.Rows, submitted.Total });
        return submitted;
    }

    /// <summary>What books of a move only the audit shows.</summary>
    public static void Record(this OpenBook book, Batch batch) =>
        book.Record($"batch.{Json.Name(batch.State)}", batch.Id, batch.Version,
            new { batch.FileName, batch.Rows, batch.Total, batch.Fees, mode = batch.Way, batch.FailureReason });
}

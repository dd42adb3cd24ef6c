using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>Questions by transfer and id; all of a transfer are read at once (the empty id).</summary>
public sealed class InformationTable : BookTable<(Guid Transfer, Guid Id), InformationRequest>
{
    public static readonly InformationTable Instance = new();

    public const string Columns = """
        i.workspace_id, i.mode, i.transfer_id, i.request_id, i.state, i.version, i.question, i.asked_by, i.asked_at, i.due_at, i.answer,
        i.answered_by, i.answered_at, i.ended_at
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (Guid Transfer, Guid Id) Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, t)
        join information_requests i on i.workspace_id = u.w and i.mode = u.m and i.transfer_id = u.t
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key.Transfer));

    public override (BookKey, (Guid, Guid), InformationRequest) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (row.Transfer, row.Id), row);
    }

    public static InformationRequest ReadRow(NpgsqlDataReader r) => new()
    {
        Transfer = r.GetGuid(2),
        Id = r.GetGuid(3),
        State = Json.Parse<InformationState>(r.GetString(4)),
        Version = r.GetInt32(5),
        Question = r.GetString(6),
        AskedBy = Json.Parse<AskedBy>(r.GetString(7)),
        AskedAt = r.Time(8),
        DueAt = r.Time(9),
        Answer = r.Text(10),
        AnsweredBy = r.Text(11),
        AnsweredAt = r.TimeOrNull(12),
        EndedAt = r.TimeOrNull(13),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, (Guid Transfer, Guid Id) Key, InformationRequest Row)> rows) => Sql.Command("""
        insert into information_requests (workspace_id, mode, transfer_id, request_id, state, version, question, asked_by, asked_at, due_at,
            ended_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[],
            $9::timestamptz[], $10::timestamptz[], $11::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Transfer),
        Sql.Array(rows, r => r.Row.Id), Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.Question), Sql.Array(rows, r => Json.Name(r.Row.AskedBy)), Sql.Array(rows, r => r.Row.AskedAt),
        Sql.Array(rows, r => r.Row.DueAt), Sql.Array(rows, r => r.Row.EndedAt));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, (Guid Transfer, Guid Id) Key, InformationRequest Row)> rows) => Sql.Command("""
        update information_requests i set state = u.s, version = u.v, answer = u.a, answered_by = u.b, answered_at = u.c, ended_at = u.e
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[], $9::timestamptz[],
            $10::timestamptz[]) u(w, m, t, i, s, v, a, b, c, e)
        where i.workspace_id = u.w and i.mode = u.m and i.transfer_id = u.t and i.request_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Transfer),
        Sql.Array(rows, r => r.Row.Id), Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.Answer), Sql.Array(rows, r => r.Row.AnsweredBy), Sql.Array(rows, r => r.Row.AnsweredAt),
        Sql.Array(rows, r => r.Row.EndedAt));
}

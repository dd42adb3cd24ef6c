using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Npgsql;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>An inquiry as the API and <c>account_inquiry.completed</c> show it. The holder is what the bank said, never a guess.</summary>
public sealed record Inquiry(
    InquiryId Id, InquiryStatus Status, string BankCode, string AccountNumber, string? AccountHolder, DateTimeOffset CreatedAt,
    DateTimeOffset? AnsweredAt)
{
    public const string Completed = "account_inquiry.completed";

    public static Inquiry Of(InquiryRow r) =>
        new(new(r.Id), r.Status, r.BankCode, r.AccountNumber, r.AccountHolder, r.CreatedAt, r.AnsweredAt);
}

/// <summary>
/// A kept inquiry. <see cref="AnsweredAt"/>: when the bank said it, which for one that was answered from memory is before it was asked.
/// </summary>
public sealed record InquiryRow(
    Guid Id, string Rail, string BankCode, string AccountNumber, InquiryStatus Status, string? AccountHolder, int Version, DateTimeOffset CreatedAt,
    DateTimeOffset? AnsweredAt, DateTimeOffset? NextAsk);

public sealed class InquiryTable : BookTable<Guid, InquiryRow>
{
    public static readonly InquiryTable Instance = new();

    public const string Columns = """
        i.workspace_id, i.mode, i.inquiry_id, i.bank_code, i.account_number, i.status, i.account_holder, i.version, i.created_at,
        i.answered_at, i.next_ask, i.rail
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, k)
        join account_inquiries i on i.workspace_id = u.w and i.mode = u.m and i.inquiry_id = u.k
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, InquiryRow) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), row.Id, row);
    }

    public static InquiryRow ReadRow(NpgsqlDataReader r) => new(
        r.GetGuid(2), r.GetString(11), r.GetString(3), r.GetString(4), Json.Parse<InquiryStatus>(r.GetString(5)), r.Text(6), r.GetInt32(7), r.Time(8),
        r.TimeOrNull(9), r.TimeOrNull(10));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, InquiryRow Row)> rows) => Sql.Command("""
        insert into account_inquiries (workspace_id, mode, inquiry_id, bank_code, account_number, status, account_holder, version,
            created_at, answered_at, next_ask, rail)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
            $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.BankCode), Sql.Array(rows, r => r.Row.AccountNumber), Sql.Array(rows, r => Json.Name(r.Row.Status)),
        Sql.Array(rows, r => r.Row.AccountHolder), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.CreatedAt),
        Sql.Array(rows, r => r.Row.AnsweredAt), Sql.Array(rows, r => r.Row.NextAsk), Sql.Array(rows, r => r.Row.Rail));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, InquiryRow Row)> rows) => Sql.Command("""
        update account_inquiries i set status = u.s, account_holder = u.h, version = u.v, answered_at = u.a, next_ask = u.n
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::timestamptz[], $8::timestamptz[])
            u(w, m, k, s, h, v, a, n)
        where i.workspace_id = u.w and i.mode = u.m and i.inquiry_id = u.k
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => Json.Name(r.Row.Status)), Sql.Array(rows, r => r.Row.AccountHolder), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.AnsweredAt), Sql.Array(rows, r => r.Row.NextAsk));
}

/// <summary>Ends a pending inquiry with what the bank said at last.</summary>
public sealed class AnswerInquiry(Actor actor, Guid id, InquiryAnswer answer) : Command<Inquiry>(actor)
{
    public override void Plan(Reads reads) => reads.Of(InquiryTable.Instance).Want(Book, id);

    public override Result<Inquiry> Decide(OpenBook book)
    {
        if (book.Find(InquiryTable.Instance, id) is not { } known) return Errors.Missing();
        if (known.Status != InquiryStatus.Pending)
            return new Error(Errors.StateConflict, "The bank has answered already.").With("state", known.Status);
        var answered = known with
        {
            Status = answer.Status,
            AccountHolder = answer.AccountHolder,
            Version = known.Version + 1,
            AnsweredAt = book.At,
            NextAsk = null,
        };
        book.Update(InquiryTable.Instance, id, answered);
        var resource = Inquiry.Of(answered);
        book.Publish(Inquiry.Completed, id, answered.Version, resource);
        return resource;
    }
}

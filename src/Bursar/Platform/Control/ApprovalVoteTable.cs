using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Control;

/// <summary>
/// One person's approval, given as that member. <see cref="Lapsed"/>: the person had lost the right when the last voice came, so this one
/// did not count.
/// </summary>
public sealed record ApprovalVote(Guid Member, Guid Person, string Name, DateTimeOffset VotedAt, bool Lapsed = false);

/// <summary>Approvals of approvals, one a person; read by approval (the empty person).</summary>
public sealed class ApprovalVoteTable : BookTable<(ApprovalId Approval, Guid Person), ApprovalVote>
{
    public static readonly ApprovalVoteTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, (ApprovalId Approval, Guid Person) Key)> wanted) =>
        Sql.Command("""
        select v.workspace_id, v.mode, v.approval_id, v.member_id, v.person_id, v.name, v.voted_at, v.lapsed
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join approval_votes v on v.workspace_id = u.w and v.mode = u.m and v.approval_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => w.Key.Approval.Value));

    public override (BookKey, (ApprovalId, Guid), ApprovalVote) Read(NpgsqlDataReader reader)
    {
        var vote = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), (new(reader.GetGuid(2)), vote.Person), vote);
    }

    /// <summary>A row of the columns that <see cref="Select"/> names.</summary>
    public static ApprovalVote ReadRow(NpgsqlDataReader r) => new(r.GetGuid(3), r.GetGuid(4), r.GetString(5), r.Time(6), r.GetBoolean(7));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, (ApprovalId Approval, Guid Person) Key,
        ApprovalVote Row)> rows) =>
        Sql.Command("""
            insert into approval_votes (workspace_id, mode, approval_id, member_id, person_id, name, voted_at, lapsed)
            select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[],
                $8::boolean[])
            """,
            Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode),
                Sql.Array(rows, r => r.Key.Approval.Value),
            Sql.Array(rows, r => r.Row.Member), Sql.Array(rows, r => r.Row.Person), Sql.Array(rows, r => r.Row.Name),
            Sql.Array(rows, r => r.Row.VotedAt), Sql.Array(rows, r => r.Row.Lapsed));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, (ApprovalId Approval, Guid Person) Key,
        ApprovalVote Row)> rows) =>
        Sql.Command("""
            update approval_votes v set lapsed = u.l from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[],
                $5::boolean[]) u(w, m, i, p, l)
            where v.workspace_id = u.w and v.mode = u.m and v.approval_id = u.i and v.person_id = u.p
            """,
            Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode),
                Sql.Array(rows, r => r.Key.Approval.Value),
            Sql.Array(rows, r => r.Key.Person), Sql.Array(rows, r => r.Row.Lapsed));
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Approvals;

/// <summary>The one queue of approvals: waiting ones oldest deadline last, resolved ones stay listed.</summary>
public sealed class ApprovalReads(Database database)
{
    public async Task<Result<Page<ApprovalResource>>> List(Actor actor, IReadOnlyList<ApprovalState> states, string? cursor, int limit)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var from = Cursor.Parse(cursor);
        var rows = await database.Read(actor.Book, $"""
            select {ApprovalTable.Columns} from approvals a
            where a.workspace_id = @workspace and a.mode = @mode and (@states::text[] is null or a.state = any(@states))
                and (@at::timestamptz is null or (a.created_at, a.approval_id) < (@at, @id))
            order by a.created_at desc, a.approval_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            states = states.Count == 0 ? null : states.Select(s => Json.Name(s)).ToArray(),
            at = from?.At,
            id = from?.Id,
            limit = limit + 1,
        }, ApprovalTable.ReadRow);
        var page = rows.Take(limit).Select(ApprovalResource.Of).ToList();
        var next = rows.Count > limit ? new Cursor(rows[limit - 1].CreatedAt, rows[limit - 1].Id.Value).ToString() : null;
        return new Page<ApprovalResource>(page, next);
    }

    public async Task<Result<ApprovalResource>> Get(Actor actor, ApprovalId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        return await Find(actor.Book, id) is { } approval ? ApprovalResource.Of(approval) : Errors.Missing();
    }

    public async Task<Approval?> Find(BookKey book, ApprovalId id)
    {
        var rows = await database.Read(book, $"""
            select {ApprovalTable.Columns} from approvals a where a.workspace_id = @workspace and a.mode = @mode and a.approval_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, ApprovalTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Members who may approve; with one alone, what that one asks for can never be approved while duties are separated.</summary>
    public async Task<long> CountApprovers(BookKey book) => await database.One<long>(book,
        "select count(*) from members where workspace_id = @workspace and state = 'active' and role = any(@roles)",
        new
        {
            workspace = book.Workspace.Value,
            roles = Enum.GetValues<Role>().Where(r => (Roles.Allows(r) & Permission.ApproveTransactions) != 0).Select(Json.Name).ToArray(),
        });

    public async Task<long> CountPending(BookKey book) => await database.One<long>(book,
        "select count(*) from approvals where workspace_id = @workspace and mode = @mode and state = 'pending'",
        new { workspace = book.Workspace.Value, mode = (short)book.Mode });
}

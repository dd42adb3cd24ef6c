using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Approvals;

/// <summary>The one queue of approvals, newest first; resolved ones stay listed.</summary>
public sealed class ApprovalReads(Database database, TimeProvider time)
{
    public static readonly string[] ApprovingRoles =
        [.. ApproverCount.Approvers.Select(r => Json.Name(r))];

    public async Task<Result<Page<ApprovalResource>>> List(Actor actor, ApprovalQuery query)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var from = Cursor.Parse(query.Cursor);
        var rows = await database.Read(actor.Book, $"""
            select {ApprovalTable.Columns} from approvals a
            where a.workspace_id = @workspace and a.mode = @mode and (@states::text[] is null or a.state = any(@states))
                and (@kinds::text[] is null or a.kind = any(@kinds)) and (@agents::text[] is null or a.agent_id = any(@agents))
                and (@AmountFrom::bigint is null or a.amount >= @AmountFrom) and (@AmountTo::bigint is null or a.amount <= @AmountTo)
                and (@at::timestamptz is null or (a.created_at, a.approval_id) < (@at, @id))
            order by a.created_at desc, a.approval_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            states = query.States.Count == 0 ? null : query.States.Select(s => Json.Name(s)).ToArray(),
            kinds = query.Kinds.Count == 0 ? null : query.Kinds.ToArray(),
            agents = query.AgentIds.Count == 0 ? null : query.AgentIds.ToArray(),
            query.AmountFrom,
            query.AmountTo,
            at = from?.At,
            id = from?.Id,
            limit = query.Limit + 1,
        }, ApprovalTable.ReadRow);
        var next = rows.Count > query.Limit ? new Cursor(rows[query.Limit - 1].CreatedAt, rows[query.Limit - 1].Id.Value).ToString() : null;
        return new Page<ApprovalResource>(await WithVotes(actor.Book, [.. rows.Take(query.Limit)]), next);
    }

    public async Task<Result<ApprovalResource>> Get(Actor actor, ApprovalId id)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        return await Find(actor.Book, id) is { } approval ? (await WithVotes(actor.Book, [approval]))[0] : Errors.Missing();
    }

    public async Task<Approval?> Find(BookKey book, ApprovalId id)
    {
        var rows = await database.Read(book, $"""
            select {ApprovalTable.Columns} from approvals a where a.workspace_id = @workspace and a.mode = @mode and a.approval_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, ApprovalTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>
    /// With whose approvals count: of a waiting one only those whose person could still give it now, as the resolving transaction will
    /// see it.
    /// </summary>
    private async Task<List<ApprovalResource>> WithVotes(BookKey book, IReadOnlyList<Approval> approvals)
    {
        var votes = approvals.Count == 0 ? [] : await database.Read(book, $"""
            select v.workspace_id, v.mode, v.approval_id, v.member_id, v.person_id, v.name, v.voted_at, v.lapsed
            from approval_votes v
            join approvals a on a.workspace_id = v.workspace_id and a.mode = v.mode and a.approval_id = v.approval_id
            join workspaces w on w.workspace_id = v.workspace_id
            where v.workspace_id = @workspace and v.mode = @mode and v.approval_id = any(@ids) and (a.state <> 'pending' or (
                not (w.separation_of_duties and (a.requester_person is not distinct from v.person_id or {SetPayee("v.person_id")}))
                and exists (select from members m where m.workspace_id = @workspace and m.person_id = v.person_id and m.state = 'active'
                    and m.role = any(@roles))))
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            ids = approvals.Select(a => a.Id.Value).ToArray(),
            roles = ApprovingRoles,
            cooling = Cooling(),
        }, r => (Approval: new ApprovalId(r.GetGuid(2)), Vote: ApprovalVoteTable.ReadRow(r)));
        var byApproval = votes.ToLookup(v => v.Approval, v => v.Vote);
        return [.. approvals.Select(a => ApprovalResource.Of(a, byApproval[a.Id]))];
    }

    /// <summary>Members who may approve; while duties are separated, one of them fewer for what that one asked for.</summary>
    public async Task<long> CountApprovers(BookKey book) => await database.One<long>(book,
        "select count(*) from members where workspace_id = @workspace and state = 'active' and role = any(@roles)",
        new { workspace = book.Workspace.Value, roles = ApprovingRoles });

    /// <summary>What waits and cannot be approved by the people there are, with how many of them may approve it.</summary>
    public async Task<IReadOnlyDictionary<ApprovalId, int>> Stuck(BookKey book)
    {
        var rows = await database.Query<(Guid Id, int May)>(book, $"""
            select s.approval_id, s.may from (
                select a.approval_id, a.quorum, (select count(distinct m.person_id) from members m
                    where m.workspace_id = @workspace and m.state = 'active' and m.role = any(@roles)
                        and not (w.separation_of_duties and (a.requester_person is not distinct from m.person_id
                            or {SetPayee("m.person_id")})))::int as may
                from approvals a join workspaces w on w.workspace_id = a.workspace_id
                where a.workspace_id = @workspace and a.mode = @mode and a.state = 'pending' limit 1000) s
            where s.may < s.quorum
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, roles = ApprovingRoles, cooling = Cooling() });
        return rows.ToDictionary(r => new ApprovalId(r.Id), r => r.May);
    }

    /// <summary>What waits to be paid to an account that somebody set within the last day, with who that was last, and when.</summary>
    public async Task<IReadOnlyDictionary<ApprovalId, PayeeChange>> NewPayees(BookKey book)
    {
        var rows = await database.Query<(Guid Id, string Name, DateTimeOffset At)>(book, """
            select distinct on (a.approval_id) a.approval_id, c.name, c.changed_at
            from approvals a
            join disbursements d on d.workspace_id = a.workspace_id and d.mode = a.mode and d.disbursement_id = a.subject
            join payee_changes c on c.workspace_id = d.workspace_id and c.mode = d.mode and c.bank_code = d.bank_code
                and c.account_number = d.account_number
            where a.workspace_id = @workspace and a.mode = @mode and a.state = 'pending' and c.changed_at > @cooling
            order by a.approval_id, c.changed_at desc limit 1000
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, cooling = Cooling() });
        return rows.ToDictionary(r => new ApprovalId(r.Id), r => new PayeeChange(r.Name, r.At));
    }

    private DateTimeOffset Cooling() => time.NowMicros() - PayeeChanges.Cooling;

    /// <summary>Whether a person set the account that the approval <c>a</c> would pay, after @cooling.</summary>
    private static string SetPayee(string person) => $"""
        exists (select from disbursements d join payee_changes c on c.workspace_id = d.workspace_id and c.mode = d.mode
            and c.bank_code = d.bank_code and c.account_number = d.account_number
            where d.workspace_id = a.workspace_id and d.mode = a.mode and d.disbursement_id = a.subject and c.person_id = {person}
                and c.changed_at > @cooling)
        """;

    public async Task<long> CountPending(BookKey book) => await database.One<long>(book,
        "select count(*) from approvals where workspace_id = @workspace and mode = @mode and state = 'pending'",
        new { workspace = book.Workspace.Value, mode = (short)book.Mode });
}

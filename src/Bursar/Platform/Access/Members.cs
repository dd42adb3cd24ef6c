using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;

namespace Bursar.Platform.Access;

/// <summary>
/// A seat of the workspace: a member, or somebody invited until <see cref="InvitedUntil"/>. <see cref="Undelivered"/>: the newest mail to
/// them came back.
/// </summary>
public sealed record MemberResource(MemberId Id, string Email, string? Phone, string Name, Role Role, string State,
    DateTimeOffset? LastSeenAt, DateTimeOffset? InvitedUntil = null, bool Undelivered = false);

/// <summary>
/// The people of a workspace (PRODUCT W2): never without an Admin, no one edits their own role, removal and another role end sessions
/// at once. How they get in is <see cref="Invitations"/>; to the id of an open invitation the same verbs apply.
/// </summary>
public sealed class Members(Database database, ControlChanges changes, TimeProvider time)
{
    public Task<Result<MemberResource>> ChangeRole(Actor actor, MemberId id, Role role) => Apply(actor, id,
        async (scope, open) =>
        {
            await scope.Execute("update invitations set role = @role where workspace_id = @workspace and member_id = @id",
                new { id = id.Value, role = Json.Name(role) });
            return Published(scope, "member.role_changed", open.Resource(scope.At) with { Role = role });
        },
        keepsAdmin: role == Role.Admin, async (scope, member) =>
        {
            await scope.Execute("""
                update members set role = @role where workspace_id = @workspace and member_id = @id;
                delete from sessions where workspace_id = @workspace and member_id = @id
                """, new { id = id.Value, role = Json.Name(role) });
            return Published(scope, "member.role_changed", member with { Role = role });
        });

    /// <summary>Removes a member, or takes an invitation back.</summary>
    public Task<Result<MemberResource>> Remove(Actor actor, MemberId id) => Apply(actor, id,
        async (scope, open) =>
        {
            await InvitationTable.Delete(scope, open);
            return Published(scope, "member.invitation_revoked", open.Resource(scope.At) with { State = "revoked", InvitedUntil = null });
        },
        keepsAdmin: false, async (scope, member) =>
        {
            await scope.Execute("""
                update members set state = 'removed' where workspace_id = @workspace and member_id = @id;
                delete from sessions where workspace_id = @workspace and member_id = @id
                """, new { id = id.Value });
            return Published(scope, "member.removed", member with { State = "removed" });
        });

    /// <summary>Members in the order they came, then open invitations.</summary>
    public async Task<Result<IReadOnlyList<MemberResource>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageMembers) is { } denied) return denied;
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await Dapper.SqlMapper.QueryAsync<Row>(connection, Select + " order by m.created_at, m.member_id",
            new { workspace = actor.Book.Workspace.Value });
        var invited = await InvitationTable.List(connection, actor.Book.Workspace, time.NowMicros());
        var undelivered = await MessageQueue.Undelivered(connection, [.. invited.Select(m => m.Email)]);
        return rows.Select(Resource).Concat(invited.Select(m => m with { Undelivered = undelivered.Contains(m.Email) })).ToList();
    }

    private Task<Result<MemberResource>> Apply(Actor actor, MemberId id,
        Func<ControlScope, InvitationRow, Task<Result<MemberResource>>> toInvitation, bool keepsAdmin,
        Func<ControlScope, MemberResource, Task<Result<MemberResource>>> toMember) =>
        changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            if (await InvitationTable.Find(scope, id) is { } open) return await toInvitation(scope, open);
            var rows = await scope.Query<Row>(Select + " and m.member_id = @id", new { id = id.Value });
            if (rows.Count == 0) return Errors.Missing();
            var member = Resource(rows[0]);
            // Between members the next rule implies this one; it says more to the last Admin, and holds for whoever else may come to act.
            if (!keepsAdmin && await IsLastAdmin(scope, member))
                return new Error(Errors.LastAdmin, "A workspace keeps at least one Admin.");
            if (actor.Kind == PrincipalKind.Member && actor.Principal == id.Value)
                return new Error(Errors.StateConflict, "Nobody changes their own role or removes themselves.");
            return await toMember(scope, member);
        });

    private static Result<MemberResource> Published(ControlScope scope, string type, MemberResource member)
    {
        scope.Book.Publish(type, member.Id.Value, 2, member);
        return member;
    }

    private static async Task<bool> IsLastAdmin(ControlScope scope, MemberResource member) => member.Role == Role.Admin
        && await scope.Scalar<long>("""
            select count(*) from members where workspace_id = @workspace and state = 'active' and role = 'admin'
            """) == 1;

    private static MemberResource Resource(Row r) =>
        new(new(r.MemberId), r.Email, r.Phone, r.Name, Json.Parse<Role>(r.Role), r.State, r.LastSeenAt);

    private const string Select = """
        select m.member_id, p.email, p.phone, p.name, m.role, m.state, m.last_seen_at
        from members m join persons p on p.person_id = m.person_id where m.workspace_id = @workspace and m.state = 'active'
        """;

    private sealed record Row
    {
        public Guid MemberId { get; init; }
        public required string Email { get; init; }
        public string? Phone { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required string State { get; init; }
        public DateTimeOffset? LastSeenAt { get; init; }
    }
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Access;

public sealed record MemberResource(MemberId Id, string Email, string? Phone, string Name, Role Role, string State, DateTimeOffset? LastSeenAt);

public sealed record NewMember(string Email, Role Role, string Password, string? Name = null, string? Phone = null);

/// <summary>The people of a workspace (PRODUCT W2): at most 20, never without an Admin, no one edits their own role.</summary>
public sealed class Members(Database database, ControlChanges changes, WorkspaceSetup setup, Passwords passwords, TimeProvider time)
{
    private const int SeatsMax = 20;

    public async Task<Result<MemberResource>> Add(Actor actor, NewMember request)
    {
        if (actor.Require(Permission.ManageMembers) is { } denied) return denied;
        if (PlainText.Email(request.Email) is not { } email) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        var name = request.Name ?? email[..email.IndexOf('@', StringComparison.Ordinal)];
        if (PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        if (passwords.Problem(request.Password) is { } weak) return Errors.Field("/password", "weak", weak);
        var hash = passwords.Hash(request.Password);
        Guid person;
        await using (var connection = await database.Engine.OpenConnectionAsync())
            person = await setup.Person(connection, email, name, hash, time.GetUtcNow());
        return await changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            if (await scope.Scalar<long>("select count(*) from members where workspace_id = @workspace and state = 'active'") >= SeatsMax)
                return new Error(Errors.SeatLimitReached, $"A workspace has up to {SeatsMax} members.").With("limit", SeatsMax);
            var id = MemberId.New(scope.At);
            var added = await scope.Execute("""
                insert into members (workspace_id, member_id, person_id, role, state, created_at) values (@workspace, @id, @person, @role, 'active', @at)
                on conflict (workspace_id, person_id) where state <> 'removed' do nothing
                """, new { id = id.Value, person, role = Json.Name(request.Role) });
            if (added == 0) return new Error(Errors.EmailTaken, "This person is already a member.");
            var resource = new MemberResource(id, email, request.Phone, name, request.Role, "active", null);
            scope.Book.Publish("member.added", id.Value, 1, resource);
            return (Result<MemberResource>)resource;
        });
    }

    public Task<Result<MemberResource>> ChangeRole(Actor actor, MemberId id, Role role) => Change(actor, id, "member.role_changed", async (scope, member) =>
    {
        await scope.Execute("update members set role = @role where workspace_id = @workspace and member_id = @id", new { id = id.Value, role = Json.Name(role) });
        return member with { Role = role };
    }, keepsAdmin: role == Role.Admin);

    public Task<Result<MemberResource>> Remove(Actor actor, MemberId id) => Change(actor, id, "member.removed", async (scope, member) =>
    {
        await scope.Execute("""
            update members set state = 'removed' where workspace_id = @workspace and member_id = @id;
            delete from sessions where workspace_id = @workspace and member_id = @id
            """, new { id = id.Value });
        return member with { State = "removed" };
    }, keepsAdmin: false);

    public async Task<Result<IReadOnlyList<MemberResource>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageMembers) is { } denied) return denied;
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await Dapper.SqlMapper.QueryAsync<Row>(connection, Select + " order by m.created_at", new { workspace = actor.Book.Workspace.Value });
        return rows.Select(Resource).ToList();
    }

    private Task<Result<MemberResource>> Change(
        Actor actor, MemberId id, string type, Func<ControlScope, MemberResource, Task<MemberResource>> change, bool keepsAdmin) =>
        changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            var rows = await scope.Query<Row>(Select);
            if (rows.FirstOrDefault(r => r.MemberId == id.Value) is not { } row) return Errors.Missing();
            if (actor.Kind == PrincipalKind.Member && actor.Principal == id.Value)
                return new Error(Errors.StateConflict, "Nobody changes their own role or removes themselves.");
            if (!keepsAdmin && row.Role == "admin" && rows.Count(r => r.Role == "admin") == 1)
                return new Error(Errors.LastAdmin, "A workspace keeps at least one Admin.");
            var changed = await change(scope, Resource(row));
            scope.Book.Publish(type, id.Value, 2, changed);
            return (Result<MemberResource>)changed;
        });

    private static MemberResource Resource(Row r) => new(new(r.MemberId), r.Email, r.Phone, r.Name, Json.Parse<Role>(r.Role), r.State, r.LastSeenAt);

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

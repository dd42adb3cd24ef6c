using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>Whom an Admin wants in. The name is a suggestion: whoever accepts says their own.</summary>
public sealed record NewMember(string Email, Role Role, string? Name = null, string? Phone = null);

/// <summary>The answer to an invitation. Name and password are for people without an account; the others keep theirs.</summary>
public sealed record Acceptance(string Token, string? Name = null, string? Password = null);

/// <summary>What the link shows to its holder.</summary>
public sealed record InvitationView(
    WorkspaceId Workspace, string WorkspaceName, string Email, string? Name, Role Role, string InvitedBy, bool HasAccount);

/// <summary>Somebody who just joined. New people are signed in with this; the others have sessions of their own.</summary>
public sealed record Joined(
    MemberId MemberId, WorkspaceId WorkspaceId, Role Role, [property: JsonIgnore] Guid Person, [property: JsonIgnore] bool IsNew);

/// <summary>
/// Invitations (PRODUCT W1, W2): a link by e-mail, good once within 7 days, kept as SHA-256. An open invitation holds one of the
/// workspace's seats; its id becomes the member's. Everything happens under the locks of the workspace's books, so that no number of
/// parallel tries goes past a rule.
/// </summary>
public sealed class Invitations(
    Database database, ControlChanges changes, Passwords passwords, MessageQueue messages, SiteAddress site, TimeProvider time)
{
    public const int SeatsMax = 20;
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);

    public async Task<Result<MemberResource>> Invite(Actor actor, NewMember request)
    {
        if (actor.Require(Permission.ManageMembers) is { } denied) return denied;
        var asked = Checked(request);
        if (!asked.Ok) return asked.Error;
        return await changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            if (await Problem(scope, asked.Value.Email) is { } problem) return problem;
            var (member, token) = await Write(scope.Connection, actor.Book.Workspace, asked.Value, By(actor), scope.At);
            if (!await Mail(scope, member, By(actor), token)) return TooMany();
            scope.Book.Publish("member.invited", member.Id.Value, 1, member);
            return (Result<MemberResource>)member;
        });
    }

    /// <summary>Sends a new link; the one before ends. An invitation that had expired takes a seat again.</summary>
    public Task<Result<MemberResource>> Resend(Actor actor, MemberId id) =>
        changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            if (await InvitationTable.Find(scope, id) is not { } row) return Errors.Missing();
            if (row.SentAt > scope.At - AgainAfter)
                return new Error(Errors.RateLimited, "It was sent less than a minute ago.")
                    .With("retryAfter", (int)AgainAfter.TotalSeconds);
            if (row.ExpiresAt <= scope.At && await NoSeat(scope) is { } full) return full;
            var token = await InvitationTable.Renew(scope, row, scope.At + Life);
            var member = (row with { ExpiresAt = scope.At + Life }).Resource(scope.At);
            if (!await Mail(scope, member, By(actor), token)) return TooMany();
            scope.Book.Publish("member.invited", id.Value, 2, member);
            return (Result<MemberResource>)member;
        });

    /// <summary>
    /// Somebody invited and there at once, with a password and no message: for the command line and the demo. A person who has an account
    /// keeps their password.
    /// </summary>
    public async Task<Result<Joined>> AddAtOnce(Actor actor, NewMember request, string password)
    {
        var asked = Checked(request);
        if (!asked.Ok) return asked.Error;
        if (passwords.Problem(password) is { } weak) return Errors.Field("/password", "weak", weak);
        var hash = await passwords.Hash(password);
        return await changes.Apply(actor, Permission.ManageMembers, bothModes: true, async scope =>
        {
            if (await Problem(scope, asked.Value.Email) is { } problem) return problem;
            var (member, token) = await Write(scope.Connection, actor.Book.Workspace, asked.Value, By(actor), scope.At);
            scope.Book.Publish("member.invited", member.Id.Value, 1, member);
            return await Enter(scope, LinkToken.Hash(token), member.Name, hash, isNew: null);
        });
    }

    /// <summary>The invitation behind a link, or null when there is none, it was used, or it has expired.</summary>
    public async Task<InvitationView?> Look(string token)
    {
        if (token.Length != LinkToken.Length) return null;
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<LinkRow>("""
            select i.workspace_id, w.name as workspace_name, i.email, i.name, i.role, i.invited_by,
                p.password_hash is not null as has_account
            from invitation_links l
            join invitations i on i.workspace_id = l.workspace_id and i.member_id = l.member_id
            join workspaces w on w.workspace_id = l.workspace_id
            left join persons p on p.email = i.email
            where l.hash = @hash and i.expires_at > @now
            """, new { hash = LinkToken.Hash(token), now = time.NowMicros() });
        return row is null ? null : new InvitationView(
            new(row.WorkspaceId), row.WorkspaceName, row.Email, row.Name, Json.Parse<Role>(row.Role), row.InvitedBy, row.HasAccount);
    }

    /// <summary>Uses the link up: its holder is a member now.</summary>
    public async Task<Result<Joined>> Accept(Acceptance request, string peer, RequestId call)
    {
        if (await Look(request.Token) is not { } seen) return Gone();
        var name = request.Name ?? seen.Name ?? InvitationTable.NameOf(seen.Email);
        string? hash = null;
        if (!seen.HasAccount)
        {
            if (PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
            if (passwords.Problem(request.Password ?? "") is { } weak) return Errors.Field("/password", "weak", weak);
            hash = await passwords.Hash(request.Password!);
        }
        var actor = Actor.System(new BookKey(seen.Workspace, Mode.Test), name, call) with { Peer = peer };
        return await changes.Apply(actor, Permission.None, bothModes: true,
            scope => Enter(scope, LinkToken.Hash(request.Token), name, hash, isNew: !seen.HasAccount));
    }

    /// <summary>Checks what was typed and brings it into its stored form.</summary>
    public static Result<NewMember> Checked(NewMember request)
    {
        if (PlainText.Email(request.Email) is not { } email) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        if (request.Name is { } name && PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        var phone = PlainText.Phone(request.Phone);
        if (request.Phone is not null && phone is null)
            return Errors.Field("/phone", "invalid", "Write the number with its country code, such as +62 812 3456 7890.");
        return request with { Email = email, Phone = phone };
    }

    /// <summary>Writes an invitation whose rules were checked, and returns the secret of its link, which is nowhere else.</summary>
    public static async Task<(MemberResource Member, string Token)> Write(
        NpgsqlConnection connection, WorkspaceId workspace, NewMember member, string by, DateTimeOffset now)
    {
        var id = MemberId.New(now);
        var token = await InvitationTable.Insert(connection, workspace, id, member, by, now, now + Life);
        var name = member.Name ?? InvitationTable.NameOf(member.Email);
        return (new MemberResource(id, member.Email, member.Phone, name, member.Role, "invited", null, now + Life), token);
    }

    /// <summary>The e-mail, in the language of whoever is invited; a stranger reads as the workspace does.</summary>
    public async Task<OutgoingMessage> Message(
        NpgsqlConnection connection, MemberResource invited, WorkspaceId id, string workspace, string by, string token)
    {
        var language = await Readers.Of(connection, invited.Email, id);
        return OutgoingMessage.Mail(language, invited.Email, $"{by} invites you to {workspace}", $"""
            {by} invites you to join {workspace} on Bursar as {(Phrase)Roles.Name(invited.Role)}.

            Open this link within 7 days to join:
            {site.To($"/invite/{token}")}

            The link works once. If you did not expect it, leave it: nothing happens.
            """) with
        { Life = Life };
    }

    /// <summary>Who invites, as strangers read it: a member by name; which operator it was is in the journal.</summary>
    public static string By(Actor actor) => actor.Kind == PrincipalKind.System ? "Bursar" : actor.Name;

    private async Task<bool> Mail(ControlScope scope, MemberResource member, string by, string token) =>
        await messages.Send(scope.Connection, await Message(
            scope.Connection, member, scope.Book.Key.Workspace, Principals.Instance.Of(scope.Book).Workspace.Name, by, token));

    private static async Task<Error?> Problem(ControlScope scope, string email)
    {
        if (await scope.Scalar<bool>("""
            select exists (select from members m join persons p on p.person_id = m.person_id
                where m.workspace_id = @workspace and m.state = 'active' and p.email = @email)
            """, new { email })) return new Error(Errors.EmailTaken, "This person is already a member.");
        if (await InvitationTable.Find(scope, email) is { } row)
        {
            if (row.ExpiresAt > scope.At)
                return new Error(Errors.EmailTaken, "This person is already invited. Send the invitation again instead.");
            await InvitationTable.Delete(scope, row);
        }
        return await NoSeat(scope);
    }

    private static async Task<Error?> NoSeat(ControlScope scope)
    {
        var taken = await scope.Scalar<long>("""
            select (select count(*) from members where workspace_id = @workspace and state = 'active')
                + (select count(*) from invitations where workspace_id = @workspace and expires_at > @at)
            """);
        return taken < SeatsMax ? null
            : new Error(Errors.SeatLimitReached, $"A workspace has up to {SeatsMax} members and open invitations.").With("limit", SeatsMax);
    }

    /// <summary>
    /// Turns the invitation into a member. <paramref name="isNew"/> is what its holder was told about their account: it must still be so,
    /// because a password that was just chosen must not be dropped in silence.
    /// </summary>
    private static async Task<Result<Joined>> Enter(ControlScope scope, byte[] link, string name, string? passwordHash, bool? isNew)
    {
        if (await InvitationTable.Take(scope, link) is not { } row) return Gone();
        var made = passwordHash is null ? null : await scope.Scalar<Guid?>("""
            insert into persons (person_id, email, name, phone, password_hash, created_at)
            values (@id, @Email, @name, @Phone, @passwordHash, @at)
            on conflict (email) do update set password_hash = excluded.password_hash, name = excluded.name
                where persons.password_hash is null
            returning person_id
            """, new { id = Guid.CreateVersion7(scope.At), row.Email, name, row.Phone, passwordHash });
        if (isNew is { } told && told != made is not null)
            return new Error(Errors.StateConflict, "Your account has changed since you opened the link. Open it again.");
        var person = (await scope.Query<PersonRow>("select person_id, name, phone, operator from persons where email = @Email",
            new { row.Email })).Single();
        if (person.Operator)
            return new Error(Errors.StateConflict, "An operator belongs to no workspace. Ask to be invited with another address.");
        await scope.Execute("""
            insert into members (workspace_id, member_id, person_id, role, state, created_at)
            values (@workspace, @MemberId, @PersonId, @Role, 'active', @at)
            """, new { row.MemberId, person.PersonId, row.Role });
        var member = row.Resource(scope.At) with { Name = person.Name, Phone = person.Phone, State = "active", InvitedUntil = null };
        scope.Book.Publish("member.added", row.MemberId, 2, member);
        return new Joined(member.Id, scope.Book.Key.Workspace, member.Role, person.PersonId, made is not null);
    }

    private static Error Gone() =>
        new(Errors.Expired, "This invitation has expired or was used. Ask whoever invited you to send it again.");

    private static Error TooMany() =>
        new Error(Errors.RateLimited, "This address got too many messages lately. Try again in an hour.").With("retryAfter", 3600);

    private sealed record LinkRow
    {
        public Guid WorkspaceId { get; init; }
        public required string WorkspaceName { get; init; }
        public required string Email { get; init; }
        public string? Name { get; init; }
        public required string Role { get; init; }
        public required string InvitedBy { get; init; }
        public bool HasAccount { get; init; }
    }

    private sealed record PersonRow
    {
        public Guid PersonId { get; init; }
        public required string Name { get; init; }
        public string? Phone { get; init; }
        public bool Operator { get; init; }
    }
}

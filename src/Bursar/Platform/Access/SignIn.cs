using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

public sealed record SignInRequest(string Email, string Password, string? Code = null, WorkspaceId? WorkspaceId = null);

public sealed record WorkspaceChoice(WorkspaceId Id, string Name, Role Role);

/// <summary>Who is signed in where. An operator belongs to no workspace: no member, no role.</summary>
public sealed record SignedIn(MemberId? MemberId, WorkspaceId? WorkspaceId, IReadOnlyList<WorkspaceChoice> Workspaces, Role? Role, string CsrfToken);

/// <summary>
/// Sign-in with e-mail and password. The answer, its text and its work are the same for unknown people and wrong passwords; five wrong
/// tries lock the account for 15 minutes.
/// </summary>
public sealed class SignIn(Database database, Passwords passwords, Sessions sessions, OperatorSessions operators, TimeProvider time)
{
    private const int TriesMax = 5;
    private static readonly TimeSpan LockFor = TimeSpan.FromMinutes(15);

    public async Task<Result<(SignedIn Answer, string Cookie)>> Handle(SignInRequest request, string peer, string agent)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var person = await connection.QuerySingleOrDefaultAsync<Person>(
            "select person_id, password_hash, failed_tries, locked_until from persons where email = @email", new { email = PlainText.Email(request.Email) ?? "" });
        var right = passwords.Verify(person?.PasswordHash, request.Password);
        if (person is null || person.LockedUntil > now || !right)
        {
            if (person is not null && !(person.LockedUntil > now)) await CountFailure(connection, person, now);
            return new Error(Errors.AuthenticationRequired, "E-mail or password is not right, or the account is locked for 15 minutes.");
        }
        await connection.ExecuteAsync("update persons set failed_tries = 0, locked_until = null where person_id = @PersonId and failed_tries > 0", new { person.PersonId });
        var places = (await connection.QueryAsync<Place>("""
            select m.workspace_id, m.member_id, m.role, w.name from members m join workspaces w on w.workspace_id = m.workspace_id
            where m.person_id = @PersonId and m.state = 'active' order by w.name
            """, new { person.PersonId })).AsList();
        var place = places.FirstOrDefault(p => request.WorkspaceId is not { } wanted || p.WorkspaceId == wanted.Value);
        if (place is null)
            return await operators.Start(person.PersonId, peer, agent) is { } desk ? (new SignedIn(null, null, [], null, Sessions.Csrf(desk)), desk)
                : new Error(Errors.AuthenticationRequired, "E-mail or password is not right, or the account is locked for 15 minutes.");
        await connection.ExecuteAsync("update members set last_seen_at = @now where workspace_id = @WorkspaceId and member_id = @MemberId",
            new { now, place.WorkspaceId, place.MemberId });
        var cookie = await sessions.Start(person.PersonId, new(place.WorkspaceId), place.MemberId, peer, agent);
        return (new SignedIn(new(place.MemberId), new(place.WorkspaceId),
            [.. places.Select(p => new WorkspaceChoice(new(p.WorkspaceId), p.Name, Json.Parse<Role>(p.Role)))], Json.Parse<Role>(place.Role), Sessions.Csrf(cookie)), cookie);
    }

    private static Task<int> CountFailure(Npgsql.NpgsqlConnection connection, Person person, DateTimeOffset now) => connection.ExecuteAsync("""
        update persons set failed_tries = case when failed_tries + 1 >= @TriesMax then 0 else failed_tries + 1 end,
            locked_until = case when failed_tries + 1 >= @TriesMax then @until else locked_until end
        where person_id = @PersonId
        """, new { person.PersonId, TriesMax, until = now + LockFor });

    private sealed record Person
    {
        public Guid PersonId { get; init; }
        public string? PasswordHash { get; init; }
        public int FailedTries { get; init; }
        public DateTimeOffset? LockedUntil { get; init; }
    }

    private sealed record Place
    {
        public Guid WorkspaceId { get; init; }
        public Guid MemberId { get; init; }
        public required string Role { get; init; }
        public required string Name { get; init; }
    }
}

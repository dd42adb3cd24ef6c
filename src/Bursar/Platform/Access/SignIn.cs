using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;
using Microsoft.AspNetCore.DataProtection;

namespace Bursar.Platform.Access;

public sealed record SignInRequest(string Email, string Password, string? Code = null, WorkspaceId? WorkspaceId = null);

public sealed record WorkspaceChoice(WorkspaceId Id, string Name, Role Role);

/// <summary>Who is signed in where. An operator belongs to no workspace: no member, no role.</summary>
public sealed record SignedIn(MemberId? MemberId, WorkspaceId? WorkspaceId, IReadOnlyList<WorkspaceChoice> Workspaces, Role? Role,
    string CsrfToken);

/// <summary>Whence somebody signs in: peer address, browser, request.</summary>
public sealed record Caller(string Peer, string Agent, RequestId Request);

/// <summary>
/// Sign-in with e-mail, password and, where the person has one, a second factor. The answer, its text and its work are the same for unknown
/// people and wrong passwords; <see cref="SignInTries"/> bounds the guessing.
/// </summary>
public sealed class SignIn(
    Database database, Passwords passwords, Sessions sessions, OperatorSessions operators, SignInTries tries, RefusedSignIns refused,
    SecondFactors factors, Posting posting, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(10);
    private readonly ITimeLimitedDataProtector tickets = protection.CreateProtector("bursar.sign-in").ToTimeLimitedDataProtector();

    public Task<Result<(SignedIn Answer, string Cookie)>> Handle(SignInRequest request, Caller caller)
    {
        var email = PlainText.Email(request.Email) ?? "";
        return tries.Try(email, caller.Peer, async () =>
        {
            var person = await Find(email);
            // The same work whether or not the person exists.
            var right = await passwords.Verify(person?.PasswordHash, request.Password);
            if (person is null || !right)
            {
                if (person is not null) refused.Notice(person.PersonId, caller);
                return Wrong();
            }
            if (await CodeProblem(person, request.Code, caller) is { } problem) return problem;
            return await Enter(person, request.WorkspaceId, caller);
        });
    }

    /// <summary>
    /// The second step of a page's sign-in: a ticket instead of the password, so that the password is in no page. It holds ten minutes and
    /// ends with the password it was given for.
    /// </summary>
    public Task<Result<(SignedIn Answer, string Cookie)>> HandleSecondStep(string ticket, string code, Caller caller)
    {
        if (Open(ticket) is not { } opened) return Task.FromResult<Result<(SignedIn,
            string)>>(new Error(Errors.Expired, "That took too long. Sign in again."));
        return tries.Try(opened.Email, caller.Peer, async () =>
        {
            if (await Find(opened.Email) is not { } person || Stamp(person) != opened.Stamp)
                return new Error(Errors.Expired, "The password has changed. Sign in again.");
            if (await CodeProblem(person, code, caller) is { } problem) return problem;
            return await Enter(person, null, caller);
        });
    }

    /// <summary>For somebody whose password was right and whose code is missing.</summary>
    public async Task<string> Ticket(string email)
    {
        var person = await Find(PlainText.Email(email) ?? "");
        return tickets.Protect($"{person!.Email}\n{Stamp(person)}", TicketLife);
    }

    private (string Email, string Stamp)? Open(string ticket)
    {
        try
        {
            return tickets.Unprotect(ticket).Split('\n') is [var email, var stamp] ? (email, stamp) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<Error?> CodeProblem(Person person, string? code, Caller caller)
    {
        if (!person.SecondFactor) return null;
        if (string.IsNullOrWhiteSpace(code)) return new Error(Errors.OtpRequired,
            "Enter the code of your authenticator app, or a recovery code.");
        if (await factors.Take(person.PersonId, code, recovery: true)) return null;
        refused.Notice(person.PersonId, caller);
        return new Error(Errors.OtpInvalid, "This code is not right, or was used already.");
    }

    private async Task<Result<(SignedIn Answer, string Cookie)>> Enter(Person person, WorkspaceId? wanted, Caller caller)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var places = (await connection.QueryAsync<Place>("""
            select m.workspace_id, m.member_id, m.role, w.name from members m join workspaces w on w.workspace_id = m.workspace_id
            where m.person_id = @PersonId and m.state = 'active' order by w.name
            """, new { person.PersonId })).AsList();
        if (places.FirstOrDefault(p => wanted is not { } id || p.WorkspaceId == id.Value) is not { } place)
            return await operators.Start(person.PersonId, caller.Peer, caller.Agent) is { } desk
                ? (new SignedIn(null, null, [], null, Sessions.Csrf(desk)), desk) : Wrong();
        await connection.ExecuteAsync("update members set last_seen_at = @now where workspace_id = @WorkspaceId and member_id = @MemberId",
            new { now = time.NowMicros(), place.WorkspaceId, place.MemberId });
        var role = Json.Parse<Role>(place.Role);
        // Signing in belongs to no mode; the live book keeps what concerns people.
        var actor = new Actor(new BookKey(new(place.WorkspaceId), Mode.Live), PrincipalKind.Member, place.MemberId, place.MemberId,
            person.PersonId, person.Name,
            Roles.Allows(role), caller.Peer, caller.Request);
        var recorded = await posting.Submit(new RecordFact(actor, "member.signed_in", place.MemberId,
            new { secondFactor = person.SecondFactor }));
        if (!recorded.Ok) return recorded.Error;
        var cookie = await sessions.Start(person.PersonId, new(place.WorkspaceId), place.MemberId, caller.Peer, caller.Agent);
        return (new SignedIn(new(place.MemberId), new(place.WorkspaceId),
            [.. places.Select(p => new WorkspaceChoice(new(p.WorkspaceId), p.Name, Json.Parse<Role>(p.Role)))], role,
                Sessions.Csrf(cookie)), cookie);
    }

    private async Task<Person?> Find(string email)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<Person>("""
            select p.person_id, p.email, p.name, p.password_hash, f.person_id is not null as second_factor
            from persons p left join second_factors f on f.person_id = p.person_id and f.confirmed_at is not null
            where p.email = @email
            """, new { email });
    }

    private static Error Wrong() => new(Errors.AuthenticationRequired, "E-mail or password is not right.");

    private static string Stamp(Person person) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person.PasswordHash ?? "")))[..16];

    private sealed record Person
    {
        public Guid PersonId { get; init; }
        public required string Email { get; init; }
        public required string Name { get; init; }
        public string? PasswordHash { get; init; }
        public bool SecondFactor { get; init; }
    }

    private sealed record Place
    {
        public Guid WorkspaceId { get; init; }
        public Guid MemberId { get; init; }
        public required string Role { get; init; }
        public required string Name { get; init; }
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

public sealed record OperatorSession(Guid Id, Guid Person, string Name, string Email, byte[] TokenHash, Proof Proved)
    : PersonSession(Id, Person, Name, Email, TokenHash, Proved);

/// <summary>
/// Operators run the installation and belong to no workspace; their sessions live in the same table and cookie, without a member. They
/// end after 15 idle minutes and 12 hours.
/// </summary>
public sealed class OperatorSessions(Database database, Passwords passwords, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(30);

    /// <summary>Makes an operator: a new person, or one who is a member nowhere.</summary>
    public async Task<Result<Guid>> Make(string email, string name, string password)
    {
        if (PlainText.Email(email) is not { } address) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        if (PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        if (passwords.Problem(password) is { } weak) return Errors.Field("/password", "weak", weak);
        var hash = await passwords.Hash(password);
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var made = await connection.ExecuteScalarAsync<Guid?>("""
            insert into persons (person_id, email, name, password_hash, operator, created_at)
            values (@id, @address, @name, @hash, true, @now)
            on conflict (email) do update set operator = true
                where not exists (select from members m where m.person_id = persons.person_id and m.state = 'active')
            returning person_id
            """, new { id = Guid.CreateVersion7(now), address, name, hash, now });
        return made is { } person ? person
            : new Error(Errors.StateConflict, "This person is a member of a workspace. An operator belongs to none.");
    }

    /// <summary>Starts a session and returns the cookie's value; null when the person is no operator.</summary>
    public async Task<string?> Start(Guid person, string peer, string agent)
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var started = await connection.ExecuteAsync("""
            insert into sessions (token_hash, session_id, person_id, created_at, last_seen_at, expires_at, peer, agent)
            select @hash, @id, person_id, @now, @now, @expires, @peer, @agent from persons where person_id = @person and operator
            """, new
        {
            hash = Sessions.Hash(text),
            id = SessionId.New(now).Value,
            person,
            now,
            expires = now + Life,
            peer,
            agent = agent.Length > 200 ? agent[..200] : agent,
        });
        return started == 1 ? text : null;
    }

    /// <summary>The operator's session of the request's cookie, or null.</summary>
    public async Task<OperatorSession?> Of(HttpContext http)
    {
        if (Sessions.CookieOf(http) is not { } text) return null;
        var hash = Sessions.Hash(text);
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<Row>("""
            select s.session_id, s.person_id, p.name, p.email, s.last_seen_at, s.expires_at, s.stepped_up_at, s.coded_at
            from sessions s join persons p on p.person_id = s.person_id
            where s.token_hash = @hash and s.workspace_id is null and p.operator
            """, new { hash });
        if (row is null) return null;
        if (now >= row.ExpiresAt || now >= row.LastSeenAt + Idle)
        {
            await connection.ExecuteAsync("delete from sessions where token_hash = @hash", new { hash });
            return null;
        }
        if (now >= row.LastSeenAt + TouchEvery)
            await connection.ExecuteAsync("update sessions set last_seen_at = @now where token_hash = @hash", new { now, hash });
        return new OperatorSession(row.SessionId, row.PersonId, row.Name, row.Email, hash,
            Sessions.Proved(row.SteppedUpAt, row.CodedAt, now));
    }

    private sealed record Row
    {
        public Guid SessionId { get; init; }
        public Guid PersonId { get; init; }
        public required string Name { get; init; }
        public required string Email { get; init; }
        public DateTimeOffset? SteppedUpAt { get; init; }
        public DateTimeOffset? CodedAt { get; init; }
        public DateTimeOffset LastSeenAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>Date order (dmy, mdy, ymd), 12 or 24 hours, first day of the week, language (en, id).</summary>
public sealed record Reading(string DateOrder, int Hours, string WeekStart, string Language);

/// <summary>Whose session it is and what it has proved: a member's or an operator's.</summary>
public abstract record PersonSession(Guid Id, Guid Person, string Name, string Email, byte[] TokenHash, Proof Proved);

/// <summary>A signed-in member of one workspace, as read with the request.</summary>
public sealed record Session(
    Guid Id, WorkspaceId Workspace, string WorkspaceName, string Zone, bool LiveActive, Guid Member, Guid Person, string Name, string Email,
    Role Role, string? Theme, string CsrfToken, byte[] TokenHash, Proof Proved) : PersonSession(Id, Person, Name, Email, TokenHash, Proved)
{
    /// <summary>How this person reads dates, times and words: their own choice, else the workspace's.</summary>
    public required Reading Reading { get; init; }

    public required bool SeparationOfDuties { get; init; }

    /// <summary>A number was given, and its owner has not shown that it reaches them (PRODUCT W2).</summary>
    public required bool PhoneUnconfirmed { get; init; }

    public Permission Permissions => Roles.Allows(Role);

    public Actor Actor(Mode mode, string peer, RequestId request) =>
        new(new BookKey(Workspace, mode), PrincipalKind.Member, Member, Id, Person, Name, Permissions, peer, request) { Proved = Proved };

    /// <summary>Constant time; the token is derived from the session's own secret, so nothing more is stored.</summary>
    public bool Accepts(string csrf) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(csrf), Encoding.UTF8.GetBytes(CsrfToken));
}

/// <summary>A session as its owner sees it: where (peer address and browser), since when, last used when.</summary>
public sealed record SessionResource(
    SessionId Id, string WorkspaceName, string Peer, string Agent, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool Current);

/// <summary>
/// Sessions: 256 random bits in one cookie, SHA-256 in the table, read by primary key on each request, so that an end holds at once in
/// every process. 12 hours at most; idle ones end after 15 minutes for roles that move money, after 2 hours for the others.
/// </summary>
public sealed class Sessions(Database database, TimeProvider time)
{
    public const string Cookie = "bursar_session";
    public const string SecureCookie = "__Host-bursar_session";
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private static readonly TimeSpan IdleWithMoney = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan IdleElse = TimeSpan.FromHours(2);
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(30);
    /// <summary>How long a password that was shown again counts, and a one-time code waits for the act it was asked for.</summary>
    public static readonly TimeSpan PasswordCounts = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan CodeCounts = TimeSpan.FromMinutes(5);
    /// <summary>
    /// The oldest end beyond this: nobody reads a longer list, and a script that forgets to sign out must not fill the table.
    /// </summary>
    private const int PerPersonMax = 100;
    private const Permission Money = Permission.CreateTransactions | Permission.ApproveTransactions | Permission.TopUpDeposit;

    /// <summary>The session of the request's cookie, or null.</summary>
    public async Task<Session?> Of(HttpContext http)
    {
        const string item = "bursar.session";
        if (http.Items.TryGetValue(item, out var known)) return (Session?)known;
        var session = CookieOf(http) is { } text ? await Find(text) : null;
        http.Items[item] = session;
        return session;
    }

    internal static string? CookieOf(HttpContext http) =>
        http.Request.Cookies[http.Request.IsHttps ? SecureCookie : Cookie] is { Length: > 0 and <= 100 } text ? text : null;

    /// <summary>Ends whatever session the request's cookie stands for, a member's or an operator's.</summary>
    public Task End(HttpContext http) => CookieOf(http) is { } text ? End(Hash(text)) : Task.CompletedTask;

    /// <summary>Starts a session and returns the cookie's value.</summary>
    public async Task<string> Start(Guid person, WorkspaceId workspace, Guid member, string peer, string agent)
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into sessions (token_hash, session_id, person_id, workspace_id, member_id, created_at, last_seen_at, expires_at, peer,
                agent)
            values (@hash, @id, @person, @workspace, @member, @now, @now, @expires, @peer, @agent);
            delete from sessions where person_id = @person and token_hash in (
                select token_hash from sessions where person_id = @person order by created_at desc, token_hash offset @PerPersonMax)
            """,
            new
            {
                hash = Hash(text),
                id = SessionId.New(now).Value,
                person,
                workspace = workspace.Value,
                member,
                now,
                expires = now + Life,
                peer,
                agent = agent.Length > 200 ? agent[..200] : agent,
                PerPersonMax,
            });
        return text;
    }

    public async Task End(byte[] tokenHash)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from sessions where token_hash = @tokenHash", new { tokenHash });
    }

    private async Task<Session?> Find(string text)
    {
        var hash = Hash(text);
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<Row>("""
            select s.session_id, s.workspace_id, w.name as workspace_name, w.zone, w.live_active, s.member_id, s.person_id, p.name, p.email,
                m.role,
                p.theme, s.last_seen_at, s.expires_at, s.stepped_up_at, s.coded_at,
                p.phone is not null and p.phone_confirmed_at is null as phone_unconfirmed,
                coalesce(p.date_order, w.date_order) as date_order, coalesce(p.clock_hours, w.clock_hours) as clock_hours, w.week_start,
                    w.separation_of_duties,
                coalesce(p.language, w.language) as language
            from sessions s
            join members m on m.workspace_id = s.workspace_id and m.member_id = s.member_id and m.state = 'active'
            join persons p on p.person_id = s.person_id
            join workspaces w on w.workspace_id = s.workspace_id
            where s.token_hash = @hash
            """, new { hash });
        if (row is null) return null;
        var role = Json.Parse<Role>(row.Role);
        var now = time.NowMicros();
        if (now >= row.ExpiresAt || now >= row.LastSeenAt + Idle(role))
        {
            await End(hash);
            return null;
        }
        if (now >= row.LastSeenAt + TouchEvery)
            await connection.ExecuteAsync("update sessions set last_seen_at = @now where token_hash = @hash", new { now, hash });
        return new Session(row.SessionId, new(row.WorkspaceId), row.WorkspaceName, row.Zone, row.LiveActive, row.MemberId, row.PersonId,
            row.Name,
            row.Email, role, row.Theme, Csrf(text), hash, Proved(row.SteppedUpAt, row.CodedAt, now))
        {
            SeparationOfDuties = row.SeparationOfDuties,
            PhoneUnconfirmed = row.PhoneUnconfirmed,
            Reading = new Reading(row.DateOrder, row.ClockHours, row.WeekStart, row.Language),
        };
    }

    internal static Proof Proved(DateTimeOffset? password, DateTimeOffset? code, DateTimeOffset now) =>
        (password > now - PasswordCounts ? Proof.Password : Proof.None) | (code > now - CodeCounts ? Proof.Code : Proof.None);

    /// <summary>Notes what the session has just proved.</summary>
    public async Task Prove(Guid session, Proof proof)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update sessions set stepped_up_at = case when @password then @now else stepped_up_at end,
                coded_at = case when @code then @now else coded_at end
            where session_id = @session
            """, new { session, now = time.NowMicros(), password = proof.HasFlag(Proof.Password), code = proof.HasFlag(Proof.Code) });
    }

    /// <summary>
    /// Asks for a one-time code, and for <paramref name="besides"/>, and uses the code up: one code, one act, also for two calls at once.
    /// </summary>
    public async Task<Error?> TakeCode(Actor actor, Proof besides, Phrase act)
    {
        var needed = Proof.Code | besides;
        if (actor.Require(needed, act) is { } missing) return missing;
        if (actor.Kind != PrincipalKind.Member || actor.Proved == Proof.Console) return null;
        // A code that came with this request was used up when it was looked at; it was sent for one act and is worth no other.
        if (actor.ProvedFor is { } proved) return proved == act.ToString() ? null : Errors.ProofMissing(needed, act);
        await using var connection = await database.Engine.OpenConnectionAsync();
        var taken = await connection.ExecuteAsync("update sessions set coded_at = null where session_id = @id and coded_at > @since",
            new { id = actor.Credential, since = time.NowMicros() - CodeCounts });
        return taken == 1 ? null : Errors.ProofMissing(needed, act);
    }

    /// <summary>The person's sessions that still hold, newest first; an operator's belong to no workspace.</summary>
    public async Task<IReadOnlyList<SessionResource>> List(Guid person, Guid current)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<ListRow>("""
            select s.session_id, w.name as workspace_name, m.role, s.peer, s.agent, s.created_at, s.last_seen_at
            from sessions s
            left join members m on m.workspace_id = s.workspace_id and m.member_id = s.member_id and m.state = 'active'
            left join workspaces w on w.workspace_id = s.workspace_id
            where s.person_id = @person and s.expires_at > @now and (m.member_id is not null or s.workspace_id is null)
            order by s.last_seen_at desc, s.session_id limit @PerPersonMax
            """, new { person, now, PerPersonMax });
        return [.. rows.Where(r => now < r.LastSeenAt + (r.Role is null ? OperatorSessions.Idle : Idle(Json.Parse<Role>(r.Role))))
            .Select(r =>
            new SessionResource(new(r.SessionId), r.WorkspaceName ?? "", r.Peer, r.Agent, r.CreatedAt, r.LastSeenAt,
                r.SessionId == current))];
    }

    /// <summary>Ends one session of the person on a connection of the caller's; 0 where there is none.</summary>
    public static Task<int> End(NpgsqlConnection connection, Guid person, SessionId id) =>
        connection.ExecuteAsync("delete from sessions where person_id = @person and session_id = @id", new { person, id = id.Value });

    /// <summary>Ends every session of the person, here and elsewhere, on a connection of the caller's.</summary>
    public static Task<int> EndAll(NpgsqlConnection connection, Guid person) =>
        connection.ExecuteAsync("delete from sessions where person_id = @person", new { person });

    /// <summary>Sessions that nobody came back to.</summary>
    public static readonly Retention Kept = new(TimeSpan.Zero, """
        delete from sessions where token_hash in (select token_hash from sessions where expires_at < @before limit @most)
        """);

    private static TimeSpan Idle(Role role) => (Roles.Allows(role) & Money) != 0 ? IdleWithMoney : IdleElse;

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public static string Csrf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes("bursar csrf " + text)));

    private sealed record Row
    {
        public Guid SessionId { get; init; }
        public Guid WorkspaceId { get; init; }
        public required string WorkspaceName { get; init; }
        public required string Zone { get; init; }
        public bool LiveActive { get; init; }
        public Guid MemberId { get; init; }
        public Guid PersonId { get; init; }
        public required string Name { get; init; }
        public required string Email { get; init; }
        public required string Role { get; init; }
        public string? Theme { get; init; }
        public required string DateOrder { get; init; }
        public int ClockHours { get; init; }
        public bool SeparationOfDuties { get; init; }
        public bool PhoneUnconfirmed { get; init; }
        public required string WeekStart { get; init; }
        public required string Language { get; init; }
        public DateTimeOffset LastSeenAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public DateTimeOffset? SteppedUpAt { get; init; }
        public DateTimeOffset? CodedAt { get; init; }
    }

    private sealed record ListRow
    {
        public Guid SessionId { get; init; }
        public string? WorkspaceName { get; init; }
        public string? Role { get; init; }
        public required string Peer { get; init; }
        public required string Agent { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset LastSeenAt { get; init; }
    }
}

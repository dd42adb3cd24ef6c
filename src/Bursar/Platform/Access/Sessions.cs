using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>A signed-in member of one workspace, as read with the request.</summary>
public sealed record Session(
    Guid Id, WorkspaceId Workspace, string WorkspaceName, string Zone, bool LiveActive, Guid Member, Guid Person, string Name, string Email,
    Role Role, string? Theme, string CsrfToken, byte[] TokenHash)
{
    public Permission Permissions => Roles.Allows(Role);

    public Actor Actor(Mode mode, string peer, RequestId request) =>
        new(new BookKey(Workspace, mode), PrincipalKind.Member, Member, Id, Person, Name, Permissions, peer, request);

    /// <summary>Constant time; the token is derived from the session's own secret, so nothing more is stored.</summary>
    public bool Accepts(string csrf) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(csrf), Encoding.UTF8.GetBytes(CsrfToken));
}

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
            insert into sessions (token_hash, session_id, person_id, workspace_id, member_id, created_at, last_seen_at, expires_at, peer, agent)
            values (@hash, @id, @person, @workspace, @member, @now, @now, @expires, @peer, @agent)
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
            select s.session_id, s.workspace_id, w.name as workspace_name, w.zone, w.live_active, s.member_id, s.person_id, p.name, p.email, m.role,
                p.theme, s.last_seen_at, s.expires_at
            from sessions s
            join members m on m.workspace_id = s.workspace_id and m.member_id = s.member_id and m.state = 'active'
            join persons p on p.person_id = s.person_id
            join workspaces w on w.workspace_id = s.workspace_id
            where s.token_hash = @hash
            """, new { hash });
        if (row is null) return null;
        var role = Json.Parse<Role>(row.Role);
        var now = time.NowMicros();
        var idle = (Roles.Allows(role) & Money) != 0 ? IdleWithMoney : IdleElse;
        if (now >= row.ExpiresAt || now >= row.LastSeenAt + idle)
        {
            await End(hash);
            return null;
        }
        if (now >= row.LastSeenAt + TouchEvery)
            await connection.ExecuteAsync("update sessions set last_seen_at = @now where token_hash = @hash", new { now, hash });
        return new Session(row.SessionId, new(row.WorkspaceId), row.WorkspaceName, row.Zone, row.LiveActive, row.MemberId, row.PersonId, row.Name,
            row.Email, role, row.Theme, Csrf(text), hash);
    }

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
        public DateTimeOffset LastSeenAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
    }
}

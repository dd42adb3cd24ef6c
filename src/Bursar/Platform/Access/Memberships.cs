using System.Buffers.Text;
using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>The workspaces of one person, and the way from one to another.</summary>
public sealed class Memberships(Database database, TimeProvider time)
{
    private const int ListMax = 100;

    public async Task<IReadOnlyList<WorkspaceChoice>> Of(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(Guid Workspace, string Name, string Role)>("""
            select m.workspace_id, w.name, m.role from members m join workspaces w on w.workspace_id = m.workspace_id
            where m.person_id = @person and m.state = 'active' order by w.name, m.workspace_id limit @ListMax
            """, new { person, ListMax });
        return [.. rows.Select(r => new WorkspaceChoice(new(r.Workspace), r.Name, Json.Parse<Role>(r.Role)))];
    }

    /// <summary>
    /// The session goes on in another workspace, with a new cookie; the one before ends, and the twelve hours go on. Null when the
    /// person is no member there.
    /// </summary>
    public async Task<string?> Switch(Session session, WorkspaceId to, string peer, string agent)
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var moved = await connection.ExecuteAsync("""
            with place as (
                update members set last_seen_at = @now where workspace_id = @to and person_id = @Person and state = 'active'
                returning member_id),
            gone as (delete from sessions where token_hash = @TokenHash and exists (select from place) returning expires_at)
            insert into sessions
                (token_hash, session_id, person_id, workspace_id, member_id, created_at, last_seen_at, expires_at, peer, agent)
            select @hash, @id, @Person, @to, place.member_id, @now, @now, gone.expires_at, @peer, @agent from place, gone
            """, new
        {
            session.Person,
            session.TokenHash,
            to = to.Value,
            hash = Sessions.Hash(text),
            id = SessionId.New(now).Value,
            now,
            peer,
            agent = agent.Length > 200 ? agent[..200] : agent,
        });
        return moved == 1 ? text : null;
    }
}

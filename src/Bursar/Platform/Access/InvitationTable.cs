using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>An open invitation. Accepted and revoked ones are no rows any more; the journal has them.</summary>
internal sealed record InvitationRow
{
    public Guid MemberId { get; init; }
    public required string Email { get; init; }
    public string? Name { get; init; }
    public string? Phone { get; init; }
    public required string Role { get; init; }
    public required byte[] LinkHash { get; init; }
    public DateTimeOffset SentAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    public MemberResource Resource(DateTimeOffset now) => new(new(MemberId), Email, Phone, Name ?? InvitationTable.NameOf(Email),
        Json.Parse<Role>(Role), ExpiresAt > now ? "invited" : "expired", null, ExpiresAt);
}

/// <summary>The rows of invitations and of the links that lead to them.</summary>
internal static class InvitationTable
{
    private const int ListMax = 200;
    private const string Columns = "member_id, email, name, phone, role, link_hash, sent_at, expires_at";
    private const string Select = $"select {Columns} from invitations where workspace_id = @workspace";

    /// <summary>Those of a workspace, also those that have expired and can be sent again.</summary>
    public static async Task<IReadOnlyList<MemberResource>> List(NpgsqlConnection connection, WorkspaceId workspace, DateTimeOffset now)
    {
        var rows = await connection.QueryAsync<InvitationRow>(Select + " order by created_at, member_id limit @ListMax",
            new { workspace = workspace.Value, ListMax });
        return [.. rows.Select(r => r.Resource(now))];
    }

    public static async Task<InvitationRow?> Find(ControlScope scope, MemberId id) =>
        (await scope.Query<InvitationRow>(Select + " and member_id = @id", new { id = id.Value })).SingleOrDefault();

    public static async Task<InvitationRow?> Find(ControlScope scope, string email) =>
        (await scope.Query<InvitationRow>(Select + " and email = @email", new { email })).SingleOrDefault();

    public static async Task<string> Insert(
        NpgsqlConnection connection, WorkspaceId workspace, MemberId id, NewMember member, string by, DateTimeOffset now,
        DateTimeOffset until)
    {
        var token = LinkToken.New();
        await connection.ExecuteAsync("""
            insert into invitations (workspace_id, member_id, email, name, phone, role, link_hash, invited_by, created_at,
                sent_at, expires_at)
            values (@workspace, @id, @Email, @Name, @Phone, @role, @hash, @by, @now, @now, @until);
            insert into invitation_links (hash, workspace_id, member_id) values (@hash, @workspace, @id)
            """, new
        {
            workspace = workspace.Value,
            id = id.Value,
            member.Email,
            member.Name,
            member.Phone,
            role = Json.Name(member.Role),
            hash = LinkToken.Hash(token),
            by,
            now,
            until,
        });
        return token;
    }

    /// <summary>Gives the invitation another link; the one before leads nowhere.</summary>
    public static async Task<string> Renew(ControlScope scope, InvitationRow row, DateTimeOffset until)
    {
        var token = LinkToken.New();
        await scope.Execute("""
            delete from invitation_links where hash = @before;
            insert into invitation_links (hash, workspace_id, member_id) values (@hash, @workspace, @MemberId);
            update invitations set link_hash = @hash, sent_at = @at, expires_at = @until
            where workspace_id = @workspace and member_id = @MemberId
            """, new { row.MemberId, before = row.LinkHash, hash = LinkToken.Hash(token), until });
        return token;
    }

    public static Task<int> Delete(ControlScope scope, InvitationRow row) => scope.Execute("""
        delete from invitation_links where hash = @LinkHash;
        delete from invitations where workspace_id = @workspace and member_id = @MemberId
        """, new { row.LinkHash, row.MemberId });

    /// <summary>Uses a link up: its invitation, which is no more; null when there is none or it has expired.</summary>
    public static async Task<InvitationRow?> Take(ControlScope scope, byte[] link)
    {
        if (await scope.Execute("delete from invitation_links where hash = @link", new { link }) == 0) return null;
        return (await scope.Query<InvitationRow>($"""
            delete from invitations where workspace_id = @workspace and link_hash = @link and expires_at > @at returning {Columns}
            """, new { link })).SingleOrDefault();
    }

    /// <summary>What somebody is called before they have said.</summary>
    public static string NameOf(string email) => email[..email.IndexOf('@', StringComparison.Ordinal)];
}

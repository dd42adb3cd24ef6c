using Bursar.Core.Access;
using Bursar.Platform.Languages;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Messages;

/// <summary>
/// In which language somebody reads: their own choice, else that of the workspace that writes, else that of the one they joined first, else
/// English.
/// </summary>
public static class Readers
{
    public static async Task<Language> Of(NpgsqlConnection connection, string email, WorkspaceId? writer = null) =>
        Language.Find(await connection.ExecuteScalarAsync<string>("""
            select coalesce(
                (select language from persons where email = @email),
                (select language from workspaces where workspace_id = @workspace),
                (select w.language from persons p
                    join members m on m.person_id = p.person_id and m.state = 'active' join workspaces w on w.workspace_id = m.workspace_id
                    where p.email = @email order by m.created_at limit 1))
            """, new { email, workspace = writer?.Value })) ?? Language.English;

    public static async Task<Language> Of(NpgsqlConnection connection, Guid person) =>
        await connection.ExecuteScalarAsync<string>("select email from persons where person_id = @person", new { person }) is { } email
            ? await Of(connection, email) : Language.English;
}

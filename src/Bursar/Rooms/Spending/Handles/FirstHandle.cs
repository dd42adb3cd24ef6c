using Bursar.Core.Access;
using Bursar.Platform.Access;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>A book starts with an SDK guard as its default handle (PRODUCT S4): the first agent can ask at once.</summary>
public sealed class FirstHandle : IBookStart
{
    public Task Open(NpgsqlConnection connection, BookKey book, DateTimeOffset now) => connection.ExecuteAsync("""
        insert into handles (workspace_id, mode, handle_id, name, type, is_default, created_at, changed_at)
        values (@workspace, @mode, @id, 'SDK guard', 'sdk_guard', true, @now, @now)
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = HandleId.New(now).Value, now });
}

using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>The keys and handles that a policy may be narrowed to: those in use, and those it names already.</summary>
public sealed class PolicyChoices(Database database)
{
    public async Task<(IReadOnlyList<Option> Keys, IReadOnlyList<Option> Handles)> Of(BookKey book, PolicyScope? scope)
    {
        var rows = await database.Query<(string Kind, Guid Id, string Name)>(book, """
            (select 'key', key_id, name from api_keys where workspace_id = @workspace and mode = @mode
                and (state = 'active' or key_id = any(@keys)) order by created_at desc limit 100)
            union all
            (select 'handle', handle_id, name from handles where workspace_id = @workspace and mode = @mode
                and (not archived or handle_id = any(@handles)) order by created_at limit 100)
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            keys = (scope?.KeyIds ?? []).Select(id => ApiKeyId.TryParse(id, out var key) ? key.Value : Guid.Empty).ToArray(),
            handles = (scope?.HandleIds ?? []).Select(id => HandleId.TryParse(id, out var handle) ? handle.Value : Guid.Empty).ToArray(),
        });
        return ([.. rows.Where(r => r.Kind == "key").Select(r => new Option(new ApiKeyId(r.Id).ToString(), r.Name))],
            [.. rows.Where(r => r.Kind == "handle").Select(r => new Option(new HandleId(r.Id).ToString(), r.Name))]);
    }
}

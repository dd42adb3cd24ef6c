using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

public sealed class TopUpReads(Database database)
{
    public async Task<Result<Page<TopUp>>> List(Actor actor, IReadOnlyList<CollectionState> states, string? cursor, int limit)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var from = Cursor.Parse(cursor);
        var rows = await database.Read(actor.Book, $"""
            select {CollectionTable.Columns} from collections c
            where c.workspace_id = @workspace and c.mode = @mode and c.kind = 'top_up'
                and (@states::text[] is null or c.state = any(@states))
                and (@at::timestamptz is null or (c.created_at, c.collection_id) < (@at, @id))
                and (@all or c.created_at >= now() - interval '7 days')
            order by c.created_at desc, c.collection_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, states = states.Count == 0 ? null : states.Select(s => Json.Name(s)).ToArray(),
            at = from?.At, id = from?.Id, limit = limit + 1, all = actor.May(Permission.ViewAllHistory),
        }, CollectionTable.ReadRow);
        var page = rows.Take(limit).Select(TopUp.Of).ToList();
        return new Page<TopUp>(page, rows.Count > limit ? new Cursor(rows[limit - 1].CreatedAt, rows[limit - 1].Id).ToString() : null);
    }

    public async Task<Result<TopUp>> Get(Actor actor, TopUpId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var rows = await database.Read(actor.Book, $"""
            select {CollectionTable.Columns} from collections c
            where c.workspace_id = @workspace and c.mode = @mode and c.kind = 'top_up' and c.collection_id = @id
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = id.Value }, CollectionTable.ReadRow);
        return rows.Count == 0 ? Errors.Missing() : TopUp.Of(rows[0]);
    }
}

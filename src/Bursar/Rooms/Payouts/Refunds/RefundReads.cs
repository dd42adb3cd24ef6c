using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>What refunds are filtered by, the same for API and page.</summary>
public sealed record RefundQuery(IReadOnlyList<RefundState> States, string? Resource, string? Cursor, int Limit)
{
    public static readonly QueryParameter[] Parameters =
    [
        QueryParameter.AnyOf<RefundState>("state", "Only these states."),
        new("resource", typeof(string), "Only of this top-up or transfer."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static RefundQuery Parse(IQueryCollection query)
    {
        var read = new QueryReader(query, TimeZoneInfo.Utc);
        return new(read.Known<RefundState>("state"), read.Text("resource"), read.Text("cursor"), read.Limit);
    }
}

/// <summary>Refunds newest first, for those who may ask for them: without the seven days, whoever looks (PRODUCT W4).</summary>
public sealed class RefundReads(Database database)
{
    public async Task<Result<Page<RefundResource>>> List(Actor actor, RefundQuery query)
    {
        if (actor.Require(Permission.RequestRefunds) is { } denied) return denied;
        var from = Cursor.Parse(query.Cursor);
        var rows = await database.Read(actor.Book, $"""
            select {RefundTable.Columns} from refunds r
            where r.workspace_id = @workspace and r.mode = @mode and (@states::text[] is null or r.state = any(@states))
                and (@resource::uuid is null or r.resource = @resource)
                and (@at::timestamptz is null or (r.created_at, r.refund_id) < (@at, @id))
            order by r.created_at desc, r.refund_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            states = query.States.Count == 0 ? null : query.States.Select(s => Json.Name(s)).ToArray(),
            resource = ResourceOf(query.Resource),
            at = from?.At,
            id = from?.Id,
            limit = query.Limit + 1,
        }, RefundTable.ReadRow);
        var next = rows.Count > query.Limit ? new Cursor(rows[query.Limit - 1].CreatedAt, rows[query.Limit - 1].Id).ToString() : null;
        return new Page<RefundResource>([.. rows.Take(query.Limit).Select(RefundResource.Of)], next);
    }

    public async Task<Result<RefundResource>> Get(Actor actor, RefundId id)
    {
        if (actor.Require(Permission.RequestRefunds) is { } denied) return denied;
        return await Find(actor.Book, id) is { } refund ? RefundResource.Of(refund) : Errors.Missing();
    }

    public async Task<Refund?> Find(BookKey book, RefundId id)
    {
        var rows = await database.Read(book,
            $"select {RefundTable.Columns} from refunds r where r.workspace_id = @workspace and r.mode = @mode and r.refund_id = @id",
            new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, RefundTable.ReadRow);
        return rows is [var row] ? row : null;
    }

    /// <summary>Nothing has an empty id: what is no id finds nothing.</summary>
    private static Guid? ResourceOf(string? text) => text is null ? null
        : TopUpId.TryParse(text, out var topUp) ? topUp.Value : TransferId.TryParse(text, out var transfer) ? transfer.Value : Guid.Empty;
}

using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Webhooks;

/// <summary>Turns outbox rows into deliveries, one per event and endpoint, in one transaction: none is lost, none is made twice.</summary>
public sealed class FanOut(Database database, Wakeup wakeup, DueDeliveries due, TimeProvider time)
    : OutboxPass("webhook fan-out", wakeup)
{
    private const int AtOnce = 500;

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        var now = time.NowMicros();
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var rows = (await connection.QueryAsync<Row>($"""
            {OutboxRow.Taken}
            select g.workspace_id, g.mode, g.position, j.event_id, j.type, e.endpoint_id, e.events
            from gone g
            -- One look-up by primary key each: a join would let the planner walk the whole journal first.
            cross join lateral (
                select j.event_id, j.type from journal j where j.workspace_id = g.workspace_id and j.mode = g.mode
                    and j.position = g.position offset 0) j
            left join webhook_endpoints e on e.workspace_id = g.workspace_id and e.mode = g.mode and e.state in ('active', 'paused')
                and e.of_key is null
            """, new { consumer = WebhookConsumer.Id, now, most = AtOnce })).AsList();
        var made = rows.Where(r => r.EndpointId is not null && EventFilters.Hears(r.Events!, r.Type)).ToList();
        if (made.Count > 0)
            await connection.ExecuteAsync("""
                insert into deliveries (workspace_id, mode, delivery_id, endpoint_id, event_id, event_type, position, state, due,
                    created_at)
                select w, m, d, e, v, t, p, 'queued', @now, @now
                from unnest(@w, @m, @d, @e, @v, @t, @p) x(w, m, d, e, v, t, p)
                on conflict (workspace_id, mode, position, endpoint_id) do nothing
                """, new
            {
                now,
                w = made.Select(r => r.WorkspaceId).ToArray(),
                m = made.Select(r => r.Mode).ToArray(),
                d = made.Select(_ => DeliveryId.New(now).Value).ToArray(),
                e = made.Select(r => r.EndpointId!.Value).ToArray(),
                v = made.Select(r => r.EventId).ToArray(),
                t = made.Select(r => r.Type).ToArray(),
                p = made.Select(r => r.Position).ToArray(),
            });
        await transaction.CommitAsync(ct);
        if (made.Count > 0) due.Signal();
        return rows.Select(r => (r.WorkspaceId, r.Mode, r.Position)).Distinct().Count() == AtOnce;
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public long Position { get; init; }
        public Guid EventId { get; init; }
        public required string Type { get; init; }
        public Guid? EndpointId { get; init; }
        public string[]? Events { get; init; }
    }
}

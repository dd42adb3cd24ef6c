using Bursar.Core.Access;
using Bursar.Core.Time;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Webhooks;

/// <summary>
/// A message to the address that a request named for its own answer. <see cref="Key"/> is the principal of the API key that asked: its
/// callback secret signs. <see cref="Position"/> and <see cref="Event"/> name the journal entry that it tells of.
/// </summary>
public sealed record Callback(BookKey Book, Guid Key, long Position, Guid Event, string Type, string Url, string Body);

/// <summary>
/// Callbacks go the way of webhooks: a row of deliveries with the same lease, retries and log, through an endpoint that stands for all
/// callbacks of one key. That endpoint hears no event, is on no list, carries no validation token and is never switched off.
/// </summary>
public sealed class Callbacks(DueDeliveries due, TimeProvider time)
{
    /// <summary>
    /// Queues them in the transaction of the connection, each once however often it is asked for; then call <see cref="Sent"/>.
    /// </summary>
    public async Task Queue(NpgsqlConnection connection, IReadOnlyList<Callback> callbacks)
    {
        var now = time.NowMicros();
        await connection.ExecuteAsync("""
            with c as (
                select * from unnest(@w, @m, @k, @d, @v, @t, @p, @u, @b) c(workspace_id, mode, key, delivery_id, event_id, type,
                    position, url, body)),
            made as (
                insert into webhook_endpoints (workspace_id, mode, endpoint_id, url, events, state, secret, created_at, of_key)
                select distinct workspace_id, mode, key, '', '{}'::text[], 'active', '', @now::timestamptz, key from c
                on conflict do nothing)
            insert into deliveries (workspace_id, mode, delivery_id, endpoint_id, event_id, event_type, position, state, due,
                created_at, url, body)
            select workspace_id, mode, delivery_id, key, event_id, type, position, 'queued', @now, @now, url, body from c
            on conflict (workspace_id, mode, position, endpoint_id) do nothing
            """, new
        {
            now,
            w = callbacks.Select(c => c.Book.Workspace.Value).ToArray(),
            m = callbacks.Select(c => (short)c.Book.Mode).ToArray(),
            k = callbacks.Select(c => c.Key).ToArray(),
            d = callbacks.Select(_ => DeliveryId.New(now).Value).ToArray(),
            v = callbacks.Select(c => c.Event).ToArray(),
            t = callbacks.Select(c => c.Type).ToArray(),
            p = callbacks.Select(c => c.Position).ToArray(),
            u = callbacks.Select(c => c.Url).ToArray(),
            b = callbacks.Select(c => c.Body).ToArray(),
        });
    }

    /// <summary>After the commit: the sender need not wait for its next look.</summary>
    public void Sent() => due.Signal();
}

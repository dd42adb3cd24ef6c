using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Outbound;
using Dapper;

namespace Bursar.Platform.Webhooks;

/// <summary>
/// Sends due deliveries: at most two at once to one endpoint and 64 in all, so that a dead endpoint slows nobody. The row is the retry:
/// a lease that runs out is taken up by whoever comes next.
/// </summary>
public sealed class Deliver(Database database, OutboundClient outbound, Sealer sealer, RetrySchedule schedule, Wakeup wakeup, TimeProvider time) : BackgroundService
{
    private const int AtOnce = 64;
    private const int PerEndpoint = 2;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private int running;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var signal = wakeup.Next;
            try
            {
                var free = AtOnce - Volatile.Read(ref running);
                var claimed = free > 0 ? await Claim(free) : [];
                foreach (var delivery in claimed)
                {
                    Interlocked.Increment(ref running);
                    _ = Task.Run(() => SendOne(delivery, stoppingToken), CancellationToken.None);
                }
            }
            catch (Npgsql.NpgsqlException e)
            {
                await Console.Error.WriteLineAsync($"bursar: webhook delivery: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
            try { await Wakeup.Wait(signal, stoppingToken); }
            catch (OperationCanceledException) { return; }
        }
    }

    private async Task SendOne(Due delivery, CancellationToken ct)
    {
        try
        {
            await Record(delivery, await Send(delivery, ct));
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or OperationCanceledException)
        {
            // The lease runs out and the delivery is sent again: at least once.
        }
        finally
        {
            Interlocked.Decrement(ref running);
            wakeup.Signal();
        }
    }

    private async Task<List<Due>> Claim(int most)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        return (await connection.QueryAsync<Due>("""
            update deliveries d set leased_until = @until, tries = d.tries + 1
            from (
                select d.workspace_id, d.mode, d.delivery_id
                from (select distinct workspace_id, mode, endpoint_id from deliveries where due <= @now) e
                cross join lateral (
                    select workspace_id, mode, delivery_id from deliveries c
                    where c.workspace_id = e.workspace_id and c.mode = e.mode and c.endpoint_id = e.endpoint_id and c.due <= @now
                        and (c.leased_until is null or c.leased_until <= @now)
                    order by c.due limit greatest(0, @perEndpoint - (select count(*) from deliveries l
                        where l.workspace_id = e.workspace_id and l.mode = e.mode and l.endpoint_id = e.endpoint_id and l.due is not null and l.leased_until > @now))
                    for update skip locked) d
                limit @most) t, webhook_endpoints p, journal j
            where d.workspace_id = t.workspace_id and d.mode = t.mode and d.delivery_id = t.delivery_id
                and p.workspace_id = d.workspace_id and p.mode = d.mode and p.endpoint_id = d.endpoint_id
                and j.workspace_id = d.workspace_id and j.mode = d.mode and j.position = d.position
            returning d.workspace_id, d.mode, d.delivery_id, d.endpoint_id, d.tries, p.url, p.state as endpoint_state, p.secret, p.previous_secret, p.previous_until,
                j.position, j.event_id, j.type, j.booked_at, j.data,
                (select v.token from validation_tokens v where v.workspace_id = d.workspace_id and v.mode = d.mode) as validation_token
            """, new { now, until = now + Lease, perEndpoint = PerEndpoint, most })).AsList();
    }

    private async Task<OutboundAnswer> Send(Due d, CancellationToken ct)
    {
        if (d.EndpointState != "active") return new OutboundAnswer(null, TimeSpan.Zero, "The endpoint is paused.", TimeSpan.FromMinutes(1), []);
        var row = new EventRow { WorkspaceId = d.WorkspaceId, Mode = d.Mode, Position = d.Position, EventId = d.EventId, Type = d.Type, BookedAt = d.BookedAt, Data = d.Data };
        var body = row.Bytes();
        var now = time.NowMicros();
        var id = new EventId(d.EventId).ToString();
        var timestamp = now.ToUnixTimeSeconds();
        var signature = WebhookSignature.Sign(sealer.Unseal(d.Secret), id, timestamp, body);
        if (d.PreviousSecret is not null && d.PreviousUntil > now) signature += " " + WebhookSignature.Sign(sealer.Unseal(d.PreviousSecret), id, timestamp, body);
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = id, ["webhook-timestamp"] = timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture), ["webhook-signature"] = signature,
            ["User-Agent"] = "Bursar-Webhooks/1",
        };
        if (d.ValidationToken is not null) headers["X-Callback-Token"] = sealer.Unseal(d.ValidationToken);
        return await outbound.Post((Mode)d.Mode, d.Url, body, headers, ct);
    }

    private async Task Record(Due d, OutboundAnswer answer)
    {
        var now = time.NowMicros();
        var delivered = answer.Status is >= 200 and < 300;
        var gone = answer.Status == 410;
        var again = delivered || gone ? null : schedule.After(d.Tries, answer.RetryAfter);
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update deliveries set state = @state, due = @due, leased_until = null, delivered_at = @delivered
            where workspace_id = @WorkspaceId and mode = @Mode and delivery_id = @DeliveryId;
            insert into delivery_attempts (workspace_id, mode, delivery_id, number, at, status, duration_ms, error)
            values (@WorkspaceId, @Mode, @DeliveryId, @Tries, @now, @status, @ms, @error) on conflict do nothing;
            update webhook_endpoints set failing_since = case when @ok then null else coalesce(failing_since, @now) end, state = case when @gone then 'paused' else state end
            where workspace_id = @WorkspaceId and mode = @Mode and endpoint_id = @EndpointId and (@gone or (failing_since is null) <> @ok)
            """, new
        {
            d.WorkspaceId, d.Mode, d.DeliveryId, d.EndpointId, d.Tries, now, status = answer.Status, ms = (int)answer.Duration.TotalMilliseconds, error = Sanitised(answer),
            state = delivered ? "delivered" : again is null ? "exhausted" : "retrying", due = again is null ? (DateTimeOffset?)null : now + again,
            delivered = delivered ? now : (DateTimeOffset?)null, ok = delivered, gone,
        });
    }

    /// <summary>What the log keeps of a failure: our own words, or the first visible characters of the answer; never our headers.</summary>
    private static string? Sanitised(OutboundAnswer answer)
    {
        if (answer.Status is >= 200 and < 300) return null;
        if (answer.Error is not null) return answer.Error;
        var text = System.Text.Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 1000)));
        return string.Concat(text.Where(c => !char.IsControl(c))).Trim();
    }

    private sealed record Due
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public Guid DeliveryId { get; init; }
        public Guid EndpointId { get; init; }
        public int Tries { get; init; }
        public required string Url { get; init; }
        public required string EndpointState { get; init; }
        public required string Secret { get; init; }
        public string? PreviousSecret { get; init; }
        public DateTimeOffset? PreviousUntil { get; init; }
        public long Position { get; init; }
        public Guid EventId { get; init; }
        public required string Type { get; init; }
        public DateTimeOffset BookedAt { get; init; }
        public required string Data { get; init; }
        public string? ValidationToken { get; init; }
    }
}

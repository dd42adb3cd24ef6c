using Bursar.Core.Access;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Webhooks;

/// <summary>One to send: the event that it tells of, or a callback's own address and text.</summary>
public sealed record WaitingDelivery(Guid Id, int Tries, EventRow Event, string? Url = null, string? Body = null);

/// <summary>An endpoint that this process may send to until the lease ends, with what it has to get first.</summary>
public sealed record EndpointLane : SealedSecrets
{
    public Guid WorkspaceId { get; init; }
    public short Mode { get; init; }
    public Guid EndpointId { get; init; }
    public required string Url { get; init; }
    /// <summary>It stands for the callbacks of this key, each to an address of its own.</summary>
    public Guid? OfKey { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    public DateTimeOffset LeasedUntil { get; init; }
    public IReadOnlyList<WaitingDelivery> Waiting { get; set; } = [];

    public BookKey Book => new(new(WorkspaceId), (Mode)Mode);
    public bool Failing => FailingSince is not null;
}

/// <summary>What became of an attempt, as the table keeps it; no <see cref="Due"/> means that there is no further one.</summary>
public sealed record RecordedAttempt(Guid Delivery, string State, DateTimeOffset? Due, DateTimeOffset At, int? Status, int DurationMs,
    string? Error);

/// <summary>
/// The table of deliveries as a queue. The lease is on the endpoint: whoever holds it sends, and a killed process holds it no longer than
/// it lasts.
/// </summary>
public sealed class DeliveryQueue(Database database)
{
    public const int PerLane = 50;
    public const int PerFailingLane = 4;
    private const int AtOnce = 1000;

    /// <summary>Endpoints with something due that nobody sends to; healthy and failing ones have room of their own.</summary>
    public async Task<IReadOnlyList<EndpointLane>> Claim(int healthy, int failing, DateTimeOffset now, DateTimeOffset until)
    {
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync();
        var lanes = (await connection.QueryAsync<EndpointLane>("""
            with ready as (
                select p.workspace_id, p.mode, p.endpoint_id, p.failing_since is null as well,
                    row_number() over (partition by p.failing_since is null order by n.due) as place
                from webhook_endpoints p cross join lateral (
                    select d.due from deliveries d
                    where d.workspace_id = p.workspace_id and d.mode = p.mode and d.endpoint_id = p.endpoint_id and d.due <= @now
                        order by d.due limit 1) n
                where p.state = 'active' and (p.leased_until is null or p.leased_until <= @now)),
            taken as (
                select p.workspace_id, p.mode, p.endpoint_id, p.of_key
                from webhook_endpoints p join ready r using (workspace_id, mode, endpoint_id)
                where r.place <= case when r.well then @healthy else @failing end and p.state = 'active'
                    and (p.leased_until is null or p.leased_until <= @now)
                for update of p skip locked)
            update webhook_endpoints p set leased_until = @until
            -- Callbacks are signed for the key as it is now: by the newest, and by the one that it replaces while both work.
            from taken t left join lateral (
                select array_agg(k.callback_secret order by k.created_at desc) as secrets from api_keys k
                where t.of_key is not null and k.workspace_id = t.workspace_id and k.mode = t.mode and k.principal = t.of_key
                    and k.state = 'active' and (k.expires_at is null or k.expires_at > @now)) k on true
            where p.workspace_id = t.workspace_id and p.mode = t.mode and p.endpoint_id = t.endpoint_id
            returning p.workspace_id, p.mode, p.endpoint_id, p.url, p.of_key, p.failing_since, p.leased_until,
                case when p.of_key is null then p.secret else coalesce(k.secrets[1], '') end as secret,
                coalesce(p.previous_secret, k.secrets[2]) as previous_secret,
                case when p.of_key is null then p.previous_until else @until end as previous_until,
                (select v.token from validation_tokens v
                    where p.of_key is null and v.workspace_id = p.workspace_id and v.mode = p.mode) as validation_token
            """, new { now, until, healthy, failing })).AsList();
        if (lanes.Count == 0) return lanes;
        var rows = (await connection.QueryAsync<Row>("""
            with waiting as materialized (
                select u.workspace_id, u.mode, u.endpoint_id, d.delivery_id, d.tries, d.position, d.due, d.url, d.body
                from unnest(@w, @m, @e, @n) u(workspace_id, mode, endpoint_id, most)
                cross join lateral (
                    select d.delivery_id, d.tries, d.position, d.due, d.url, d.body from deliveries d
                    where d.workspace_id = u.workspace_id and d.mode = u.mode and d.endpoint_id = u.endpoint_id and d.due <= @now
                    order by d.due, d.position limit u.most) d)
            select d.workspace_id, d.mode, d.endpoint_id, d.delivery_id, d.tries, d.position, d.url, d.body, j.event_id, j.type,
                j.booked_at,
                j.data
            from waiting d
            -- One look-up by primary key each: a join would let the planner walk the whole journal first.
            cross join lateral (
                select j.event_id, j.type, j.booked_at, j.data from journal j
                where j.workspace_id = d.workspace_id and j.mode = d.mode and j.position = d.position offset 0) j
            order by d.due, d.position
            """, new
        {
            now,
            w = lanes.Select(l => l.WorkspaceId).ToArray(),
            m = lanes.Select(l => l.Mode).ToArray(),
            e = lanes.Select(l => l.EndpointId).ToArray(),
            n = lanes.Select(l => l.Failing ? PerFailingLane : PerLane).ToArray(),
        })).ToLookup(r => (r.WorkspaceId, r.Mode, r.EndpointId));
        foreach (var lane in lanes)
            lane.Waiting = [.. rows[(lane.WorkspaceId, lane.Mode, lane.EndpointId)].Select(r =>
                new WaitingDelivery(r.DeliveryId, r.Tries, r.Event, r.Url, r.Body))];
        return lanes;
    }

    /// <summary>Writes attempts of one lane. A delivery that was ended meanwhile stays ended, unless it arrived after all.</summary>
    public async Task Record(EndpointLane lane, IReadOnlyList<RecordedAttempt> attempts)
    {
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command("""
            with made as (select * from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[], $8::int[],
                $9::text[])
                m(delivery_id, state, due, at, status, duration_ms, error)),
            done as (
                update deliveries d set tries = d.tries + 1,
                    state = case when d.due is null and m.state <> 'delivered' then d.state else m.state end,
                    due = case when d.due is null then null else m.due end,
                    delivered_at = case when m.state = 'delivered' then m.at else d.delivered_at end
                from made m where d.workspace_id = $1 and d.mode = $2 and d.delivery_id = any($3) and d.delivery_id = m.delivery_id
                returning d.delivery_id, d.tries)
            insert into delivery_attempts (workspace_id, mode, delivery_id, number, at, status, duration_ms, error)
            select $1, $2, done.delivery_id, done.tries, m.at, m.status, m.duration_ms, m.error
                from done join made m on m.delivery_id = done.delivery_id
            """,
            Sql.Value(lane.WorkspaceId), Sql.Value(lane.Mode), Sql.Array(attempts, a => a.Delivery), Sql.Array(attempts, a => a.State),
            Sql.Array(attempts, a => a.Due),
            Sql.Array(attempts, a => a.At), Sql.Array(attempts, a => a.Status), Sql.Array(attempts, a => a.DurationMs),
            Sql.Array(attempts, a => a.Error)));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Gives the endpoint back, and says how it is: <paramref name="well"/> is the last attempt's outcome, null when none was made.
    /// </summary>
    public async Task Release(EndpointLane lane, bool? well, DateTimeOffset now)
    {
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update webhook_endpoints set leased_until = null,
                failing_since = case when @well is null then failing_since when @well then null else coalesce(failing_since, @now) end
            where workspace_id = @WorkspaceId and mode = @Mode and endpoint_id = @EndpointId and leased_until = @LeasedUntil
            """, new { lane.WorkspaceId, lane.Mode, lane.EndpointId, lane.LeasedUntil, well, now });
    }

    /// <summary>
    /// Ends what was still queued for endpoints that went, and finds endpoints that have failed since <paramref name="before"/>: those
    /// that have failed longest, up to a hundred.
    /// </summary>
    public async Task<IReadOnlyList<(BookKey Book, WebhookEndpointId Endpoint)>> Tidy(DateTimeOffset before)
    {
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync();
        while (await connection.ExecuteAsync("""
            update deliveries d set state = 'exhausted', due = null from (
                select w.workspace_id, w.mode, w.delivery_id from webhook_endpoints p cross join lateral (
                    select * from deliveries w where w.workspace_id = p.workspace_id and w.mode = p.mode
                        and w.endpoint_id = p.endpoint_id and w.due is not null limit @AtOnce) w
                where p.state in ('removed', 'disabled') limit @AtOnce) w
            where d.workspace_id = w.workspace_id and d.mode = w.mode and d.delivery_id = w.delivery_id and d.due is not null
            """, new { AtOnce }) == AtOnce) { }
        var failing = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Endpoint)>("""
            select workspace_id, mode, endpoint_id from webhook_endpoints where state = 'active' and of_key is null
                and failing_since < @before
            order by failing_since limit 100
            """, new { before });
        return [.. failing.Select(f => (new BookKey(new(f.Workspace), (Mode)f.Mode), new WebhookEndpointId(f.Endpoint)))];
    }

    private sealed record Row
    {
        public Guid EndpointId { get; init; }
        public Guid DeliveryId { get; init; }
        public int Tries { get; init; }
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public long Position { get; init; }
        public Guid EventId { get; init; }
        public required string Type { get; init; }
        public DateTimeOffset BookedAt { get; init; }
        public required string Data { get; init; }
        public string? Url { get; init; }
        public string? Body { get; init; }

        public EventRow Event => new()
        {
            WorkspaceId = WorkspaceId,
            Mode = Mode,
            Position = Position,
            EventId = EventId,
            Type = Type,
            BookedAt = BookedAt,
            Data = Data,
        };
    }
}

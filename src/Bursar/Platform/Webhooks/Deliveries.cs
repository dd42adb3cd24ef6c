using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Webhooks;

public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int DurationMs, string? Error);

/// <summary>One message on its way to one address. A callback, to an address that its request named, has no endpoint.</summary>
public sealed record DeliveryResource(
    DeliveryId Id, EventId EventId, string EventType, WebhookEndpointId? EndpointId, string Url, string State,
    IReadOnlyList<DeliveryAttempt> Attempts,
    DateTimeOffset? NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? DeliveredAt);

/// <summary>What a list of deliveries is filtered by; newest first.</summary>
public sealed record DeliveryQuery
{
    public IReadOnlyList<string> States { get; init; } = [];
    public WebhookEndpointId? Endpoint { get; init; }
    public string? EventType { get; init; }
    public DeliveryId? Id { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public string? Cursor { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>
/// Sends again what was made in a time: by default what was given up, of one endpoint or of all. <see cref="Count"/> of the answer says how
/// many; at most 1,000 a call, the oldest first.
/// </summary>
public sealed record ResendRange(DateTimeOffset From, DateTimeOffset? To = null, WebhookEndpointId? EndpointId = null,
    IReadOnlyList<string>? States = null);

public sealed record Resent(int Count, bool More);

/// <summary>The delivery log: what was sent where, what was answered, when the next try is; resend one or a range.</summary>
public sealed class Deliveries(Database database, DueDeliveries due, TimeProvider time)
{
    public static readonly IReadOnlyList<string> States = ["queued", "delivered", "retrying", "exhausted"];
    private const int ResendMax = 1000;

    /// <summary>With their attempts. What still waits for its endpoint is kept however long it takes.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromDays(90), """
        with old as (
            select d.workspace_id, d.mode, d.delivery_id from books b cross join lateral (
                select x.workspace_id, x.mode, x.delivery_id from deliveries x
                where x.workspace_id = b.workspace_id and x.mode = b.mode and x.created_at < @before and x.due is null
                order by x.created_at limit @most) d
            limit @most),
        attempts as (
            delete from delivery_attempts a using old
            where a.workspace_id = old.workspace_id and a.mode = old.mode and a.delivery_id = old.delivery_id)
        delete from deliveries d using old
        where d.workspace_id = old.workspace_id and d.mode = old.mode and d.delivery_id = old.delivery_id and d.due is null
        """);

    public async Task<Result<(IReadOnlyList<DeliveryResource> Rows, string? Next)>> List(Actor actor, DeliveryQuery query)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var from = Cursor.Parse(query.Cursor);
        var args = new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            states = query.States.Count == 0 ? null : query.States.ToArray(),
            endpoint = query.Endpoint?.Value,
            id = query.Id?.Value,
            at = from?.At,
            before = from?.Id,
            limit = query.Limit + 1,
            type = query.EventType,
            query.CreatedFrom,
            query.CreatedTo,
        };
        var rows = await database.Query<Row>(actor.Book, """
            select d.delivery_id, d.event_id, d.event_type, case when e.of_key is null then d.endpoint_id end as endpoint_id,
                coalesce(d.url, e.url) as url, d.state, d.due, d.created_at, d.delivered_at,
                (select coalesce(json_agg(json_build_object('at', a.at at time zone 'UTC', 'status', a.status, 'durationMs', a.duration_ms,
                    'error', a.error) order by a.number), '[]')::text
                    from delivery_attempts a where a.workspace_id = d.workspace_id and a.mode = d.mode
                        and a.delivery_id = d.delivery_id) as attempts
            from deliveries d join webhook_endpoints e on e.workspace_id = d.workspace_id and e.mode = d.mode
                and e.endpoint_id = d.endpoint_id
            where d.workspace_id = @workspace and d.mode = @mode and (@states::text[] is null or d.state = any(@states))
                and (@endpoint::uuid is null or d.endpoint_id = @endpoint)
                and (@id::uuid is null or d.delivery_id = @id) and (@type::text is null or d.event_type = @type)
                and (@CreatedFrom::timestamptz is null or d.created_at >= @CreatedFrom)
                and (@CreatedTo::timestamptz is null or d.created_at < @CreatedTo)
                and (@at::timestamptz is null or (d.created_at, d.delivery_id) < (@at, @before))
            order by d.created_at desc, d.delivery_id desc limit @limit
            """, args);
        var page = rows.Take(query.Limit).Select(Resource).ToList();
        var last = page.Count == 0 ? null : page[^1];
        return (page, rows.Count > query.Limit ? new Cursor(last!.CreatedAt, last.Id.Value).ToString() : null);
    }

    public async Task<Result<DeliveryResource>> Get(Actor actor, DeliveryId id)
    {
        var found = await List(actor, new DeliveryQuery { Id = id, Limit = 1 });
        if (!found.Ok) return found.Error;
        return found.Value.Rows.Count == 1 ? found.Value.Rows[0] : Errors.Missing();
    }

    /// <summary>Sends a delivery again now, with the same id and the same bytes. A paused endpoint gets it when it is resumed.</summary>
    public async Task<Result<DeliveryResource>> Resend(Actor actor, DeliveryId id)
    {
        var known = await Get(actor, id);
        if (!known.Ok) return known;
        await using (var connection = await database.Engine.OpenConnectionAsync())
            if (await connection.ExecuteAsync("""
                update deliveries d set state = 'queued', due = @now from webhook_endpoints p
                where d.workspace_id = @workspace and d.mode = @mode and d.delivery_id = @id
                    and p.workspace_id = @workspace and p.mode = @mode and p.endpoint_id = d.endpoint_id and p.state in ('active', 'paused')
                """,
                new
                {
                    now = time.NowMicros(),
                    workspace = actor.Book.Workspace.Value,
                    mode = (short)actor.Book.Mode,
                    id = id.Value,
                }) == 0)
                return new Error(Errors.StateConflict, "Its endpoint is no longer there or switched off.");
        due.Signal();
        return await Get(actor, id);
    }

    /// <summary>The same for all of a time; what waits for its turn anyway is due now.</summary>
    public async Task<Result<Resent>> ResendAll(Actor actor, ResendRange range)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var states = range.States ?? ["exhausted"];
        if (states.Count == 0 || states.Any(s => !States.Contains(s)))
            return Errors.Field("/states", "unknown", $"Some of {string.Join(", ", States)}.");
        if (range.To <= range.From) return Errors.Field("/to", "order", "The end is after the beginning.");
        await using var connection = await database.Queues.OpenConnectionAsync();
        var count = await connection.ExecuteAsync("""
            update deliveries d set state = 'queued', due = @now
            where d.workspace_id = @workspace and d.mode = @mode and d.delivery_id = any(array(
                select x.delivery_id from deliveries x
                where x.workspace_id = @workspace and x.mode = @mode and x.created_at >= @From::timestamptz
                    and (@To::timestamptz is null or x.created_at < @To) and x.state = any(@states)
                    and x.endpoint_id = any(array(
                        select p.endpoint_id from webhook_endpoints p
                        where p.workspace_id = @workspace and p.mode = @mode and p.state in ('active', 'paused')
                            and (@endpoint::uuid is null or p.endpoint_id = @endpoint)))
                order by x.created_at, x.delivery_id limit @most for update skip locked))
            """, new
        {
            now = time.NowMicros(),
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            range.From,
            range.To,
            states = states.ToArray(),
            endpoint = range.EndpointId?.Value,
            most = ResendMax,
        });
        due.Signal();
        return new Resent(count, count == ResendMax);
    }

    /// <summary>A delivery as it is sent, the same bytes at each attempt.</summary>
    public async Task<string?> Body(Actor actor, DeliveryResource delivery) => delivery.EndpointId is not null
        ? await Body(actor, delivery.EventId)
        : await database.One<string>(actor.Book,
            "select body from deliveries where workspace_id = @workspace and mode = @mode and delivery_id = @id",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = delivery.Id.Value });

    /// <summary>An event as it is sent.</summary>
    public async Task<string?> Body(Actor actor, EventId id)
    {
        var row = await database.One<EventRow>(actor.Book, """
            select workspace_id, mode, position, event_id, type, booked_at, data from journal
            where workspace_id = @workspace and mode = @mode and public and position = (
                select d.position from deliveries d where d.workspace_id = @workspace and d.mode = @mode and d.event_id = @id limit 1)
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = id.Value });
        return row?.Json();
    }

    /// <summary>The public entries of the journal behind a position, oldest first: catching up without webhooks, without a gap.</summary>
    public async Task<Result<(IReadOnlyList<string> Events, string? Next)>> Feed(Actor actor, long after, int limit)
    {
        if (actor.Require(Permission.ViewTransactions | Permission.ViewAllHistory) is { } denied) return denied;
        var rows = await database.Query<EventRow>(actor.Book, """
            select workspace_id, mode, position, event_id, type, booked_at, data from journal
            where workspace_id = @workspace and mode = @mode and position > @after and public order by position limit @limit
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, after, limit });
        return (rows.Select(r => r.Json()).ToList(),
            rows.Count == limit ? rows[^1].Position.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    /// <summary>The same entries newest first, for people; next is null at the beginning of the book.</summary>
    public async Task<(IReadOnlyList<EventRow> Rows, string? Next)> Newest(Actor actor, long before, int limit)
    {
        if (actor.Require(Permission.ViewTransactions | Permission.ViewAllHistory) is not null) return ([], null);
        var rows = await database.Query<EventRow>(actor.Book, """
            select workspace_id, mode, position, event_id, type, booked_at, data from journal
            where workspace_id = @workspace and mode = @mode and position < @before and public order by position desc limit @limit
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, before, limit });
        return (rows, rows.Count == limit ? rows[^1].Position.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    private static DeliveryResource Resource(Row r) =>
        new(new(r.DeliveryId), new(r.EventId), r.EventType, r.EndpointId is { } endpoint ? new WebhookEndpointId(endpoint) : null,
            r.Url, r.State, Attempts(r.Attempts), r.Due, r.CreatedAt,
            r.DeliveredAt);

    private static List<DeliveryAttempt> Attempts(string json) =>
        [.. Json.Read<List<AttemptRow>>(json)
            .Select(a => new DeliveryAttempt(DateTime.SpecifyKind(a.At, DateTimeKind.Utc), a.Status, a.DurationMs, a.Error))];

    private sealed record AttemptRow(DateTime At, int? Status, int DurationMs, string? Error);

    private sealed record Row
    {
        public Guid DeliveryId { get; init; }
        public Guid EventId { get; init; }
        public required string EventType { get; init; }
        public Guid? EndpointId { get; init; }
        public required string Url { get; init; }
        public required string State { get; init; }
        public DateTimeOffset? Due { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? DeliveredAt { get; init; }
        public required string Attempts { get; init; }
    }
}

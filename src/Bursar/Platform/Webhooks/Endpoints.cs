using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;

namespace Bursar.Platform.Webhooks;

public sealed record NewEndpoint(string Url, IReadOnlyList<string>? Events = null, string? Product = null);

public sealed record EndpointChange(string? Url = null, IReadOnlyList<string>? Events = null, string? State = null);

/// <summary>The old secret goes on signing beside the new one for <see cref="OverlapHours"/> (0 to 24); 0 is for one that leaked.</summary>
public sealed record SecretRotation
{
    public int OverlapHours { get; init; } = 24;
}

/// <summary>
/// An endpoint as lists show it. <see cref="Secret"/> is only in the answer that made it, and with the book's first endpoint the
/// <see cref="ValidationToken"/> that was made for it. Until <see cref="PreviousSecretUntil"/> deliveries carry two signatures.
/// </summary>
public sealed record EndpointResource(
    WebhookEndpointId Id, string Url, IReadOnlyList<string> Events, string? Product, string State, string? Secret, string? ValidationToken,
    DateTimeOffset? PreviousSecretUntil, DateTimeOffset? FailingSince, DateTimeOffset CreatedAt);

/// <summary>Where webhooks go: up to 20 endpoints a book, one per product at most. Changes hold for the very next event.</summary>
public sealed class Endpoints(
    Database database, ControlChanges changes, OutboundRules rules, ValidationTokens tokens, Deliveries deliveries, MessageQueue messages,
    DueDeliveries due, SiteAddress site, Sealer sealer,
    TimeProvider time)
{
    public const string TestEvent = "test.ping";
    private const int EndpointsMax = 20;
    private const int OverlapMaxHours = 24;

    public async Task<Result<EndpointResource>> Create(Actor actor, NewEndpoint request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var events = EventFilters.Parse(request.Events, request.Product);
        if (!events.Ok) return events.Error;
        if (await rules.Check(request.Url, actor.Book.Mode) is { Ok: false } blocked) return blocked.Error;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            var (all, same) = (await scope.Query<(long All, long Same)>("""
                select count(*), count(*) filter (where product = @Product) from webhook_endpoints
                where workspace_id = @workspace and mode = @mode and state <> 'removed' and of_key is null
                """, new { request.Product }))[0];
            if (all >= EndpointsMax)
                return new Error(Errors.StateConflict, $"A book has up to {EndpointsMax} endpoints.");
            if (same > 0)
                return new Error(Errors.StateConflict, "This product has its Callback URL already: change that one.");
            var id = WebhookEndpointId.New(scope.At);
            var secret = WebhookSignature.NewSecret();
            await scope.Execute("""
                insert into webhook_endpoints (workspace_id, mode, endpoint_id, url, events, product, state, secret, created_at)
                values (@workspace, @mode, @id, @Url, @events, @Product, 'active', @secret, @at)
                """, new { id = id.Value, request.Url, events = events.Value, request.Product, secret = sealer.Seal(secret) });
            var resource = new EndpointResource(id, request.Url, events.Value, request.Product, "active", null, null, null, null, scope.At);
            scope.Book.Record("webhook_endpoint.created", id.Value, 1, resource);
            return (Result<EndpointResource>)(resource with { Secret = secret, ValidationToken = await tokens.Ensure(scope) });
        });
    }

    public async Task<Result<EndpointResource>> Change(Actor actor, WebhookEndpointId id, EndpointChange request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (request.State is not (null or "active" or "paused")) return Errors.Field("/state", "invalid", "active or paused.");
        if (request.Url is not null && await rules.Check(request.Url, actor.Book.Mode) is { Ok: false } blocked) return blocked.Error;
        var events = request.Events is null ? null : (Result<string[]>?)EventFilters.Parse(request.Events, null);
        if (events is { Ok: false } wrong) return wrong.Error;
        var changed = await Update(actor, id, "webhook_endpoint.changed", """
            update webhook_endpoints set url = coalesce(@Url, url), events = coalesce(@events, events), state = coalesce(@State, state),
                failing_since = case when @State = 'active' then null else failing_since end
            where workspace_id = @workspace and mode = @mode and endpoint_id = @id and state <> 'removed'
            """, new { id = id.Value, request.Url, events = events?.Value, request.State });
        // What waited for it while it was paused may be due.
        due.Signal();
        return changed;
    }

    /// <summary>Nothing more is sent there; what still waited is exhausted.</summary>
    public Task<Result<EndpointResource>> Remove(Actor actor, WebhookEndpointId id) => Update(actor, id, "webhook_endpoint.removed", $"""
        update webhook_endpoints set state = 'removed' where workspace_id = @workspace and mode = @mode and endpoint_id = @id
            and state <> 'removed';
        {EndWaiting}
        """, new { id = id.Value });

    /// <summary>The receiver answered 410: it never wants to hear from us again, until somebody sets the endpoint active.</summary>
    public Task Disable(BookKey book, WebhookEndpointId id) => Stop(book, id, "disabled", EndWaiting);

    /// <summary>
    /// It failed for days: nothing is sent until somebody resumes it, and nothing is lost. The other endpoints hear of it.
    /// </summary>
    public Task Pause(BookKey book, WebhookEndpointId id) => Stop(book, id, "paused", "");

    private Task Stop(BookKey book, WebhookEndpointId id, string state, string also) =>
        Update(Actor.System(book, "Bursar", RequestId.New(time.GetUtcNow())), id, $"webhook_endpoint.{state}", $"""
            update webhook_endpoints set state = @state where workspace_id = @workspace and mode = @mode and endpoint_id = @id
                and state = 'active';
            {also}
            """, new { id = id.Value, state }, isPublic: true, then: TellPeople);

    /// <summary>An e-mail: nobody looks at a page that has worked for months.</summary>
    private async Task TellPeople(ControlScope scope, EndpointResource endpoint)
    {
        var to = await scope.Scalar<string>($"select {NotificationAddress.OfW} from workspaces w where w.workspace_id = @workspace");
        if (to is null) return;
        var isTest = scope.Book.Key.Mode == Mode.Test;
        var host = new Uri(endpoint.Url).IdnHost;
        var page = site.To($"/{(isTest ? "test" : "live")}/developers/callbacks");
        Phrase why = endpoint.State == "paused"
            ? $"The webhook endpoint at {host} has failed for five days and is paused. What it should get waits and is kept."
            : (Phrase)$"The webhook endpoint at {host} answered 410 Gone and is switched off.";
        var language = await Readers.Of(scope.Connection, to, scope.Book.Key.Workspace);
        var subject = (isTest ? "[Test] " : "") + language.Say("A webhook endpoint needs you");
        await messages.Send(scope.Connection, OutgoingMessage.Mail(language, to, subject,
            $"{why}\n\nSee why with the webhook doctor, then resume it: {page}"));
    }

    /// <summary>
    /// A new secret, shown once; meanwhile deliveries carry the old one's signature too. While an overlap lasts only a rotation that ends
    /// it at once is taken: a third secret would leave a receiver with the first one unable to verify anything.
    /// </summary>
    public async Task<Result<EndpointResource>> RotateSecret(Actor actor, WebhookEndpointId id, SecretRotation request)
    {
        if (request.OverlapHours is < 0 or > OverlapMaxHours)
            return Errors.Field("/overlapHours", "out_of_range", $"0 to {OverlapMaxHours} hours.");
        var secret = WebhookSignature.NewSecret();
        var changed = await Update(actor, id, "webhook_endpoint.secret_rotated", """
            update webhook_endpoints set previous_secret = case when @hours = 0 then null else secret end, secret = @secret,
                previous_until = case when @hours = 0 then null else @at + make_interval(hours => @hours) end
            where workspace_id = @workspace and mode = @mode and endpoint_id = @id and state <> 'removed'
            """, new { id = id.Value, secret = sealer.Seal(secret), hours = request.OverlapHours },
            (before, at) => before.PreviousSecretUntil > at && request.OverlapHours > 0
                ? new Error(Errors.StateConflict, "The last rotation still overlaps. Wait for its end, or rotate with overlapHours 0.")
                : null);
        return changed.Map(e => e with { Secret = secret });
    }

    /// <summary>Queues a <c>test.ping</c> for this endpoint alone; its delivery tells how it went.</summary>
    public async Task<Result<DeliveryResource>> SendTest(Actor actor, WebhookEndpointId id)
    {
        var queued = await QueueTest(actor, id);
        if (!queued.Ok) return queued.Error;
        due.Signal();
        return await deliveries.Get(actor, queued.Value);
    }

    private Task<Result<DeliveryId>> QueueTest(Actor actor, WebhookEndpointId id) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
    {
        if (await Find(scope, id) is not { } endpoint) return Errors.Missing();
        if (endpoint.State != "active") return new Error(Errors.StateConflict, $"The endpoint is {endpoint.State}: resume it first.");
        scope.Book.Publish(TestEvent, id.Value, 1, new { message = "Bursar reaches this endpoint." });
        var delivery = DeliveryId.New(scope.At);
        await scope.Execute("""
            insert into deliveries (workspace_id, mode, delivery_id, endpoint_id, event_id, event_type, position, state, due, created_at)
            values (@workspace, @mode, @delivery, @id, @eventId, @type, @position, 'queued', @at, @at)
            """, new
        {
            delivery = delivery.Value,
            id = id.Value,
            type = TestEvent,
            eventId = scope.Book.LastEntry.Event.Value,
            position = scope.Book.LastEntry.Position,
        });
        return (Result<DeliveryId>)delivery;
    });

    public async Task<Result<EndpointResource>> Get(Actor actor, WebhookEndpointId id)
    {
        var list = await List(actor);
        if (!list.Ok) return list.Error;
        return list.Value.FirstOrDefault(e => e.Id == id) is { } found ? found : Errors.Missing();
    }

    public async Task<Result<IReadOnlyList<EndpointResource>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var rows = await database.Query<Row>(actor.Book, Select + " order by created_at, endpoint_id",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode });
        return rows.Select(Resource).ToList();
    }

    private Task<Result<EndpointResource>> Update(
        Actor actor, WebhookEndpointId id, string type, string sql, object args,
        Func<EndpointResource, DateTimeOffset, Error?>? refuses = null, bool isPublic = false,
        Func<ControlScope, EndpointResource, Task>? then = null) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            var before = await Find(scope, id);
            if (before is not null && refuses?.Invoke(before, scope.At) is { } refused) return refused;
            if (before is null || await scope.Execute(sql, args) == 0) return Errors.Missing();
            var after = await Find(scope, id) ?? before with { State = "removed" };
            if (isPublic) scope.Book.Publish(type, id.Value, 1, Told(after));
            else scope.Book.Record(type, id.Value, 1, after);
            if (then is not null) await then(scope, after);
            return (Result<EndpointResource>)after;
        });

    /// <summary>What the other endpoints hear of one: its host, because a chat tool's address is a secret in itself.</summary>
    private static object Told(EndpointResource e) => new { e.Id, Host = new Uri(e.Url).IdnHost, e.Product, e.State, e.FailingSince };

    private static async Task<EndpointResource?> Find(ControlScope scope, WebhookEndpointId id) =>
        (await scope.Query<Row>(Select + " and endpoint_id = @id", new { id = id.Value })).Select(Resource).FirstOrDefault();

    private static EndpointResource Resource(Row r) =>
        new(new(r.EndpointId), r.Url, r.Events, r.Product, r.State, null, null, r.PreviousUntil, r.FailingSince, r.CreatedAt);

    // The first of them: the book is locked meanwhile, and DeliveryQueue.Tidy ends the rest.
    private const string EndWaiting = """
        update deliveries set state = 'exhausted', due = null where workspace_id = @workspace and mode = @mode and due is not null
            and delivery_id in (select delivery_id from deliveries where workspace_id = @workspace and mode = @mode
                and endpoint_id = @id and due is not null limit 1000)
        """;

    private const string Select = """
        select endpoint_id, url, events, product, state, previous_until, failing_since, created_at from webhook_endpoints
        where workspace_id = @workspace and mode = @mode and state <> 'removed' and of_key is null
        """;

    private sealed record Row
    {
        public Guid EndpointId { get; init; }
        public required string Url { get; init; }
        public required string[] Events { get; init; }
        public string? Product { get; init; }
        public required string State { get; init; }
        public DateTimeOffset? PreviousUntil { get; init; }
        public DateTimeOffset? FailingSince { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}

namespace Bursar.Sdk;

/// <summary>One try to deliver: when, the status or the error, how long it took.</summary>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int DurationMs, string? Error);

/// <summary>An event on its way to an endpoint. States: queued, delivered, retrying, exhausted.</summary>
public sealed record Delivery(
    string Id, string EventId, string EventType, string? EndpointId, string Url, string State, IReadOnlyList<DeliveryAttempt> Attempts,
    DateTimeOffset? NextAttemptAt, DateTimeOffset CreatedAt, DateTimeOffset? DeliveredAt);

/// <summary>/v1/deliveries.</summary>
public sealed class Deliveries
{
    private readonly Transport transport;
    internal Deliveries(Transport transport) => this.transport = transport;

    /// <summary>Every delivery, or those of a state or an endpoint, newest first.</summary>
    public IAsyncEnumerable<Delivery> All(string? state = null, string? endpointId = null, CancellationToken ct = default) =>
        transport.All<Delivery>("/v1/deliveries", new Query().Add("state", state).Add("endpointId", endpointId).Add("limit", 200L), ct);

    /// <summary>Sends it again now, with the same id and the same bytes.</summary>
    public Task<Delivery> Resend(string id, CancellationToken ct = default) =>
        transport.Post<Delivery>($"/v1/deliveries/{Uri.EscapeDataString(id)}/resend", null, ct);
}

namespace Bursar.Sdk;

/// <summary>Where events go: https, and which events (names or <c>transfer.*</c>; none means all).</summary>
public sealed record NewWebhookEndpoint(string Url)
{
    /// <summary>Names or <c>transfer.*</c>.</summary>
    public IReadOnlyList<string>? Events { get; init; }
    /// <summary>The product whose Callback URL this is; one per product.</summary>
    public string? Product { get; init; }
}

/// <summary>What to change; members left alone stay. State: active or paused.</summary>
public sealed record WebhookEndpointChange(string? Url = null, IReadOnlyList<string>? Events = null, string? State = null);

/// <summary>
/// An endpoint. <paramref name="Secret"/> (whsec_…) is there only in the answer that made it: keep it for <see cref="WebhookVerifier"/>.
/// </summary>
public sealed record WebhookEndpoint(
    string Id, string Url, IReadOnlyList<string> Events, string? Product, string State, string? Secret,
    DateTimeOffset? FailingSince, DateTimeOffset CreatedAt);

/// <summary>/v1/webhook-endpoints.</summary>
public sealed class WebhookEndpoints
{
    private readonly Transport transport;
    internal WebhookEndpoints(Transport transport) => this.transport = transport;

    /// <summary>A new endpoint, with its secret.</summary>
    public Task<WebhookEndpoint> Create(NewWebhookEndpoint endpoint, CancellationToken ct = default) =>
        transport.Post<WebhookEndpoint>("/v1/webhook-endpoints", endpoint, ct);

    /// <summary>All endpoints.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> All(CancellationToken ct = default) =>
        (await transport.Get<Page<WebhookEndpoint>>("/v1/webhook-endpoints", ct).ConfigureAwait(false)).Data;

    /// <summary>Another address, other events, paused or active.</summary>
    public Task<WebhookEndpoint> Change(string id, WebhookEndpointChange change, CancellationToken ct = default) =>
        transport.Patch<WebhookEndpoint>(Path(id), change, ct);

    /// <summary>A new secret; for a while both sign. Give both to <see cref="WebhookVerifier"/>.</summary>
    public Task<WebhookEndpoint> RotateSecret(string id, CancellationToken ct = default) =>
        transport.Post<WebhookEndpoint>(Path(id) + "/secret-rotation", null, ct);

    /// <summary>Sends a test.ping to this endpoint only.</summary>
    public Task<Delivery> SendTest(string id, CancellationToken ct = default) => transport.Post<Delivery>(Path(id) + "/test", null, ct);

    /// <summary>Nothing more is sent there.</summary>
    public Task<WebhookEndpoint> Remove(string id, CancellationToken ct = default) => transport.Delete<WebhookEndpoint>(Path(id), ct);

    private static string Path(string id) => $"/v1/webhook-endpoints/{Uri.EscapeDataString(id)}";
}

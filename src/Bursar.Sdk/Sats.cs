using System.Text.Json.Serialization;

namespace Bursar.Sdk;

/// <summary>A policy as it was when it allowed the spend.</summary>
public sealed record SatPolicyVersion(string PolicyId, int Version);

/// <summary>
/// What a spend authorization token allows: the agent <see cref="Agent"/> to spend exactly <see cref="Amount"/> (in minor units) of
/// <see cref="Currency"/> at <see cref="Merchant"/> through the payment handle <see cref="Handle"/>, once.
/// </summary>
public sealed record SatClaims
{
    /// <summary>The installation that issued it.</summary>
    [JsonPropertyName("iss")]
    public required string Issuer { get; init; }
    /// <summary>The agent's id.</summary>
    [JsonPropertyName("sub")]
    public required string Agent { get; init; }
    /// <summary>The payment handle's id.</summary>
    [JsonPropertyName("aud")]
    public required string Handle { get; init; }
    /// <summary>The same for every token of one authorization: the idempotency key of its payment.</summary>
    [JsonPropertyName("jti")]
    public required string Id { get; init; }
    /// <summary>When it was issued, in seconds since 1970.</summary>
    [JsonPropertyName("iat")]
    public required long IssuedAt { get; init; }
    /// <summary>From when on it is good, in seconds since 1970.</summary>
    [JsonPropertyName("nbf")]
    public required long NotBefore { get; init; }
    /// <summary>Until when it is good, in seconds since 1970.</summary>
    [JsonPropertyName("exp")]
    public required long ExpiresAt { get; init; }
    /// <summary>The form of these claims: 1.</summary>
    [JsonPropertyName("ver")]
    public required int Version { get; init; }
    /// <summary>Whose agent it is.</summary>
    public required string WorkspaceId { get; init; }
    /// <summary><c>test</c> or <c>live</c>.</summary>
    public required string Mode { get; init; }
    /// <summary>The request that was allowed.</summary>
    public required string SpendRequestId { get; init; }
    /// <summary>In minor units.</summary>
    public required long Amount { get; init; }
    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }
    /// <summary>As the agent named it.</summary>
    public required string Merchant { get; init; }
    /// <summary>What approvers were shown, as SHA-256 in hex.</summary>
    public required string ContentHash { get; init; }
    /// <summary>The policies that allowed it.</summary>
    public required IReadOnlyList<SatPolicyVersion> PolicyVersions { get; init; }
    /// <summary>The approval, where people allowed it.</summary>
    public string? ApprovalId { get; init; }
    /// <summary>When <see cref="Sats.Consume"/> used it up; absent elsewhere.</summary>
    public DateTimeOffset? ConsumedAt { get; init; }
}

/// <summary>/v1/sats: for whoever is shown a token.</summary>
public sealed class Sats
{
    private readonly Transport transport;
    internal Sats(Transport transport) => this.transport = transport;

    /// <summary>
    /// Asks Bursar whether the token holds now. <see cref="SatVerifier"/> knows form, signature and times without asking.
    /// </summary>
    /// <exception cref="BursarException"><c>sat_invalid</c>, with the reason in the problem's <c>reason</c>.</exception>
    public Task<SatClaims> Verify(string sat, CancellationToken ct = default) =>
        transport.Post<SatClaims>("/v1/sats/verification", new { sat }, ct);

    /// <summary>Uses the token up; pay only after this. One call in the world succeeds, repeats with its key included.</summary>
    /// <exception cref="BursarException"><c>sat_already_used</c>: somebody has paid or is paying; or <c>sat_invalid</c>. Do not
    /// pay.</exception>
    public Task<SatClaims> Consume(string sat, string? idempotencyKey = null, CancellationToken ct = default) =>
        transport.Create<SatClaims>("/v1/sats/consumption", new { sat }, idempotencyKey, ct);
}

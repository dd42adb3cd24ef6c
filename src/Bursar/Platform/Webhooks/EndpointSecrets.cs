using Bursar.Platform.Data;

namespace Bursar.Platform.Webhooks;

/// <summary>What the tables hold of what signs an endpoint's deliveries.</summary>
public record SealedSecrets
{
    public required string Secret { get; init; }
    public string? PreviousSecret { get; init; }
    public DateTimeOffset? PreviousUntil { get; init; }
    public string? ValidationToken { get; init; }
}

/// <summary>What signs an endpoint's deliveries, and the validation token that goes with them.</summary>
public sealed record EndpointSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil, string? Token)
{
    /// <summary>Those that sign now: while a rotation overlaps, the one before too.</summary>
    public IReadOnlyList<string> Valid(DateTimeOffset now) => Previous is not null && PreviousUntil > now ? [Current, Previous] : [Current];

    /// <exception cref="System.Security.Cryptography.CryptographicException">They were sealed with another key file.</exception>
    public static EndpointSecrets Unseal(Sealer sealer, SealedSecrets of) => new(sealer.Unseal(of.Secret),
        of.PreviousSecret is { } previous ? sealer.Unseal(previous) : null, of.PreviousUntil,
        of.ValidationToken is { } token ? sealer.Unseal(token) : null);
}

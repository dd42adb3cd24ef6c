using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Signing;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// <c>upcoming</c>: published, but does not sign yet. <c>retired</c>: signs no more, still published for what it signed.
/// <c>over</c> and <c>revoked</c> are not published.
/// </summary>
public enum SatKeyState { Upcoming, Active, Retired, Over, Revoked }

/// <summary>When a signing key may do what, as it lies in the database; the private half is sealed.</summary>
public sealed record SatKeyRow
{
    public required short Mode { get; init; }
    public required string Kid { get; init; }
    public required string PrivateKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset SignsFrom { get; init; }
    public DateTimeOffset? SignsUntil { get; init; }
    public DateTimeOffset? PublishedUntil { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    public SatKeyState StateAt(DateTimeOffset now) => this switch
    {
        { RevokedAt: not null } => SatKeyState.Revoked,
        { PublishedUntil: { } until } when until <= now => SatKeyState.Over,
        { SignsUntil: { } until } when until <= now => SatKeyState.Retired,
        _ => SignsFrom > now ? SatKeyState.Upcoming : SatKeyState.Active,
    };
}

/// <summary>A key that signs the tokens of one mode.</summary>
public sealed record SatKey(SatKeyRow Row, Es256Key Key)
{
    public string Kid => Row.Kid;
    public Mode Mode => (Mode)Row.Mode;

    /// <summary>The header of every token it signs.</summary>
    public string Header { get; } = Jws.HeaderOf(SatClaims.Type, Row.Kid);
}

/// <summary>A public key as /.well-known/jwks.json shows it (RFC 7517), with what people want to know besides.</summary>
public sealed record Jwk(
    string Kty, string Crv, string X, string Y, string Kid, string Alg, string Use, Mode Mode, DateTimeOffset Created, SatKeyState State)
{
    public static Jwk Of(SatKey key, DateTimeOffset now) =>
        new("EC", "P-256", key.Key.X, key.Key.Y, key.Kid, "ES256", "sig", key.Mode, key.Row.CreatedAt, key.Row.StateAt(now));
}

/// <summary>The published keys of both modes; <paramref name="Issuer"/> is the <c>iss</c> of every token.</summary>
public sealed record JwkSet(string Issuer, IReadOnlyList<Jwk> Keys);

/// <summary>A key that anybody may have, and from when on it signs.</summary>
public sealed record PublishedKey(Jwk Jwk, DateTimeOffset SignsFrom);

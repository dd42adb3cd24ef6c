using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bursar.Core.Access;

namespace Bursar.Core.Signing;

/// <summary>A policy as it was when it allowed the spend.</summary>
public sealed record PolicyVersion(PolicyId PolicyId, int Version);

/// <summary>When a token begins and ends, in seconds since 1970.</summary>
public readonly record struct SatTimes(long From, long Until)
{
    public SatTimes(DateTimeOffset from, DateTimeOffset until) : this(from.ToUnixTimeSeconds(), until.ToUnixTimeSeconds()) { }

    public DateTimeOffset End => DateTimeOffset.FromUnixTimeSeconds(Until);

    /// <summary>A token drawn at this moment, which never outlives its authorization; null when nothing is left of that.</summary>
    public static SatTimes? Drawn(DateTimeOffset at, int lifeSeconds, DateTimeOffset authorizedUntil)
    {
        var times = new SatTimes(at, at.AddSeconds(lifeSeconds) < authorizedUntil ? at.AddSeconds(lifeSeconds) : authorizedUntil);
        return times.Until > times.From ? times : null;
    }
}

/// <summary>
/// What a spend authorization token says (API.md "SAT"; the short names are those of RFC 7519 §4.1). Times are seconds since 1970, the
/// amount is in minor units. <see cref="ContentHash"/> is the hash that approvers were shown; one authorization has one <see cref="Jti"/>.
/// </summary>
public record SatClaims
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "sat+jwt";

    /// <summary>How far two clocks may differ, either way (QUALITY CL3).</summary>
    public const long SkewSeconds = 60;

    /// <summary>No handle gives a token a longer life.</summary>
    public const long LifeSecondsMax = 900;

    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 8,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public required string Iss { get; init; }
    /// <summary>The agent.</summary>
    public required string Sub { get; init; }
    /// <summary>The payment handle.</summary>
    public required HandleId Aud { get; init; }
    public required SatId Jti { get; init; }
    public required long Iat { get; init; }
    public required long Nbf { get; init; }
    public required long Exp { get; init; }
    public required int Ver { get; init; }
    public required WorkspaceId WorkspaceId { get; init; }
    public required Mode Mode { get; init; }
    public required SpendRequestId SpendRequestId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Merchant { get; init; }
    public required string ContentHash { get; init; }
    public required IReadOnlyList<PolicyVersion> PolicyVersions { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApprovalId? ApprovalId { get; init; }

    [JsonIgnore]
    public BookKey Book => new(WorkspaceId, Mode);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    /// <summary>The claims of a token whose signature holds, or null when they are not of this form.</summary>
    public static SatClaims? Read(byte[] payload)
    {
        try
        {
            return JsonSerializer.Deserialize<SatClaims>(payload, Form) is { Ver: CurrentVersion } claims && claims.LivesRight()
                ? claims : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What the clock says against it.</summary>
    public SatFault? At(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        if (second - Exp > SkewSeconds) return SatFault.Expired;
        return Nbf - second > SkewSeconds ? SatFault.NotYetValid : null;
    }

    private bool LivesRight() => Iat > 0 && Nbf == Iat && Exp > Iat && Exp - Iat <= LifeSecondsMax;
}

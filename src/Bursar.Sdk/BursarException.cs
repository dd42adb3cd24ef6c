using System.Net;
using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>Whether the effect that was asked for exists now.</summary>
public enum EffectOutcome
{
    /// <summary>The call changed nothing.</summary>
    None,
    /// <summary>The same effect exists already, from an earlier call.</summary>
    Applied,
    /// <summary>It may exist: ask again with the same Idempotency-Key, or look.</summary>
    Unknown,
}

/// <summary>What may be done next.</summary>
public enum RetryAdvice
{
    /// <summary>The same request will be refused again.</summary>
    Never,
    /// <summary>The same, after <see cref="BursarException.RetryAfter"/>.</summary>
    After,
    /// <summary>The same with the same Idempotency-Key.</summary>
    SameKey,
    /// <summary>A corrected one, as a new request.</summary>
    NewRequest,
}

/// <summary>One wrong field: <paramref name="Pointer"/> into the body (RFC 6901), or the name of a <paramref name="Parameter"/>.</summary>
public sealed record FieldError(string? Pointer, string? Parameter, string Code, string Detail);

/// <summary>
/// Bursar refused a call, or no answer came. Branch on <see cref="Code"/> (docs/api/errors.md lists all); it is <c>connection_failed</c>
/// or <c>timeout</c> when there was no answer.
/// </summary>
public sealed class BursarException : Exception
{
    internal BursarException(string code, string detail, EffectOutcome outcome, RetryAdvice retry, Exception? inner = null)
        : base($"{code}: {detail}", inner) =>
        (Code, Detail, Outcome, Retry) = (code, detail, outcome, retry);

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Stable and never renamed within an API version.</summary>
    public string Code { get; }

    /// <summary>What happened this time.</summary>
    public string Detail { get; }

    /// <summary>Whether the effect exists.</summary>
    public EffectOutcome Outcome { get; }

    /// <summary>What may be done next.</summary>
    public RetryAdvice Retry { get; }

    /// <summary>Quote it when you ask for help.</summary>
    public string? RequestId { get; init; }

    /// <summary>The fields that are wrong.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>How long to wait, where Bursar said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The whole problem document, for the members that a code brings: missingPermission, available, explain, winner….</summary>
    public JsonElement? Problem { get; init; }
}

using Bursar.Core.Text;

namespace Bursar.Core.Results;

/// <summary>Whether the effect that was asked for exists now (QUALITY: a client must always know if money may have moved).</summary>
public enum EffectOutcome { None, Applied, Unknown }

/// <summary>What a client may do next. <c>after</c>: wait for Retry-After; <c>same_key</c>: safe with the same Idempotency-Key.</summary>
public enum Retry { Never, After, SameKey, NewRequest }

/// <summary>A stable code of the API, with everything that is the same at each occurrence. Never renamed, never reused.</summary>
public sealed record ErrorCode(string Code, int Status, string Title, EffectOutcome Outcome = EffectOutcome.None,
    Retry Retry = Retry.Never);

/// <summary>One wrong field: a JSON pointer into the body (RFC 6901) or the name of a parameter.</summary>
public sealed record FieldError(string Field, string Code, Phrase Said)
{
    /// <summary>In English, as the API says it.</summary>
    public string Detail => Said.ToString();
}

/// <summary>
/// An expected failure. <paramref name="Said"/> is safe to show: no SQL, path, secret or foreign id.
/// <paramref name="Extra"/> holds the members that the code's row in docs/api/errors.md lists (limit, available, missingPermission…).
/// </summary>
public sealed record Error(ErrorCode Code, Phrase Said)
{
    /// <summary>In English, as the API says it; pages say <see cref="Said"/> in the reader's language.</summary>
    public string Detail => Said.ToString();
    public IReadOnlyList<FieldError> Fields { get; init; } = [];
    public IReadOnlyDictionary<string, object?> Extra { get; init; } = EmptyExtra;
    public ResourceReference? Resource { get; init; }
    /// <summary>What a missing proof is for: "generate a live key".</summary>
    public Phrase? Act { get; init; }

    private static readonly IReadOnlyDictionary<string, object?> EmptyExtra = new Dictionary<string, object?>();

    public Error With(string name, object? value) =>
        this with { Extra = new Dictionary<string, object?>(Extra) { [name] = value } };

    public override string ToString() => $"{Code.Code}: {Detail}";
}

public sealed record ResourceReference(string Type, string Id, string Url);

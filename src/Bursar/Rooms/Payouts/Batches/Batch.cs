using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// Where a batch stands. <c>failing</c> and <c>failed</c>: one that goes as a whole or not at all, and did not; nothing of it went out.
/// <c>cancelled</c>: taken back before anything of it was asked for.
/// </summary>
public enum BatchState { Checking, Invalid, Ready, Submitting, Submitted, Completed, Failing, Failed, Cancelled }

/// <summary>What becomes of the others when a row is refused: they go on, or none goes.</summary>
public enum BatchMode { Continue, Atomic }

public static class BatchStates
{
    public static bool CanBecome(this BatchState from, BatchState to) => from switch
    {
        BatchState.Checking => to is BatchState.Invalid or BatchState.Ready or BatchState.Cancelled,
        BatchState.Invalid => to is BatchState.Cancelled,
        BatchState.Ready => to is BatchState.Submitting or BatchState.Cancelled or BatchState.Failed,
        BatchState.Submitting => to is BatchState.Submitted or BatchState.Failing,
        BatchState.Submitted => to is BatchState.Completed,
        BatchState.Failing => to is BatchState.Failed,
        _ => false,
    };

    /// <summary>Something of it may have gone out: the same file again is the same payments again.</summary>
    public static bool Counts(this BatchState state) =>
        state is not (BatchState.Invalid or BatchState.Failing or BatchState.Failed or BatchState.Cancelled);
}

/// <summary>A batch's row. Its rows never change after the check; what became of them is each transfer's own.</summary>
public sealed record Batch
{
    public required Guid Id { get; init; }
    public required BatchState State { get; init; }
    public required int Version { get; init; }
    public required BatchMode Way { get; init; }
    public required string FileName { get; init; }
    public required int Rows { get; init; }
    public required long Total { get; init; }
    public required long Fees { get; init; }
    public required string Fingerprint { get; init; }
    public required bool Submits { get; init; }
    public bool AsksNames { get; init; } = true;
    public int Checked { get; init; }
    /// <summary>Rows that a transfer was made of, or that were refused.</summary>
    public int Submitted { get; init; }
    /// <summary>While rows are asked for one slice after the other: what keeps the money of the rest.</summary>
    public Guid? Hold { get; init; }
    public long Held { get; init; }
    public string? FailureReason { get; init; }
    public StoredJson? Risk { get; init; }
    public required Actor Maker { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What an approver is shown: the rows by their fingerprint, how many there are and what they cost.</summary>
    public string ContentHash() => Core.Signing.ContentHash.Of(
        ("batch", Id.ToString("N")), ("mode", Json.Name(Way)), ("rows", Text(Rows)), ("total", Text(Total)), ("fees", Text(Fees)),
        ("fingerprint", Fingerprint));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

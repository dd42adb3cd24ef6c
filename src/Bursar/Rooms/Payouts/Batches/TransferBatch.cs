using Bursar.Core.Access;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Something wrong with one row; column by its header, null where the row as such is meant.</summary>
public sealed record RowError(int Line, string? Column, string Code, string Detail);

/// <summary>
/// How many rows are in one state and what they come to: the state of their transfer, or <c>waiting</c> for one, <c>refused</c> one,
/// <c>invalid</c>.
/// </summary>
public sealed record BatchTally(string State, long Rows, long Amount, long Fees);

public sealed record BankTotal(string BankCode, long Rows, long Amount);

/// <summary>What the policies would say to the rows one after the other, as they stand when the file is checked.</summary>
public sealed record PolicyForecast(string Reason, long Rows, long Amount);

/// <summary>Rows that carry one flag.</summary>
public sealed record FlagTotal(string Flag, long Rows, long Amount);

/// <summary>What an approver should look at before all the rows.</summary>
public sealed record BatchRisk(
    IReadOnlyList<FlagTotal> Flags, IReadOnlyList<BankTotal> Banks, IReadOnlyList<PolicyForecast> Refused, long LargestAmount);

/// <summary>
/// A batch as the API, its event and the pages show it. Errors, results and risk are null until the check is done, and in lists.
/// </summary>
public sealed record TransferBatch(
    BatchId Id, BatchState State, BatchMode Mode, string FileName, int Rows, long Total, string Currency, long Fees, bool CheckNames,
    int Checked, int Submitted, IReadOnlyList<RowError>? Errors, IReadOnlyList<BatchTally>? Results, BatchRisk? Risk, string? FailureReason,
    string ContentHash, string MakerName, string CreatedVia, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt)
{
    public static TransferBatch Of(
        Batch b, IReadOnlyList<RowError>? errors = null, IReadOnlyList<BatchTally>? results = null, bool whole = false) => new(
        new(b.Id), b.State, b.Way, b.FileName, b.Rows, b.Total, "IDR", b.Fees, b.AsksNames, b.Checked, b.Submitted, errors, results,
        whole ? b.Risk?.As<BatchRisk>() : null, b.FailureReason, b.ContentHash(), b.Maker.Name,
        b.Maker.Kind == PrincipalKind.Member ? "dashboard" : "api", b.CreatedAt, b.CompletedAt);
}

/// <summary>A row of a batch with what became of it; <paramref name="Code"/> and detail tell of one that was refused.</summary>
public sealed record TransferBatchRow(
    int Line, string State, long? Amount, long Fee, string BankCode, string AccountNumber, string? RecipientName, string? Remark,
    string? Reference, IReadOnlyList<string> Flags, TransferId? TransferId, string? Code, string? Detail);

using System.Globalization;
using Bursar.Core.Signing;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Payouts.Refunds;

public enum RefundKind { TopUp, Transfer }

public enum RefundState { Requested, Approved, Rejected, Succeeded, Failed }

/// <summary>
/// Money that somebody asked to give back. That of a top-up goes to <see cref="BankCode"/> and <see cref="AccountNumber"/> by the
/// disbursement of the same id; that of a transfer which cannot be sent goes back into the deposit.
/// </summary>
public sealed record Refund
{
    public required Guid Id { get; init; }
    public required RefundKind Kind { get; init; }
    public required Guid Resource { get; init; }
    public required RefundState State { get; init; }
    public required int Version { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Reason { get; init; }
    public string? BankCode { get; init; }
    public string? AccountNumber { get; init; }
    public required string RequestedBy { get; init; }
    public required Guid ApprovalId { get; init; }
    public string? FailureReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The id of what is refunded, as everybody else names it.</summary>
    public string ResourceId => Kind == RefundKind.TopUp ? new TopUpId(Resource).ToString() : new TransferId(Resource).ToString();

    /// <summary>What an approver is shown of a refund that takes a transfer back.</summary>
    public string Hash() => ContentHash.Of(
        ("kind", "refund"), ("id", Id.ToString("N")), ("of", Json.Name(Kind)), ("resource", Resource.ToString("N")),
        ("amount", Amount.ToString(CultureInfo.InvariantCulture)), ("currency", Currency), ("reason", Reason));
}

/// <summary>A refund as the API, the events and the pages show it.</summary>
public sealed record RefundResource(
    RefundId Id, RefundState State, RefundKind Kind, string Resource, long Amount, string Currency, string Reason, string? BankCode,
    string? AccountNumber, string RequestedBy, ApprovalId ApprovalId, string? FailureReason, DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt)
{
    public static RefundResource Of(Refund r) => new(
        new(r.Id), r.State, r.Kind, r.ResourceId, r.Amount, r.Currency, r.Reason, r.BankCode, r.AccountNumber, r.RequestedBy,
        new(r.ApprovalId), r.FailureReason, r.CreatedAt, r.CompletedAt);
}

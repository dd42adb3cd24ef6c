using Bursar.Core.Policies;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>What a money transfer keeps besides the order: whom its maker wants to be told when it was paid.</summary>
public sealed record TransferDetail(IReadOnlyList<string> RecipientEmails);

/// <summary>A money transfer as the API, the events and the pages show it.</summary>
public sealed record Transfer(
    TransferId Id, string Kind, DisbursementState State, long Amount, string Currency, long Fee, string BankCode, string DestinationType,
    string AccountNumber, string? RecipientName, string? Remark, string? Reference, string MakerName, string CreatedVia,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt, string? FailureReason, ApprovalId? ApprovalId)
{
    public static readonly DisbursementShape Shape = new(DisbursementKind.MoneyTransfer)
    {
        Event = DisbursementShape.Named("transfer"),
        Resource = Of,
    };

    public static Transfer Of(Disbursement d) => new(
        new(d.Id), "money_transfer", d.State, d.Amount, d.Currency, d.Fee, d.BankCode!, d.DestinationType!,
        d.AccountNumber!, d.RecipientName, d.Remark, d.Reference, d.MakerName, d.CreatedVia, d.CreatedAt, d.CompletedAt, d.FailureReason,
        d.ApprovalId is { } id ? new ApprovalId(id) : null);
}

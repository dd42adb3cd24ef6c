namespace Bursar.Sdk;

/// <summary>
/// How a spend request's approval ended, as it is posted to its callbackUrl. <see cref="Decision"/>: ALLOW or DENY;
/// <see cref="DecisionReason"/>: APPROVED, REJECTED, APPROVAL_EXPIRED or CANCELLED. It carries no token: fetch the request to get one.
/// </summary>
public sealed record ApprovalCallback(
    string Event, string SpendRequestId, string ApprovalId, string Decision, string DecisionReason, string? Note);

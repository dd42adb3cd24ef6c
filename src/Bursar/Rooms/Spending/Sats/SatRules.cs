using Bursar.Core.Signing;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>What an authorization allows of its token, whoever asks: one place for fetching, verifying, consuming and executing.</summary>
public static class SatRules
{
    /// <summary>Whether the agent that asked may have a token of it: not of one that Bursar executes by itself.</summary>
    public static bool MayBeDrawn(Disbursement spend, DateTimeOffset at) =>
        spend is { State: DisbursementState.Approved, SatConsumedAt: null } && spend.AuthorizedUntil > at
            && !SpendRequest.Shape.GoesAtOnce(spend);

    /// <summary>Whether Bursar has called the executor with it and waits: the executor may verify it then.</summary>
    public static bool IsBeingExecuted(Disbursement spend) =>
        spend is { Attempts: > 0, State: DisbursementState.Executing or DisbursementState.Unknown };

    /// <summary>Why a token with these claims is good for nothing now; null when it may be used.</summary>
    public static SatFault? Refuses(Disbursement? spend, SatClaims claims, bool frozen, DateTimeOffset at)
    {
        if (spend is null || spend.Id != claims.Jti.Value || spend.Id != claims.SpendRequestId.Value) return SatFault.UnknownRequest;
        if (spend.HandleId != claims.Aud.Value) return SatFault.WrongAudience;
        if (spend.ContentHash != claims.ContentHash || spend.AgentId != claims.Sub
            || spend.Amount != claims.Amount) return SatFault.WrongClaims;
        if (spend.SatConsumedAt is not null) return SatFault.Used;
        if (frozen) return SatFault.AgentFrozen;
        if (spend.AuthorizedUntil <= at) return SatFault.Expired;
        return spend.State == DisbursementState.Approved ? null : SatFault.NotApproved;
    }
}

namespace Bursar.Core.Rails;

/// <summary>
/// Why a payout failed: the six reasons of the seed, one for what a rail never got, and one for everything else a partner may say.
/// </summary>
public static class FailureReasons
{
    public const string NotReceived = "NOT_RECEIVED";
    public const string Other = "REFUSED";

    /// <summary>Those that a rail or a person may give.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "INACTIVE_ACCOUNT", "NOT_REGISTERED_ACCOUNT", "CANT_RECEIVE_TRANSFER", "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK",
        "BENEFICIARY_ACCOUNT_NOT_VERIFIED", "INSUFFICIENT_BALANCE", Other,
    ];

    /// <summary>The reason as it is kept: one of the list, whatever a partner called it.</summary>
    public static string Known(string? reason) => reason is not null && All.Contains(reason) ? reason : Other;
}

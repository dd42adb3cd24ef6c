using Bursar.Core.Policies;

namespace Bursar.Core.Rails;

/// <summary>
/// Why a payout failed: the six reasons of the seed, or the seventeen of a transfer abroad; one for what a rail never got, and one for
/// everything else a partner may say.
/// </summary>
public static class FailureReasons
{
    public const string NotReceived = "NOT_RECEIVED";
    public const string Other = "REFUSED";

    /// <summary>Those of a payment at home that a rail or a person may give.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "INACTIVE_ACCOUNT", "NOT_REGISTERED_ACCOUNT", "CANT_RECEIVE_TRANSFER", "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK",
        "BENEFICIARY_ACCOUNT_NOT_VERIFIED", "INSUFFICIENT_BALANCE", Other,
    ];

    /// <summary>The seventeen of a transfer abroad.</summary>
    public static readonly IReadOnlyList<string> Abroad =
    [
        "DECLINED", "CANCELLED", Other, "INVALID_BENEFICIARY", "INVALID_BENEFICIARY_DETAILS", "LIMITATIONS_ON_TRANSACTION_VALUE",
        "SLS_SENDER", "SLS_BENEFICIARY", "BARRED_BENEFICIARY", "BARRED_SENDER", "COMPLIANCE_REASON", "UNSUPPORTED_BENEFICIARY",
        "DUPLICATED_TRANSACTION", "LIMITATIONS_ON_SENDER_QUANTITY", "LIMITATIONS_ON_BENEFICIARY_QUANTITY",
        "LIMITATIONS_ON_ACCOUNT_QUANTITY", "LIMITATIONS_ON_ACCOUNT_VALUE",
    ];

    /// <summary>Those that a rail or a person may give of this kind.</summary>
    public static IReadOnlyList<string> Of(DisbursementKind kind) => kind == DisbursementKind.InternationalTransfer ? Abroad : All;

    /// <summary>The reason as it is kept: one of a list, whatever a partner called it.</summary>
    public static string Known(string? reason) => reason is not null && (All.Contains(reason) || Abroad.Contains(reason)) ? reason : Other;

    /// <summary>The same for one kind: what only the other list has is not understood.</summary>
    public static string Known(DisbursementKind kind, string reason) => reason == NotReceived || Of(kind).Contains(reason) ? reason : Other;
}

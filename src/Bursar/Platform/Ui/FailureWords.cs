namespace Bursar.Platform.Ui;

/// <summary>How the reasons of failed payouts read, in English; pages say them in their language.</summary>
public static class FailureWords
{
    public static string Of(string? reason) => reason switch
    {
        null or "" or "REFUSED" => "The bank refused it",
        "INACTIVE_ACCOUNT" => "The account is not active",
        "CANT_RECEIVE_TRANSFER" => "The account cannot receive transfers",
        "NOT_REGISTERED_ACCOUNT" => "The account is not registered",
        "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK" => "The recipient's bank was disturbed",
        "BENEFICIARY_ACCOUNT_NOT_VERIFIED" => "The recipient's account is not verified",
        "INSUFFICIENT_BALANCE" => "The payer's account at the bank did not cover it",
        "NOT_RECEIVED" => "The bank never got it",
        _ => char.ToUpperInvariant(reason[0]) + reason[1..].Replace('_', ' ').ToLowerInvariant(),
    };

    /// <summary>The seventeen of a transfer abroad, where a refusal is somebody else's than at home.</summary>
    public static string Abroad(string? reason) => reason switch
    {
        "DECLINED" => "The bank abroad declined it",
        "CANCELLED" => "It was cancelled on the way",
        "REFUSED" => "The beneficiary or their bank refused it",
        "INVALID_BENEFICIARY" => "The beneficiary's account is not valid",
        "INVALID_BENEFICIARY_DETAILS" => "The beneficiary's details do not match the account",
        "LIMITATIONS_ON_TRANSACTION_VALUE" => "The amount is above what one transfer may have",
        "SLS_SENDER" => "The sender is on a sanctions list",
        "SLS_BENEFICIARY" => "The beneficiary is on a sanctions list",
        "BARRED_BENEFICIARY" => "The beneficiary may not receive transfers",
        "BARRED_SENDER" => "The sender may not send transfers",
        "COMPLIANCE_REASON" => "Compliance checks stopped it",
        "UNSUPPORTED_BENEFICIARY" => "The beneficiary's bank cannot be reached",
        "DUPLICATED_TRANSACTION" => "The same transfer was made already",
        "LIMITATIONS_ON_SENDER_QUANTITY" => "The sender has sent as often as is allowed",
        "LIMITATIONS_ON_BENEFICIARY_QUANTITY" => "The beneficiary has received as often as is allowed",
        "LIMITATIONS_ON_ACCOUNT_QUANTITY" => "The account has received as often as is allowed",
        "LIMITATIONS_ON_ACCOUNT_VALUE" => "The account has received as much as is allowed",
        _ => Of(reason),
    };
}

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
}

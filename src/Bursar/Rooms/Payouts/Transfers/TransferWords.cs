using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>How transfers read on a page and in a report.</summary>
public static class TransferWords
{
    public static string Status(Transfer t) => StateWord.Of(Thing.Disbursement, Json.Name(t.State)).Word;

    public static string Bank(string code) => Banks.Find(code)?.Name ?? code;

    public static string Destination(string type) =>
        Language.T(type switch { "e_wallet" => "E-wallet", "va" => "Virtual account", _ => "Bank" });

    public static bool MayBeCancelled(Transfer t) => t.State is DisbursementState.PendingApproval or DisbursementState.Approved;

    public static string Name(Transfer t) => t.RecipientName ?? (t.State.IsFinal() ? Language.T("Not known") : Language.T("Not known yet"));

    /// <summary>Who it went to, as far as the bank has said.</summary>
    public static string Who(Transfer t) => t.RecipientName ?? t.AccountNumber;

    public static string Failure(string? reason) => Language.T(reason switch
    {
        null or "" => "The bank refused it",
        "INACTIVE_ACCOUNT" => "The account is not active",
        "NOT_REGISTERED_ACCOUNT" => "The account is not registered",
        "CANT_RECEIVE_TRANSFER" => "The account cannot receive transfers",
        "INTERMITTENT_DISTURBANCE_ON_BENEFICIARY_BANK" => "The bank was disturbed",
        "BENEFICIARY_ACCOUNT_NOT_VERIFIED" => "The bank has not verified the account",
        "INSUFFICIENT_BALANCE" => "The balance did not cover it",
        _ => char.ToUpperInvariant(reason[0]) + reason[1..].Replace('_', ' ').ToLowerInvariant(),
    });
}

using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>The seed's words for the three modes, and the words for the state of a handle.</summary>
public static class HandleWords
{
    public static string Mode(HandleType type) => type switch
    {
        HandleType.SdkGuard => "SDK Guard",
        HandleType.ExternalExecutor => "External Executor",
        _ => "Managed",
    };

    public static string Payer(HandleType type) => type switch
    {
        HandleType.SdkGuard => "Your agent (via your code)",
        HandleType.ExternalExecutor => "Your backend",
        _ => "Bursar",
    };

    public static string WhenToUse(HandleType type) => type switch
    {
        HandleType.SdkGuard => "Your code pays by your own means and submits a receipt.",
        HandleType.ExternalExecutor => "Bursar calls your executor URL with the SAT; your backend pays.",
        _ => "Bursar pays end to end: from your deposit to an account.",
    };

    public static string Through(Handle h) => h switch
    {
        { Host: { } host } => host,
        { Managed: { } account } => $"{Banks.Find(account.BankCode)?.Name ?? account.BankCode} {account.AccountNumber}",
        _ => T("Your agent's code"),
    };

    /// <summary>What is behind a bad result, for people.</summary>
    public static string? Why(HandleHealth health) => health switch
    {
        { Status: "healthy" } => null,
        { HttpStatus: 401 or 403 } => T($"It answers {health.HttpStatus}: is the auth token right?"),
        { HttpStatus: { } status } => T($"It answers {status} to a GET."),
        _ => T(health.Detail ?? "It gave no answer."),
    };

    public static StateWord Health(Handle h) => h switch
    {
        { Type: not HandleType.ExternalExecutor } => new("Nothing to check", Tone.Mute),
        { Health: null } => new("Not checked yet", Tone.Mute),
        { Health.Status: "healthy" } => new("Healthy", Tone.Ok),
        { Health.Status: "unhealthy" } => new("Unhealthy", Tone.Bad),
        _ => new("Unreachable", Tone.Bad),
    };
}

using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>A browser as its user would name it.</summary>
public static class SessionWords
{
    // In this order: each browser's text names the ones before it in the family too.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")];

    /// <summary>"Chrome on Linux"; "Unknown browser" where it does not say.</summary>
    public static string Browser(string agent)
    {
        var browser = Array.Find(Browsers, b => agent.Contains(b.Mark, StringComparison.Ordinal)).Name ?? Language.T("Unknown browser");
        return Array.Find(Systems, s => agent.Contains(s.Mark, StringComparison.Ordinal)).Name is { } system
            ? Language.T($"{browser} on {system}")
            : browser;
    }

    /// <summary>What somebody changed of their own sign-in.</summary>
    public static string Act(string type) => Language.T(type switch
    {
        "second_factor.begun" => "Authenticator app begun",
        "second_factor.enabled" => "Second step turned on",
        "second_factor.disabled" => "Second step turned off",
        "second_factor.recovery_codes_renewed" => "New recovery codes made",
        "member.password_changed" => "Password changed",
        "member.sessions_ended" => "Sessions ended",
        _ => type,
    });
}

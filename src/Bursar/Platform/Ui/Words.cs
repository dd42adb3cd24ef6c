using static Bursar.Platform.Languages.Language;

namespace Bursar.Platform.Ui;

/// <summary>Every word that the shared components say, in the language of the page.</summary>
public static class Words
{
    public const string Product = "Bursar";
    public static string SkipToContent => T("Skip to content");
    public static string TestBar => T("Test mode.");
    public static string TestBarRest => T("Nothing here moves real money.");
    public static string DutiesTogether => T("Separation of duties is off.");
    public static string DutiesTogetherRest => T("People may approve what they asked for.");
    public static string Change => T("Change");
    public static string SwitchToLive => T("Switch to live");
    public static string TestMode => T("Test mode");
    public static string SwitchTo => T("Switch to ");
    public static string Leave => T("Leave ");
    public static string Search => T("Search");
    public static string SearchEverything => T("Search everything");
    public static string SearchPlaceholder => T("Search transfers, payments, people");
    public static string KeyboardShortcuts => T("Keyboard shortcuts");
    public static string Notifications => T("Notifications");
    public static string AllNotifications => T("All notifications");
    public static string NothingNew => T("Nothing new");
    public static string OpenMenu => T("Open menu");
    public static string CloseMenu => T("Close menu");
    public static string Workspace => T("Workspace");
    public static string WorkspaceSettings => T("Workspace settings");
    public static string AccountMenu => T("Account menu, ");
    public static string Profile => T("Your profile");
    public static string SignOut => T("Sign out");
    public static string Theme => T("Theme");
    public static string Close => T("Close");
    public static string Cancel => T("Cancel");
    public static string Copy => T("Copy");
    public static string Copied => T("Copied");
    public static string Today => T("Today");
    public static string ThisWeek => T("This week");
    public static string ThisMonth => T("This month");
    public static string Apply => T("Apply");
    public static string ClearAll => T("Clear all");
    public static string Any => T("Any");
    public static string From => T("From");
    public static string To => T("To");
    public static string AtLeast => T("At least");
    public static string AtMost => T("At most");
    public static string Previous => T("Previous");
    public static string Next => T("Next");
    public static string Pages => T("Pages");
    public static string Optional => T("optional");
    public static string ChooseOne => T("Choose one");
    public static string ChooseFile => T("Choose a file or drop it here");
    public static string ShowAsTable => T("Show as table");
    public static string Day => T("Day");
    public static string Stored => T("I have stored it");
    public static string Continue => T("Continue");
    public static string Dismiss => T("Dismiss");
    public static string UpdatesPaused => T("Live updates paused");
    public static string Refresh => T("Refresh");
    public static string RequestId => T("Request ID");
    public static string GoHome => T("Go to Home");
    public static string GoBack => T("Go back");
    public static string OperatorConsole => T("Operator console");
    public static string ClearFilters => T("Clear filters");
    public static string CheckTheForm => T("Check these fields");

    public static string Ignored(string name) => T($"The filter “{name}” was not understood and is ignored.");
    public static string Times(string zone) => T($"times in {zone}");
    public static string Unread(int count) => count == 0 ? Notifications : $"{Notifications}, {count} unread";

    /// <summary>A role as people read it: "Deposit Admin".</summary>
    public static string Role(Core.Access.Role role) => Core.Access.Roles.Name(role);
}

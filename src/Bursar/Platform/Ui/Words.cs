namespace Bursar.Platform.Ui;

/// <summary>Every word that the shared components say, in one place, so that resources of another language can take over.</summary>
public static class Words
{
    public const string Product = "Bursar";
    public const string SkipToContent = "Skip to content";
    public const string TestBar = "Test mode.";
    public const string TestBarRest = "Nothing here moves real money.";
    public const string DutiesTogether = "Separation of duties is off.";
    public const string DutiesTogetherRest = "People may approve what they asked for.";
    public const string Change = "Change";
    public const string SwitchToLive = "Switch to live";
    public const string TestMode = "Test mode";
    public const string SwitchTo = "Switch to ";
    public const string Leave = "Leave ";
    public const string Search = "Search";
    public const string SearchEverything = "Search everything";
    public const string SearchPlaceholder = "Search transfers, payments, people";
    public const string KeyboardShortcuts = "Keyboard shortcuts";
    public const string Notifications = "Notifications";
    public const string AllNotifications = "All notifications";
    public const string NothingNew = "Nothing new";
    public const string OpenMenu = "Open menu";
    public const string CloseMenu = "Close menu";
    public const string Workspace = "Workspace";
    public const string WorkspaceSettings = "Workspace settings";
    public const string AccountMenu = "Account menu, ";
    public const string Profile = "Your profile";
    public const string SignOut = "Sign out";
    public const string Theme = "Theme";
    public const string Close = "Close";
    public const string Cancel = "Cancel";
    public const string Copy = "Copy";
    public const string Copied = "Copied";
    public const string Today = "Today";
    public const string ThisWeek = "This week";
    public const string ThisMonth = "This month";
    public const string Apply = "Apply";
    public const string ClearAll = "Clear all";
    public const string Any = "Any";
    public const string From = "From";
    public const string To = "To";
    public const string AtLeast = "At least";
    public const string AtMost = "At most";
    public const string Previous = "Previous";
    public const string Next = "Next";
    public const string Pages = "Pages";
    public const string Optional = "optional";
    public const string ChooseOne = "Choose one";
    public const string ChooseFile = "Choose a file or drop it here";
    public const string ShowAsTable = "Show as table";
    public const string Day = "Day";
    public const string Stored = "I have stored it";
    public const string Continue = "Continue";
    public const string Dismiss = "Dismiss";
    public const string UpdatesPaused = "Live updates paused";
    public const string Refresh = "Refresh";
    public const string RequestId = "Request ID";
    public const string GoHome = "Go to Home";
    public const string GoBack = "Go back";
    public const string OperatorConsole = "Operator console";
    public const string ClearFilters = "Clear filters";
    public const string CheckTheForm = "Check these fields";

    public static string Ignored(string name) => $"The filter “{name}” was not understood and is ignored.";
    public static string Times(string zone) => $"times in {zone}";
    public static string Unread(int count) => count == 0 ? Notifications : $"{Notifications}, {count} unread";

    /// <summary>A role as people read it: "Deposit Admin".</summary>
    public static string Role(Core.Access.Role role) => role switch
    {
        Core.Access.Role.DepositAdmin => "Deposit Admin",
        Core.Access.Role.CustomerService => "Customer Service",
        _ => role.ToString(),
    };
}

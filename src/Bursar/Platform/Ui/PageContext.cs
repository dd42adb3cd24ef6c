using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Ui;

public enum Theme { System, Light, Dark }

/// <summary>One line behind the bell.</summary>
public sealed record BellItem(string Title, string Detail, string Href);

public sealed record WorkspaceChoice(string Id, string Name);

/// <summary>
/// What the frame around every page shows. Scoped; the middleware that knows the session fills it before the page renders, and it
/// reaches components as a cascading value. On public pages only the theme, zone and flash are set.
/// </summary>
public sealed class PageContext
{
    /// <summary>Null on public pages and in the operator's console.</summary>
    public BookKey? Book { get; set; }
    public bool IsOperator { get; set; }
    /// <summary>The person at the operator's desk; null elsewhere.</summary>
    public Self? Operator { get; set; }
    public string WorkspaceName { get; set; } = "";
    public string MemberName { get; set; } = "";
    public string RoleName { get; set; } = "";
    public Permission May { get; set; }
    public DisplayZone Zone { get; set; } = DisplayZone.Wib;
    public TimeFormat Times { get; set; } = new();
    /// <summary>The separation of duties is off: said on every page.</summary>
    public bool DutiesTogether { get; set; }
    /// <summary>The person's number has not been shown to reach them.</summary>
    public bool PhoneUnconfirmed { get; set; }
    public Theme Theme { get; set; }
    public int PendingApprovals { get; set; }
    public int Unread { get; set; }
    public IReadOnlyList<BellItem> Bell { get; set; } = [];
    public IReadOnlyList<WorkspaceChoice> OtherWorkspaces { get; set; } = [];
    /// <summary>Why live mode is not open yet ("Live mode opens when the operator activates it."); null when it is.</summary>
    public string? LiveBlocked { get; set; }
    /// <summary>The path within the mode, without query: "transfers/new".</summary>
    public string Section { get; set; } = "";
    /// <summary>Path and query of this request, where a form in the frame comes back to.</summary>
    public string Here { get; set; } = "/";
    /// <summary>The one-shot text of the last action's success.</summary>
    public string? Flash { get; set; }

    /// <summary>Who looks at the page; null on public ones.</summary>
    public Actor? Actor { get; set; }
    /// <summary>Whoever looks, before their own account.</summary>
    public Self Me => Operator ?? Self.Of(Actor!);
    /// <summary>Why the form that was just posted was refused; the page shows it beside what was typed.</summary>
    public Error? Error { get; set; }
    /// <summary>What was typed into the refused form.</summary>
    public IFormCollection? Posted { get; set; }

    /// <summary>Everything that another context of the same request knows.</summary>
    public void Take(PageContext other)
    {
        foreach (var property in typeof(PageContext).GetProperties().Where(p => p.CanWrite))
            property.SetValue(this, property.GetValue(other));
    }

    /// <summary>A field's value: what was typed before the refusal, else <paramref name="otherwise"/>.</summary>
    public string? Typed(string name, string? otherwise = null) => Posted is null ? otherwise : Posted[name].ToString();

    public Mode? Mode => Book?.Mode;
    public bool IsTest => Mode == Core.Access.Mode.Test;
    public bool Allows(Permission needed) => (May & needed) == needed;

    /// <summary>"/test/transfers": a path of this mode, or of the operator's console.</summary>
    public string To(string path) => path.StartsWith('/') ? path
        : IsOperator ? $"/operator/{path}" : $"/{ModeSegment(Mode ?? Core.Access.Mode.Live)}/{path}";

    /// <summary>The same section in the other mode; never the same object, because objects exist in one mode only.</summary>
    public string OtherMode => $"/{ModeSegment(IsTest ? Core.Access.Mode.Live : Core.Access.Mode.Test)}/{FirstSegment(Section)}";

    public static string ModeSegment(Mode mode) => mode == Core.Access.Mode.Test ? "test" : "live";

    /// <summary>"SW" for "Sari Wibowo"; legal forms do not count.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w is not ("PT" or "CV" or "UD" or "Tbk")).Take(2);
        return string.Concat(words.Select(w => char.ToUpperInvariant(w[0])));
    }

    private static string FirstSegment(string section)
    {
        var first = section.Split('/', 2)[0];
        return first.Length == 0 ? "home" : first;
    }
}

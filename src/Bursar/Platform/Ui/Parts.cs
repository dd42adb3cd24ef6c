using Bursar.Core.Currencies;
using Bursar.Core.Text;

namespace Bursar.Platform.Ui;

// The small records that components take.

/// <summary><paramref name="Path"/> is relative to the mode; the tab of the current path is marked.</summary>
public sealed record Tab(string Label, string Path, int? Count = null);

/// <summary>A heading of a table; <paramref name="Sort"/> names the column in the query when it can be sorted by.</summary>
public sealed record Column(string Title, string? Sort = null, bool Numeric = false);

public sealed record Option(string Value, string Label);

/// <summary>
/// One cell of the balance strip; <paramref name="Unavailable"/> replaces a figure that
/// could not be read ("Not available since 15:20 WIB").
/// </summary>
public sealed record Balance(Phrase Label, Money? Value, string Href, Phrase? Note = null)
{
    public Phrase? Unavailable { get; init; }
    /// <summary>0–100, with its text equivalent in <see cref="MeterText"/>.</summary>
    public int? MeterPercent { get; init; }
    public string? MeterText { get; init; }
}

/// <summary>One day of the chart, both amounts in minor units of the chart's currency.</summary>
public sealed record ChartPoint(DateOnly Day, long Out, long In);

public sealed record Choice(Phrase Label, string Href, bool Current);

public enum StepState { Done, Now, Failed, Later }

public sealed record Step(Phrase Title, StepState State, DateTimeOffset? At = null, string? By = null, Phrase? Detail = null);

public enum EmptyKind { FirstUse, NoMatch, NoPermission }

/// <summary>A line of "Needs attention".</summary>
public sealed record Todo(Tone Tone, Phrase Title, Phrase Detail, string Href);

public sealed record MenuLink(string Label, string Href);

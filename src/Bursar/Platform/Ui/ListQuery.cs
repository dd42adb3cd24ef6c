using System.Globalization;
using System.Text;
using Bursar.Core.Currencies;
using Microsoft.Extensions.Primitives;

namespace Bursar.Platform.Ui;

/// <summary>
/// The whole state of a list, which lives in its URL and nowhere else. A subclass declares its filters by reading them in its
/// constructor; links are built only here, so nothing undeclared ever leaks into one. Empty means absent; a value that cannot be
/// read is ignored and named in <see cref="Notices"/>. Changing a filter or the sort drops the cursor and the open row.
/// </summary>
public abstract class ListQuery
{
    private const int MaxLength = 200;
    private const int MaxChoices = 20;
    private readonly Dictionary<string, StringValues> _given = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _filters = [];
    private readonly List<string> _notices = [];

    protected ListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        Path = path;
        foreach (var (name, values) in query) _given[name] = values;
        After = Raw("after");
        Before = After is null ? Raw("before") : null;
        Id = Raw("id");
        Sort = Raw("sort");
    }

    public string Path { get; }
    /// <summary>Opaque keyset cursors; the list ignores one that it cannot read.</summary>
    public string? After { get; }
    public string? Before { get; }
    /// <summary>The row whose drawer is open.</summary>
    public string? Id { get; }
    /// <summary>A column, with "-" before it for descending; null is the list's own order.</summary>
    public string? Sort { get; private set; }
    public IReadOnlyList<string> Notices => _notices;
    public bool IsFiltered => _filters.Count > 0;
    public bool Has(string name) => _filters.Exists(f => f.Key == name);

    /// <summary>All values of one filter as given and understood.</summary>
    public IReadOnlyList<string> Values(string name) => _filters.Where(f => f.Key == name).Select(f => f.Value).ToList();

    // Links

    public string Bare => Path;
    /// <summary>This list without the drawer.</summary>
    public string Closed => Build(_filters, Sort, After, Before, null);
    public string Row(string id) => Build(_filters, Sort, After, Before, id);
    public string Next(string cursor) => Build(_filters, Sort, cursor, null, null);
    public string Previous(string cursor) => Build(_filters, Sort, null, cursor, null);
    public string First => Build(_filters, Sort, null, null, null);
    public string SortedBy(string? sort) => Build(_filters, sort, null, null, null);
    public string Without(string name) => Build(_filters.Where(f => f.Key != name), Sort, null, null, null);
    /// <summary>From one day to another, both within.</summary>
    public string Between(string fromName, DateOnly from, string toName, DateOnly to) => Build(
        _filters.Where(f => f.Key != fromName && f.Key != toName).Append(new(fromName, Text(from))).Append(new(toName, Text(to))),
        Sort, null, null, null);
    public string With(string name, params string[] values) =>
        Build(_filters.Where(f => f.Key != name).Concat(values.Select(v => KeyValuePair.Create(name, v))), Sort, null, null, null);

    /// <summary>Exactly the rows that match, at another path: the export takes the list's own query.</summary>
    public string ForAll(string path) => path + Build(_filters, Sort, null, null, null)[Path.Length..];

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Reading, for the constructors of subclasses

    protected string? Text(string name, int maxLength = MaxLength)
    {
        var text = Raw(name);
        if (text is null) return null;
        if (text.Length > maxLength) return Ignore<string>(name);
        return Keep(name, text);
    }

    protected IReadOnlyList<string> Choices(string name, params string[] allowed)
    {
        var chosen = new List<string>();
        foreach (var value in Given(name).Take(MaxChoices))
        {
            if (!allowed.Contains(value, StringComparer.Ordinal)) Ignore<string>(name);
            else if (!chosen.Contains(value)) chosen.Add(Keep(name, value));
        }
        return chosen;
    }

    protected string? Choice(string name, params string[] allowed) => Choices(name, allowed) is [var first, ..] ? first : null;

    protected DateOnly? Day(string name)
    {
        var text = Raw(name);
        if (text is null) return null;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.Year is < 2000 or > 2200) return Ignore<DateOnly?>(name);
        Keep(name, text);
        return day;
    }

    protected Money? Amount(string name, Currency currency)
    {
        var text = Raw(name);
        if (text is null) return null;
        if (!MoneyInput.TryParse(text, currency, out var money)) return Ignore<Money?>(name);
        Keep(name, text);
        return money;
    }

    /// <summary>Names the columns that may be sorted by; another value of <c>sort</c> is ignored.</summary>
    protected void Sortable(params string[] columns)
    {
        if (Sort is null || columns.Contains(Sort.TrimStart('-'), StringComparer.Ordinal)) return;
        Sort = Ignore<string>("sort");
    }

    private string Keep(string name, string value)
    {
        _filters.Add(KeyValuePair.Create(name, value));
        return value;
    }

    private T? Ignore<T>(string name)
    {
        var notice = Words.Ignored(name);
        if (!_notices.Contains(notice)) _notices.Add(notice);
        return default;
    }

    private string? Raw(string name) => Given(name).FirstOrDefault();

    private IEnumerable<string> Given(string name) =>
        _given.TryGetValue(name, out var values) ? values.Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim()) : [];

    private string Build(
        IEnumerable<KeyValuePair<string, string>> filters, string? sort, string? after, string? before, string? id)
    {
        var url = new StringBuilder(Path);
        var mark = '?';
        foreach (var (name, value) in filters) Add(name, value);
        Add("sort", sort);
        Add("after", after);
        Add("before", before);
        Add("id", id);
        return url.ToString();

        void Add(string name, string? value)
        {
            if (string.IsNullOrEmpty(value)) return;
            url.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            mark = '&';
        }
    }
}

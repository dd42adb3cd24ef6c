using Bursar.Core.Currencies;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.WebUtilities;

namespace Bursar.Tests.Ui;

public sealed class ListQueryTests
{
    private sealed class Sample : ListQuery
    {
        public Sample(string query) : base("/live/things", QueryHelpers.ParseQuery(query))
        {
            Search = Text("search");
            States = Choices("state", "open", "shut");
            From = Day("from");
            Least = Amount("least", Currency.Idr);
            Sortable("amount");
        }

        public string? Search { get; }
        public IReadOnlyList<string> States { get; }
        public DateOnly? From { get; }
        public Money? Least { get; }
    }

    [Fact]
    public void links_carry_the_filters_and_nothing_undeclared()
    {
        var query = new Sample("?search=a%26b&state=open&state=shut&from=2026-11-01&utm=x&sort=-amount&after=c1");
        Assert.Equal("/live/things?search=a%26b&state=open&state=shut&from=2026-11-01&sort=-amount&after=c1&id=t1", query.Row("t1"));
        Assert.Equal("/live/things?search=a%26b&from=2026-11-01&sort=-amount", query.Without("state"));
        Assert.Equal("/live/things?search=a%26b&from=2026-11-01&state=shut&sort=-amount", query.With("state", "shut"));
        Assert.Equal("/live/things/export.csv?search=a%26b&state=open&state=shut&from=2026-11-01&sort=-amount",
            query.ForAll("/live/things/export.csv"));
        Assert.Empty(query.Notices);
    }

    [Fact]
    public void empty_is_absent()
    {
        var query = new Sample("?search=&state=&from=&least=&sort=&after=&before=&id=");
        Assert.False(query.IsFiltered);
        Assert.Equal("/live/things", query.First);
        Assert.Empty(query.Notices);
    }

    [Fact]
    public void what_cannot_be_read_is_ignored_and_named()
    {
        var query = new Sample("?state=odd&from=abc&least=1,5&sort=secret&search=" + new string('x', 500));
        Assert.False(query.IsFiltered);
        Assert.Null(query.Sort);
        Assert.Equal(5, query.Notices.Count);
    }

    [Fact]
    public void no_query_string_breaks_it()
    {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => "?&=%+[]abc0123\u0000état-"[random.Next(20)]));
            var query = new Sample("?search=" + text + "&from=" + text + "&least=" + text + "&id=" + text);
            Assert.StartsWith("/live/things", query.Row("x"), StringComparison.Ordinal);
        }
    }
}

using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>Every setting that the sources name stands in docs/operating.md.</summary>
public sealed class SettingsTests
{
    private const string Page = "docs/operating.md";

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var page = sources.Single(s => s.Path == Page).Text;
        return from source in sources
               where source.Under("src") || source.Path == "bursar"
               from name in Regex.Matches(source.Text, @"\bBURSAR_[A-Z][A-Z_]*").Select(m => m.Value).Distinct()
               where !page.Contains($"`{name}`", StringComparison.Ordinal)
               select $"{source.Path} reads {name}, which {Page} does not explain";
    }

    [Fact]
    public void every_setting_is_documented() => Sources.Hold(Violations);

    [Fact]
    public void finds_a_planted_undocumented_setting() => Assert.Single(Violations(
        [new("src/Bursar/Program.cs", "Read(\"BURSAR_DB\"); Read(\"BURSAR_SECRET_KNOB\");"), new(Page, "| `BURSAR_DB` |")]));
}

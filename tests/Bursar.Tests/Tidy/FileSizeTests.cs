using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>A file is read in one sitting, a line without scrolling.</summary>
public sealed class FileSizeTests
{
    private const int MostLines = 300;
    private const int LongestLine = 200;
    private const int LongestMarkup = 140;

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        foreach (var source in sources.Where(s => s.Is(".cs", ".razor")))
        {
            var lines = source.Text.TrimEnd('\n').Split('\n');
            if (lines.Length > MostLines) yield return $"{source.Path} has {lines.Length} lines";
            var most = source.Is(".cs") ? LongestLine : LongestMarkup;
            for (var n = 0; n < lines.Length; n++)
                if (lines[n].Length > most)
                    yield return $"{source.Path}:{n + 1} has {lines[n].Length} characters";
        }
    }

    [Fact]
    public void files_and_lines_stay_short() => Sources.Hold(Violations);

    [Fact]
    public void finds_a_planted_long_file() =>
        Assert.Single(Violations(
            [new("src/A.cs", string.Join('\n', Enumerable.Repeat("x", 301))), new("src/B.cs", new string('\n', 300))]));

    [Fact]
    public void finds_a_planted_long_line() =>
        Assert.Equal(2, Violations(
        [
            new("src/A.cs", new string('x', 201)), new("src/B.cs", new string('x', 200)), new("src/C.razor", new string('x', 141)),
            new("src/D.razor", new string('x', 140)), new("a.md", new string('x', 999)),
        ]).Count());
}

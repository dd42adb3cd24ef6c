using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>Migrations are called 0001_words.sql, 0002_words.sql …: no gap, no number twice.</summary>
public sealed class MigrationsTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var next = 1;
        foreach (var file in sources.Where(s => s.Path.Contains("/Migrations/", StringComparison.Ordinal) && s.Is(".sql")))
        {
            var name = Regex.Match(file.Name, @"^(\d{4})_[a-z0-9_]+\.sql$");
            if (!name.Success) yield return $"{file.Path}: not NNNN_words.sql";
            else if (int.Parse(name.Groups[1].Value, CultureInfo.InvariantCulture) != next)
                yield return $"{file.Path}: {next:0000} was expected";
            next++;
        }
    }

    [Fact]
    public void migrations_are_numbered_without_gaps() => Sources.Hold(Violations);

    [Theory]
    [InlineData("0001_a.sql", "0003_b.sql")]
    [InlineData("0001_a.sql", "0001_b.sql")]
    [InlineData("0001_a.sql", "two.sql")]
    public void finds_a_planted_gap(string first, string second) =>
        Assert.Single(Violations([new($"src/Data/Migrations/{first}", ""), new($"src/Data/Migrations/{second}", "")]));
}

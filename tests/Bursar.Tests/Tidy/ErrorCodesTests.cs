using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>docs/api/errors.md holds one row for each code of Core/Results/Errors.cs, word for word, and no other row.</summary>
public sealed class ErrorCodesTests
{
    private const string Page = "docs/api/errors.md";

    private static readonly Regex Code = new(
        """new\(\s*"(?<code>\w+)",\s*(?<status>\d+),\s*"(?<title>[^"]+)"(?:,\s*(?:Outcome: )?EffectOutcome\.(?<outcome>\w+))?"""
        + """(?:,\s*(?:Retry: )?Retry\.(?<retry>\w+))?\)""");

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var declared = sources.Single(s => s.Is("Core/Results/Errors.cs")).Text;
        var expected = Code.Matches(declared).Select(Row).ToHashSet();
        var rows = sources.Single(s => s.Path == Page).Text.Split('\n')
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToHashSet();
        if (Regex.Count(declared, @"readonly ErrorCode \w+ =") != Code.Count(declared))
            yield return "Errors.cs has a code that this test cannot read";
        foreach (var row in expected.Except(rows)) yield return $"{Page} lacks: {row}";
        foreach (var row in rows.Except(expected)) yield return $"{Page} has a row of no code: {row}";
    }

    private static string Row(Match m) =>
        $"| `{m.Groups["code"]}` | {m.Groups["status"]} | {Snake(m.Groups["outcome"], "None")} | {Snake(m.Groups["retry"], "Never")} "
        + $"| {m.Groups["title"]} |";

    private static string Snake(Group word, string otherwise) =>
        Regex.Replace(word.Success ? word.Value : otherwise, "(?<!^)([A-Z])", "_$1").ToLowerInvariant();

    [Fact]
    public void every_code_is_documented() => Sources.Hold(Violations);

    [Theory]
    [InlineData("| `gone` | 410 | none | new_request | It is gone |", 0)]
    [InlineData("| `gone` | 410 | none | never | It is gone |", 2)]
    [InlineData("", 1)]
    public void finds_a_planted_undocumented_code(string page, int violations) => Assert.Equal(violations, Violations(
    [
        new("src/Bursar.Core/Results/Errors.cs", "readonly ErrorCode Gone = new(\"gone\", 410, \"It is gone\", Retry: Retry.NewRequest);"),
        new(Page, page),
    ]).Count());
}

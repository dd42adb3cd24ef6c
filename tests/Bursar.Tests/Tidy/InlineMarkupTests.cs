using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>The content security policy lets no inline style or script through, so none is written.</summary>
public sealed class InlineMarkupTests
{
    private static readonly Regex Inline = new(
        @"<[A-Za-z][^<>]*\s(style|on[a-z]+)\s*=|<style\b"
        + @"|<script(?![^>]*\ssrc=)(?![^>]*\stype=""(speculationrules|application/json)"")");

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources) =>
        from source in sources
        where source.Is(".razor")
        from Match hit in Inline.Matches(source.Code)
        select $"{source.Path} has inline style or script: {hit.Value}";

    [Fact]
    public void pages_hold_no_inline_style_or_script() => Sources.Hold(Violations);

    [Theory]
    [InlineData("<p class=\"a\" style=\"color: red\">")]
    [InlineData("<button\n  onclick=\"go()\">")]
    [InlineData("<style>p{}</style>")]
    [InlineData("<script>go()</script>")]
    public void finds_planted_inline_markup(string text) => Assert.Single(Violations([new("src/Bursar/Platform/Ui/A.razor", text)]));

    [Theory]
    [InlineData("<form @onsubmit=\"Save\">")]
    [InlineData("<script type=\"module\" src=\"/a.js\"></script>")]
    [InlineData("<p>on = \"x\"</p>")]
    public void lets_the_rest_pass(string text) => Assert.Empty(Violations([new("src/Bursar/Platform/Ui/A.razor", text)]));
}

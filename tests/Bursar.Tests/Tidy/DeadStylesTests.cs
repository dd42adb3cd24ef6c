using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>Every class of the style sheets is written in some page or script, and every file of wwwroot is asked for.</summary>
public sealed class DeadStylesTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var users = string.Join('\n', sources.Where(s => s.Is(".razor", ".cs", ".js")).Select(s => s.Text));
        foreach (var sheet in sources.Where(s => s.Is(".css")))
            foreach (var name in Classes(sheet.Text).Where(c => !Used(c, users)))
                yield return $"{sheet.Path}: nobody uses .{name}";

        var web = sources.Where(s => s.Under("src/Bursar/wwwroot")).ToList();
        foreach (var file in web)
            // The sheets are one: SiteFiles joins the folder.
            if (!(file.Is(".css") && sources.Any(s => s.Name == "SiteFiles.cs"))
                && !sources.Any(s =>
                    s != file && s.Is(".razor", ".cs", ".js", ".css") && s.Text.Contains(file.Name, StringComparison.Ordinal)))
                yield return $"{file.Path}: nobody asks for it";
    }

    private static IEnumerable<string> Classes(string css)
    {
        var selectors = Regex.Replace(css, @"/\*.*?\*/|url\([^)]*\)|""[^""]*""", " ", RegexOptions.Singleline);
        return Regex.Matches(selectors, @"(?<=[\s,>+~(}\w*&\]:)]|^)\.([A-Za-z][\w-]*)(?=[^{};]*\{)")
            .Select(m => m.Groups[1].Value).Distinct();
    }

    /// <summary>Written whole, or begun and completed by a value (<c>badge-@state</c>, <c>$"badge-{state}"</c>).</summary>
    private static bool Used(string name, string users)
    {
        if (Regex.IsMatch(users, $@"(?<![\w-]){Regex.Escape(name)}(?![\w-])")) return true;
        var dash = name.LastIndexOf('-');
        return dash > 0 && Regex.IsMatch(users, $@"(?<![\w-]){Regex.Escape(name[..(dash + 1)])}[@{{$]");
    }

    [Fact]
    public void no_style_and_no_file_is_dead() => Sources.Hold(Violations);

    [Fact]
    public void finds_planted_dead_styles_and_files()
    {
        var found = Violations(
        [
            new("src/Bursar/wwwroot/app.css", "@layer a { .card, .ghost:hover > .tag-new { margin: .5rem } } /* .old { } */"),
            new("src/Bursar/wwwroot/copy.js", "document.querySelector('.card')"),
            new("src/Bursar/Platform/Ui/Page.razor", "<link href=\"app.css\"><b class=\"tag-@kind\">"),
        ]).ToList();

        Assert.Equal(["src/Bursar/wwwroot/app.css: nobody uses .ghost", "src/Bursar/wwwroot/copy.js: nobody asks for it"], found);
    }
}

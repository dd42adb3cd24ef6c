using System.Text.RegularExpressions;
using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

public sealed class FaultCodeTests
{
    [Fact]
    public void the_page_lists_every_code_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "statements.md"));
        var codes = page[page.IndexOf("## Codes", StringComparison.Ordinal)..page.IndexOf("## Matching", StringComparison.Ordinal)];
        var listed = codes.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(l => Regex.Matches(l.Split('|')[1], "`([a-z_]+)`").Select(m => m.Groups[1].Value));
        Assert.Equal(FaultCodes.All.Order(), listed.Order());
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Bursar.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}

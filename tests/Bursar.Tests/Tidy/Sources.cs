using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>One file of the repository: its path from the root with forward slashes, and what it says.</summary>
public sealed record Source(string Path, string Text)
{
    private static readonly Regex CommentsAndStrings = new(
        """//[^\n]*|/\*.*?\*/|@\*.*?\*@|\$*"{3}.*?"{3}|\$?@\$?"(?:""|[^"])*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""",
        RegexOptions.Singleline | RegexOptions.Compiled);

    /// <summary>The text without comments and strings, with every line where it was. In a page, markup stays.</summary>
    public string Code { get; } = Path.EndsWith(".cs", StringComparison.Ordinal)
        ? CommentsAndStrings.Replace(Text, m => new string('\n', m.Value.Count(c => c == '\n')) + " ")
        : Regex.Replace(Text, @"@\*.*?\*@", " ", RegexOptions.Singleline);

    public bool Is(params string[] endings) => endings.Any(e => Path.EndsWith(e, StringComparison.Ordinal));

    public bool Under(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public string Name => System.IO.Path.GetFileName(Path);
}

/// <summary>
/// The repository that these tests were built from. Rules take lists of sources, so that each is tried on a planted violation.
/// </summary>
public static class Sources
{
    private static readonly string[] Text = [".cs", ".razor", ".sql", ".css", ".js", ".svg", ".csproj", ".md", ".json"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Source> All { get; } = [.. Read("src"), .. Read("docs"), One("bursar")];

    public static Source One(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(Root, path)));

    /// <summary>Fails with every violation in full, one a line.</summary>
    public static void Hold(Func<IReadOnlyList<Source>, IEnumerable<string>> violations)
    {
        var found = violations(All).ToList();
        if (found.Count > 0) Assert.Fail(string.Join('\n', found));
    }

    private static IEnumerable<Source> Read(string folder) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !Regex.IsMatch(f, "/(bin|obj)/") && Text.Contains(System.IO.Path.GetExtension(f)))
            .Where(f => System.IO.Path.GetFileName(f) != "packages.lock.json")
            .Order(StringComparer.Ordinal)
            .Select(One);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Bursar.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("no Bursar.slnx above the tests");
        return folder.FullName;
    }
}

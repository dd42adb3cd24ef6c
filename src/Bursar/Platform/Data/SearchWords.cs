namespace Bursar.Platform.Data;

/// <summary>What people type into a search field, as patterns that must all match.</summary>
public static partial class SearchWords
{
    private const int Most = 8;

    /// <summary>At most eight words, the rarest first: digits before letters, longer before shorter. Null when nothing is looked for.</summary>
    public static string[]? Patterns(string? search) => search is null ? null
        : [.. search.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(Most)
            .OrderByDescending(w => w.All(char.IsAsciiDigit)).ThenByDescending(w => w.Length)
            .Select(w => $"%{Special().Replace(w, "\\$0")}%")];

    /// <summary>What means something in a LIKE pattern.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"[\\%_]")]
    private static partial System.Text.RegularExpressions.Regex Special();
}

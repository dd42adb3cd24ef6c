using System.Collections.Frozen;
using System.Reflection;

namespace Bursar.Core.Corridors;

/// <summary>A country or territory by its ISO 3166-1 codes of three and two letters, with its names (countries.csv).</summary>
public sealed record Country(string Code, string Alpha2, string Name, string Indonesian)
{
    public static readonly IReadOnlyList<Country> All =
        [.. DataFile.Rows("countries.csv").Select(f => new Country(f[0], f[1], f[2], f[3]))];
    private static readonly FrozenDictionary<string, Country> ByCode = All.ToFrozenDictionary(c => c.Code);

    public static Country? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>In a language of the pages; English where it has no names of its own.</summary>
    public string NameIn(string language) => language == "id" ? Indonesian : Name;
}

/// <summary>The data files beside these sources: comma-separated, a head line, no field quoted.</summary>
internal static class DataFile
{
    public static IEnumerable<string[]> Rows(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','));
    }
}

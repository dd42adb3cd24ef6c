using System.Text.RegularExpressions;

namespace Bursar.Tests.Tidy;

/// <summary>
/// A room of the house: the floor and, where it matters, the folder on it ("Platform/Data", "Rooms/Payouts", "Core", "Program").
/// </summary>
public static partial class House
{
    public sealed record Arrow(Source From, Source To, string Type);

    public static string PlaceOf(Source source)
    {
        var parts = source.Path.Split('/');
        if (parts is not ["src", var project, ..]) return "Outside";
        return parts switch
        {
            ["src", "Bursar.Core", ..] or ["src", "Ids.cs"] => "Core",
            ["src", "Bursar", "Platform" or "Rooms" or "Rails", var folder, _, ..] => $"{parts[2]}/{folder}",
            ["src", "Bursar", ..] => "Program",
            _ => project,
        };
    }

    /// <summary>
    /// Who names whose types. Only types that one file alone declares at the top level count: by their bare name where their namespace
    /// can be seen, or after the last word of their namespace (<c>Payouts.Transfer</c>). Any other member after a dot is no type.
    /// </summary>
    public static List<Arrow> Arrows(IReadOnlyList<Source> sources)
    {
        // The SDK says the same words for itself and can name nothing of ours: its project references nothing.
        var code = sources.Where(s => s.Is(".cs", ".razor") && !s.Under("src/Bursar.Sdk")).ToList();
        var owners = code
            .SelectMany(s => Declared(s).Select(name => (name, s)))
            .GroupBy(d => d.name)
            .Where(g => g.Select(d => d.s.Path).Distinct().Count() == 1)
            .ToDictionary(g => g.Key, g => g.First().s);
        var imports = string.Join('\n', sources.Where(s => s.Name == "_Imports.razor").Select(s => s.Code));
        return [.. code.Where(s => s.Name != "_Imports.razor").SelectMany(from => Named(from)
            .Where(name => owners.TryGetValue(name.Type, out var to) && from != to && Sees(from, to, name.Qualifier, imports))
            .Select(name => new Arrow(from, owners[name.Type], name.Type))
            .Distinct())];
    }

    private static bool Sees(Source from, Source to, string qualifier, string imports)
    {
        if (NamespaceOf(to) is not { Length: > 0 } space) return true;
        if (qualifier.Length > 0) return qualifier == space.Split('.')[^1];
        var own = NamespaceOf(from);
        if (own == space || own.StartsWith(space + ".", StringComparison.Ordinal)) return true;
        var code = from.Is(".razor") ? from.Code + imports : from.Code;
        return Regex.IsMatch(code, $@"using (static )?{Regex.Escape(space)}(;|\s|$)", RegexOptions.Multiline);
    }

    /// <summary>
    /// As declared; a page's is its folder's, unless the folder's imports say otherwise, which ours do for no other floor.
    /// </summary>
    private static string NamespaceOf(Source source)
    {
        if (Namespace().Match(source.Code) is { Success: true } declared) return declared.Groups[1].Value;
        return source.Is(".razor") && source.Path.Split('/') is ["src", .. var rest] && source.Text.Length > 0
            ? string.Join('.', rest[..^1])
            : "";
    }

    private static IEnumerable<string> Declared(Source source) =>
        Declaration().Matches(source.Code).Select(m => m.Groups[1].Value)
            .Concat(source.Is(".razor") ? [Path.GetFileNameWithoutExtension(source.Name)] : [])
            .Distinct();

    private static IEnumerable<(string Qualifier, string Type)> Named(Source source) =>
        Name().Matches(source.Is(".razor") ? Prose().Replace(source.Code, " ") : source.Code)
            .Select(m => (m.Groups["qualifier"].Value, m.Groups["type"].Value))
            .Distinct();

    [GeneratedRegex(@"^(?:[a-z]+ )*(?:class|struct|interface|enum|record(?: (?:class|struct))?) ([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^(?:@)?namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?:(?<qualifier>\w+)\.|(?<![\w.]))(?<type>[A-Z]\w*)\b")]
    private static partial Regex Name();

    /// <summary>What people read on a page: words between tags, and words in quotes that hold no code.</summary>
    [GeneratedRegex(@">[^<>@{}();=]*<|""[^""@(){}.\n]* [^""@(){}.\n]*""")]
    private static partial Regex Prose();
}

using System.Text.RegularExpressions;
using Bursar.Tests.Given;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bursar.Tests.Contracts;

/// <summary>One line of permissions.txt: who may, and what they get for their own and for foreign things.</summary>
public sealed record PermissionRow(
    string Method, string Path, string Permission, string Who, int InTest, int InLive, int? Foreign, string Body)
{
    public bool IsApi => Path.StartsWith("/v1/", StringComparison.Ordinal);
    public bool IsElsewhere => Permission == "elsewhere";
    public bool IsOpen => Who == "everybody";

    public bool Allows(char who) => IsOpen || Who.Contains(who, StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";
}

public static class PermissionTable
{
    public static IReadOnlyList<PermissionRow> Rows { get; } =
    [
        .. File.ReadLines(System.IO.Path.Combine(Repository.Root, "tests/Bursar.Tests/Contracts/permissions.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(Parse),
    ];

    /// <summary>Every route of the running program, as the table writes them.</summary>
    public static IEnumerable<string> Routes(IEnumerable<EndpointDataSource> sources) => sources
        .SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(r => MethodsOf(r).Select(m => $"{m} {PathOf(r)}"))
        .Where(r => !r.Contains(" /_", StringComparison.Ordinal)).Distinct();

    /// <summary>A page answers to GET; what its forms post to are routes of their own.</summary>
    private static IEnumerable<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        ? ["GET"] : route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(m => m != "HEAD") ?? [];

    private static string PathOf(RouteEndpoint route) =>
        "/" + Regex.Replace(route.RoutePattern.RawText!, @"\{mode:[^}]*\}", "{mode}", RegexOptions.IgnoreCase)
            .ToLowerInvariant().TrimStart('/');

    private static PermissionRow Parse(string line)
    {
        var cells = line.Split('|', 6, StringSplitOptions.TrimEntries);
        var route = cells[0].Split(' ', 2);
        if (cells[1] == "elsewhere") return new PermissionRow(route[0], route[1], cells[1], "", 0, 0, null, "");
        var own = cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new PermissionRow(route[0], route[1], cells[1], cells[2], int.Parse(own[0]), int.Parse(own[1]),
            int.TryParse(cells.ElementAtOrDefault(4), out var foreign) ? foreign : null, cells.ElementAtOrDefault(5) ?? "");
    }
}

using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>
/// BannedSymbols.txt is enforced by the compiler; only the guarded way out may lift a ban, with a pragma in its own file.
/// </summary>
public sealed class BansTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources) => sources
        .Where(s => s.Is(".cs", ".razor", ".csproj") && !s.Under("src/Bursar/Platform/Outbound"))
        .Where(s => Regex.IsMatch(s.Text, "RS0030"))
        .Select(s => $"{s.Path} lifts a ban");

    [Fact]
    public void bans_are_lifted_by_outbound_only() => Sources.Hold(Violations);

    [Fact]
    public void finds_a_planted_lift() => Assert.Single(Violations(
    [
        new("src/Bursar/Rooms/Tokens/A.cs", "#pragma warning disable RS0030"),
        new("src/Bursar/Platform/Outbound/B.cs", "#pragma warning disable RS0030 // the guarded client itself"),
    ]));
}

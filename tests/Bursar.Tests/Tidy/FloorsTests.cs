using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>Imports go down only: Program, then Rooms and Rails, then Platform, then Core. Rooms and rails never meet.</summary>
public sealed class FloorsTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources) =>
        House.Arrows(sources).Where(a => !Allowed(a)).Select(a => $"{a.From.Path} names {a.Type} of {a.To.Path}")
            .Concat(sources.SelectMany(Foreign));

    private static bool Allowed(House.Arrow arrow)
    {
        var (from, to) = (House.PlaceOf(arrow.From), House.PlaceOf(arrow.To));
        if (from == to) return true;
        if (from is "Bursar.Sdk" || to is "Bursar.Sdk") return false;
        return (Floor(from), Floor(to)) switch
        {
            (_, "Core") => true,
            ("Platform", "Platform") => true, // circles have a test of their own
            ("Rooms", "Platform") => true,
            ("Rails", "Platform") => to == "Platform/Outbound",
            ("Program", "Platform" or "Rails") => true,
            ("Program", "Rooms") => arrow.To.Name == "Room.cs",
            _ => false,
        };
    }

    private static string Floor(string place) => place.Split('/')[0];

    /// <summary>Core knows no framework and no database; rails reach the world through Outbound alone.</summary>
    private static IEnumerable<string> Foreign(Source source)
    {
        var place = House.PlaceOf(source);
        var barred = Floor(place) switch
        {
            "Core" => @"\b(Microsoft\.(AspNetCore|Extensions)|Npgsql|Dapper|System\.Net\.Http)\b",
            "Rails" => @"\b(Microsoft\.AspNetCore|Npgsql|Dapper)\b",
            _ => null,
        };
        if (barred is not null && source.Is(".cs") && Regex.Match(source.Code, barred) is { Success: true } hit)
            yield return $"{source.Path} names {hit.Value}";
        if (source.Is("Bursar.Core.csproj", "Bursar.Sdk.csproj")
            && Regex.IsMatch(source.Text, "<(PackageReference|ProjectReference|FrameworkReference)|Sdk.Web"))
            yield return $"{source.Path} references something";
    }

    [Fact]
    public void imports_go_down_only() => Sources.Hold(Violations);

    [Theory]
    [InlineData("src/Bursar.Core/Money/A.cs", "class A { Low low; }", "src/Bursar/Platform/Data/Low.cs", "class Low;")]
    [InlineData("src/Bursar/Platform/Data/A.cs", "class A { Room room; }", "src/Bursar/Rooms/Payouts/Room.cs", "class Room;")]
    [InlineData("src/Bursar/Platform/Ui/A.razor", "<Sheet />", "src/Bursar/Rooms/Payouts/Sheet.razor", "")]
    [InlineData("src/Bursar/Platform/Data/A.cs", "class A { Wire wire; }", "src/Bursar/Rails/Evm/Wire.cs", "class Wire;")]
    [InlineData("src/Bursar/Rooms/Tokens/A.cs", "class A : Bursar.Rooms.Payouts.Ask;", "src/Bursar/Rooms/Payouts/Ask.cs", "class Ask;")]
    [InlineData(
        "src/Bursar/Rooms/Tokens/A.razor", "@inject Payouts.Ask Q",
        "src/Bursar/Rooms/Payouts/Ask.cs", "namespace Bursar.Rooms.Payouts;\nclass Ask;")]
    [InlineData("src/Bursar/Rails/Evm/A.cs", "class A { Low low; }", "src/Bursar/Platform/Data/Low.cs", "class Low;")]
    [InlineData("src/Bursar/Rails/Evm/A.cs", "class A { Wire wire; }", "src/Bursar/Rails/Http/Wire.cs", "class Wire;")]
    [InlineData("src/Bursar/Program.cs", "new Ask();", "src/Bursar/Rooms/Payouts/Ask.cs", "public sealed record Ask;")]
    [InlineData("src/Bursar.Core/A.cs", "using Npgsql;", "src/Bursar.Core/B.cs", "")]
    [InlineData("src/Bursar/Rails/Evm/A.cs", "using Dapper;", "src/Bursar.Core/B.cs", "")]
    [InlineData("src/Bursar.Core/Bursar.Core.csproj", "<PackageReference Include=\"X\" />", "src/Bursar.Core/B.cs", "")]
    public void finds_a_planted_import(string path, string text, string otherPath, string otherText) =>
        Assert.Single(Violations([new(path, text), new(otherPath, otherText)]));

    [Fact]
    public void lets_the_allowed_arrows_pass() => Assert.Empty(Violations(
    [
        new("src/Bursar.Core/Money.cs", "namespace A;\npublic readonly record struct Money;"),
        new("src/Bursar/Platform/Outbound/Door.cs", "class Door { Money money; }"),
        new("src/Bursar/Rails/Evm/Wire.cs", "class Wire { Door door; Money money; }"),
        new("src/Bursar/Rooms/Payouts/Room.cs", "class Room { Door door; string word = \"Wire\"; /* Wire */ }"),
        new("src/Bursar/Program.cs", "new Room(); new Wire();"),
        new("src/Bursar/Rooms/Tokens/Page.razor", "<p>Wire now</p> @Label(\"Wire of today\")"),
    ]));
}

using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>
/// Each table names its folder in the migration that makes it (<c>-- owner: Rooms/Payouts</c> right above), and only that room, or for
/// Platform's tables any room, writes SQL about it. Rails write none.
/// </summary>
public sealed class TableOwnersTests
{
    private static readonly Regex Table = new(
        @"(?<above>(?:^[ \t]*--[^\n]*\n)*)^[ \t]*create (?:unlogged )?table (?:if not exists )?(?:\w+\.)?(?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.IgnoreCase);

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var owners = new Dictionary<string, string>();
        foreach (var migration in sources.Where(s => s.Is(".sql")))
            foreach (Match table in Table.Matches(migration.Text))
            {
                var owner = Regex.Match(table.Groups["above"].Value, @"--[ ]*owner:[ ]*((?:Rooms|Platform)/\w+)");
                if (owner.Success) owners[table.Groups["name"].Value] = owner.Groups[1].Value;
                else yield return $"{migration.Path}: the table {table.Groups["name"].Value} names no owner";
            }

        foreach (var source in sources.Where(s => s.Under("src/Bursar") && s.Is(".cs", ".razor")))
            foreach (Match use in Regex.Matches(
                source.Text, @"\b(?:from|join|into|update|using)\s+(?:only\s+)?(\w+)", RegexOptions.IgnoreCase))
                if (owners.TryGetValue(use.Groups[1].Value, out var owner) && !MayName(House.PlaceOf(source), owner))
                    yield return $"{source.Path} names the table {use.Groups[1].Value} of {owner}";
    }

    private static bool MayName(string place, string owner) =>
        place == owner
        || (owner.StartsWith("Platform/", StringComparison.Ordinal) && !place.StartsWith("Rails/", StringComparison.Ordinal));

    [Fact]
    public void tables_are_named_by_their_owners_only() => Sources.Hold(Violations);

    [Theory]
    [InlineData("src/Bursar/Rooms/Tokens/A.cs", "select 1 from payouts")]
    [InlineData("src/Bursar/Rooms/Tokens/A.razor", "update payouts set")]
    [InlineData("src/Bursar/Platform/Books/A.cs", "insert into payouts values")]
    [InlineData("src/Bursar/Rails/Evm/A.cs", "select 1 from a join books b")]
    public void finds_a_planted_foreign_table(string path, string sql) =>
        Assert.Single(Violations([Migration, new(path, $"var sql = \"{sql}\";")]));

    [Fact]
    public void finds_a_planted_table_without_owner() =>
        Assert.Single(Violations([new("src/Bursar/Platform/Data/Migrations/0001_a.sql", "-- owner: Rooms/X\n\ncreate table a ();")]));

    [Fact]
    public void lets_owners_pass() => Assert.Empty(Violations(
        [Migration, new("src/Bursar/Rooms/Payouts/A.cs", "var sql = \"select 1 from payouts join books\";")]));

    private static Source Migration => new(
        "src/Bursar/Platform/Data/Migrations/0001_a.sql",
        "-- owner: Rooms/Payouts\n-- one row each\ncreate table payouts (id uuid);\n"
        + "-- owner: Platform/Books\nCREATE TABLE IF NOT EXISTS books ();");
}

using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>
/// Every page says who may see it: <c>[Needs(…)]</c>, <c>[OperatorOnly]</c> below /operator and only there, or
/// <c>[AllowAnonymous]</c> for those made for strangers.
/// </summary>
public sealed class PagePermissionsTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources) => sources
        .Where(s => s.Is(".razor") && Regex.IsMatch(s.Code, @"^@page\s", RegexOptions.Multiline))
        .Where(s => !Regex.IsMatch(s.Code, Regex.IsMatch(s.Code, @"^@page\s+""/operator/", RegexOptions.Multiline)
            ? @"^@attribute \[OperatorOnly\]" : @"^@attribute \[(Needs\(|AllowAnonymous\])", RegexOptions.Multiline))
        .Select(s => $"{s.Path} is a page without a permission");

    [Fact]
    public void every_page_names_its_permission() => Sources.Hold(Violations);

    [Fact]
    public void finds_planted_open_pages() => Assert.Equal(3, Violations(
    [
        new("src/Bursar/Rooms/Operator/E.razor", "@page \"/operator/e\"\n@attribute [AllowAnonymous]"),
        new("src/Bursar/Rooms/Operator/F.razor", "@page \"/f\"\n@attribute [OperatorOnly]"),
        new("src/Bursar/Rooms/Operator/G.razor", "@page \"/operator/g\"\n@attribute [OperatorOnly]"),
        new("src/Bursar/Rooms/Payouts/A.razor", "@page \"/a\"\n@* @attribute [Needs(X)] *@"),
        new("src/Bursar/Rooms/Payouts/B.razor", "@page \"/b\"\n@attribute [Needs(Permission.CreateTransactions)]"),
        new("src/Bursar/Rooms/Workspaces/C.razor", "@page \"/login\"\n@attribute [AllowAnonymous]"),
        new("src/Bursar/Platform/Ui/D.razor", "<p>no page</p>"),
    ]).Count());
}

using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>Amounts are whole minor units: no binary fraction comes near them.</summary>
public sealed class WholeAmountsTests
{
    private static readonly string[] Folders =
    [
        "src/Bursar.Core/Currencies", "src/Bursar.Core/Ledger", "src/Bursar.Core/Policies",
        "src/Bursar/Platform/Ledger", "src/Bursar/Platform/Books", "src/Bursar/Platform/Control",
        "src/Bursar/Platform/MoneyOut", "src/Bursar/Platform/MoneyIn",
    ];

    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources) => sources
        .Where(s => s.Is(".cs", ".razor") && Folders.Any(s.Under) && Regex.IsMatch(s.Code, @"\b(double|float)\b"))
        .Select(s => $"{s.Path} uses a binary fraction");

    [Fact]
    public void amounts_are_whole() => Sources.Hold(Violations);

    [Fact]
    public void finds_a_planted_fraction() => Assert.Single(Violations(
    [
        new("src/Bursar.Core/Ledger/A.cs", "class A { double amount; }"),
        new("src/Bursar.Core/Ledger/B.cs", "class B { long amount; } // double entry"),
        new("src/Bursar/Platform/Ui/C.cs", "class C { double width; }"),
    ]));
}

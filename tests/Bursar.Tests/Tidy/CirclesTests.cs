using Xunit;

namespace Bursar.Tests.Tidy;

/// <summary>The folders of Platform form layers: none reaches itself through others.</summary>
public sealed class CirclesTests
{
    public static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        var arrows = House.Arrows(sources)
            .Select(a => (From: House.PlaceOf(a.From), To: House.PlaceOf(a.To), What: $"{a.From.Path} names {a.Type}"))
            .Where(a => a.From != a.To && a.From.StartsWith("Platform/", StringComparison.Ordinal)
                && a.To.StartsWith("Platform/", StringComparison.Ordinal))
            .ToList();
        var next = arrows.ToLookup(a => a.From, a => a.To);
        return arrows.Where(a => Reaches(a.To, a.From, next, [])).Select(a => $"{a.From} -> {a.To} closes a circle: {a.What}");
    }

    private static bool Reaches(string from, string to, ILookup<string, string> next, HashSet<string> seen) =>
        from == to || (seen.Add(from) && next[from].Any(step => Reaches(step, to, next, seen)));

    [Fact]
    public void platform_has_no_circles() => Sources.Hold(Violations);

    [Fact]
    public void finds_a_planted_circle() => Assert.Equal(3, Violations(
    [
        new("src/Bursar/Platform/Data/A.cs", "class A { B b; }"),
        new("src/Bursar/Platform/Http/B.cs", "class B { C c; }"),
        new("src/Bursar/Platform/Books/C.cs", "class C { A a; }"),
        new("src/Bursar/Platform/Ui/D.cs", "class D { A a; }"),
    ]).Count());
}

using static Bursar.Platform.Languages.Language;

namespace Bursar.Platform.Ui;

/// <summary>How plans read on a page.</summary>
public static class PlanText
{
    /// <summary>What a plan of this name is called.</summary>
    public static string Title(string name) => T(char.ToUpperInvariant(name[0]) + name[1..]);

    public static string Price(int usd) => usd == 0 ? T("Without charge") : T($"USD {usd} a month");

    /// <summary>A limit; null is none.</summary>
    public static string Limit(int? most) => most is { } limit ? MoneyText.Count(limit, long.MaxValue) : T("No limit");
}

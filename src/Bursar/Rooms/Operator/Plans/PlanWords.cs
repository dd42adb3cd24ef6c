using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Operator.Plans;

/// <summary>How plans and their changes read.</summary>
public static class PlanWords
{
    public static string Price(int usd) => usd == 0 ? T("Without charge") : $"USD {MoneyText.Count(usd, long.MaxValue)}";

    public static string Limit(int? most) => most is { } limit ? MoneyText.Count(limit, long.MaxValue) : T("No limit");

    /// <summary>What a version changed, a line each; the first one made the plan.</summary>
    public static IEnumerable<string> Changes(PlanVersion now, PlanVersion? before)
    {
        if (before is null) yield return T("Made");
        else if (now.Ended && !before.Ended) yield return T("Ended");
        foreach (var (label, value, was) in new[]
        {
            ("USD a month", Price(now.UsdPerMonth), before is null ? null : Price(before.UsdPerMonth)),
            ("Policies", Limit(now.PoliciesMax), before is null ? null : Limit(before.PoliciesMax)),
            ("API keys", Limit(now.KeysMax), before is null ? null : Limit(before.KeysMax)),
            ("Evaluations a day", Limit(now.EvaluationsPerDay), before is null ? null : Limit(before.EvaluationsPerDay)),
        })
            if (was is null) yield return $"{T(label)}: {value}";
            else if (was != value) yield return $"{T(label)}: {was} → {value}";
    }
}

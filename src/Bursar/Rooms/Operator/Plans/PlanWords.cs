using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Operator.Plans;

/// <summary>How the changes of a plan read.</summary>
public static class PlanWords
{
    /// <summary>What a version changed, a line each; the first one made the plan.</summary>
    public static IEnumerable<string> Changes(PlanVersion now, PlanVersion? before)
    {
        if (before is null) yield return T("Made");
        else if (now.Ended && !before.Ended) yield return T("Ended");
        foreach (var (label, value, was) in new[]
        {
            ("Price", PlanText.Price(now.UsdPerMonth), before is null ? null : PlanText.Price(before.UsdPerMonth)),
            ("Policies", PlanText.Limit(now.PoliciesMax), before is null ? null : PlanText.Limit(before.PoliciesMax)),
            ("API keys", PlanText.Limit(now.KeysMax), before is null ? null : PlanText.Limit(before.KeysMax)),
            ("Evaluations a day", PlanText.Limit(now.EvaluationsPerDay), before is null ? null : PlanText.Limit(before.EvaluationsPerDay)),
        })
            if (was is null) yield return $"{T(label)}: {value}";
            else if (was != value) yield return $"{T(label)}: {was} → {value}";
    }
}

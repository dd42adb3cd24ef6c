using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>The explain card: every rule consulted, with what was used and left before this request (PRODUCT S2).</summary>
public sealed record Explanation(IReadOnlyList<RuleOutcome> Rules)
{
    /// <summary>Rendered again from the stored inputs; <paramref name="known"/> must hold the versions that were decided with.</summary>
    public static Explanation Of(Disbursement d, IReadOnlyList<Policy> known)
    {
        var record = d.Decision;
        var versions = record.Inputs.Select(i => known.First(p => p.Id == i.Policy && p.Version == i.Version)).ToList();
        return new Explanation(record.Again(Order.InstructionOf(d), versions).Rules);
    }
}

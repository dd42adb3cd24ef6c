using Bursar.Core.Policies;

namespace Bursar.Platform.Control;

/// <summary>
/// <c>policy.cap_warning</c>: at least 80 % of a cap are held or used. Amounts in minor units of <paramref name="Currency"/>;
/// <paramref name="Period"/> is <c>day</c> or <c>month</c>.
/// </summary>
public sealed record CapWarning(
    PolicyId PolicyId, string Name, string Period, long Limit, long Used, long Remaining, string Currency, DateTimeOffset ResetsAt)
{
    public const string Event = "policy.cap_warning";

    public static CapWarning Of(Policy policy, string period, long limit, PeriodUsage usage) =>
        new(policy.Id, policy.Name, period, limit, usage.Total, Math.Max(0, limit - usage.Total), policy.Currency, usage.End);
}

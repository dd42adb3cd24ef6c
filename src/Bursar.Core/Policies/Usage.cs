namespace Bursar.Core.Policies;

/// <summary>What a budget period [Start, End) holds and has used, in minor units.</summary>
public readonly record struct PeriodUsage(DateTimeOffset Start, DateTimeOffset End, long Held, long Used)
{
    /// <summary>Whoever watches the budget was told that its cap is near; once a period.</summary>
    public bool Warned { get; init; }

    public long Total => checked(Held + Used);
}

/// <summary>
/// The budget of one policy in one book: the day and month in the workspace's zone and the counts of the running UTC minute and hour.
/// Keyed by policy id, never by version: an edited limit applies to what is already used.
/// </summary>
public sealed record Usage(
    PolicyId Policy, PeriodUsage Day, PeriodUsage Month, DateTimeOffset MinuteStart, int MinuteCount, DateTimeOffset HourStart,
    int HourCount);

/// <summary>What one disbursement holds of one policy's budget, and in which periods (named by their starts).</summary>
public sealed record UsageHold(PolicyId Policy, long Amount, DateTimeOffset DayStart, DateTimeOffset MonthStart);

using Bursar.Core.Results;
using Bursar.Core.Time;

namespace Bursar.Core.Policies;

/// <summary>How a budget's periods follow each other and what holding, using and releasing do to them. Pure.</summary>
public static class UsageRules
{
    /// <summary>
    /// A policy's first usage row: the periods of <paramref name="zone"/> that contain <paramref name="at"/>, all counts zero.
    /// </summary>
    public static Usage Start(PolicyId policy, DateTimeOffset at, TimeZoneInfo zone) =>
        new(policy, new PeriodUsage(Calendar.DayStart(at, zone), Calendar.NextDay(at, zone), 0, 0),
            new PeriodUsage(Calendar.MonthStart(at, zone), Calendar.NextMonth(at, zone), 0, 0), Minute(at), 0, Hour(at), 0);

    /// <summary>
    /// The usage as it stands at <paramref name="at"/>: a period that ended is followed by one that begins where it ended (or where the
    /// running one begins, when some passed unused) and ends at the zone's next boundary. Minutes and hours are fixed UTC ones.
    /// </summary>
    public static Usage RollOver(Usage usage, DateTimeOffset at, TimeZoneInfo zone)
    {
        if (at >= usage.Day.End)
            usage = usage with
            {
                Day = new PeriodUsage(Later(usage.Day.End, Calendar.DayStart(at, zone)), Calendar.NextDay(at, zone), 0, 0),
            };
        if (at >= usage.Month.End)
            usage = usage with
            {
                Month = new PeriodUsage(Later(usage.Month.End, Calendar.MonthStart(at, zone)), Calendar.NextMonth(at, zone), 0, 0),
            };
        if (at >= usage.MinuteStart.AddMinutes(1)) usage = usage with { MinuteStart = Minute(at), MinuteCount = 0 };
        if (at >= usage.HourStart.AddHours(1)) usage = usage with { HourStart = Hour(at), HourCount = 0 };
        return usage;
    }

    /// <summary>Holds budget (ALLOW and REQUIRE_APPROVAL alike) and counts one transaction of the minute and the hour.</summary>
    public static (Usage Usage, UsageHold Hold) Hold(Usage usage, long amount)
    {
        Invariant.Hold(amount >= 1);
        return (usage with
        {
            Day = usage.Day with { Held = checked(usage.Day.Held + amount) },
            Month = usage.Month with { Held = checked(usage.Month.Held + amount) },
            MinuteCount = checked(usage.MinuteCount + 1),
            HourCount = checked(usage.HourCount + 1),
        }, new UsageHold(usage.Policy, amount, usage.Day.Start, usage.Month.Start));
    }

    /// <summary>The held amount is used for good: moves from held to used, in the periods that are still the hold's.</summary>
    public static Usage Use(Usage usage, UsageHold hold) => Use(usage, hold, hold.Amount);

    /// <summary>As <see cref="Use(Usage, UsageHold)"/> with the amount a receipt tells, even above what was held (PRODUCT S6).</summary>
    public static Usage Use(Usage usage, UsageHold hold, long actual) => Change(usage, hold, held: -hold.Amount, used: actual);

    /// <summary>The held amount is free again, in the periods that are still the hold's. Counts are never given back.</summary>
    public static Usage Release(Usage usage, UsageHold hold) => Change(usage, hold, held: -hold.Amount, used: 0);

    /// <summary>
    /// What no longer is held counts anew, in the periods that are still the hold's: a receipt tells another amount (PRODUCT S6), or a
    /// member gives it back (S3).
    /// </summary>
    public static Usage Recount(Usage usage, UsageHold hold, long before, long after) =>
        Change(usage, hold, held: 0, used: checked(after - before));

    /// <summary>
    /// Marks the periods whose sum has reached 80 % of their cap and that nobody was warned of yet; tells which these are (PRODUCT S3).
    /// </summary>
    public static (Usage Usage, bool Day, bool Month) WarnNear(Usage usage, Policy policy)
    {
        var (day, month) = (IsNear(usage.Day, policy.DailyLimit), IsNear(usage.Month, policy.MonthlyLimit));
        if (!day && !month) return (usage, false, false);
        return (usage with
        {
            Day = day ? usage.Day with { Warned = true } : usage.Day,
            Month = month ? usage.Month with { Warned = true } : usage.Month,
        }, day, month);
    }

    private static bool IsNear(PeriodUsage period, long? cap) => cap is { } limit && !period.Warned && period.Total >= limit - limit / 5;

    private static Usage Change(Usage usage, UsageHold hold, long held, long used)
    {
        Invariant.Hold(usage.Policy == hold.Policy);
        return usage with { Day = Change(usage.Day, hold.DayStart, held, used), Month = Change(usage.Month, hold.MonthStart, held, used) };
    }

    private static PeriodUsage Change(PeriodUsage period, DateTimeOffset start, long held, long used)
    {
        if (period.Start != start) return period;
        var after = period with { Held = checked(period.Held + held), Used = checked(period.Used + used) };
        Invariant.Hold(after.Held >= 0 && after.Used >= 0);
        return after;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
}

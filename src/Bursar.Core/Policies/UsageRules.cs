using Bursar.Core.Results;
using Bursar.Core.Time;

namespace Bursar.Core.Policies;

/// <summary>How a budget's periods follow each other and what holding, using and releasing do to them. Pure.</summary>
public static class UsageRules
{
    /// <summary>A policy's first usage row: the periods of <paramref name="zone"/> that contain <paramref name="at"/>, all counts zero.</summary>
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
            usage = usage with { Day = new PeriodUsage(Later(usage.Day.End, Calendar.DayStart(at, zone)), Calendar.NextDay(at, zone), 0, 0) };
        if (at >= usage.Month.End)
            usage = usage with { Month = new PeriodUsage(Later(usage.Month.End, Calendar.MonthStart(at, zone)), Calendar.NextMonth(at, zone), 0, 0) };
        if (at >= usage.MinuteStart.AddMinutes(1)) usage = usage with { MinuteStart = Minute(at), MinuteCount = 0 };
        if (at >= usage.HourStart.AddHours(1)) usage = usage with { HourStart = Hour(at), HourCount = 0 };
        return usage;
    }

    /// <summary>Holds budget (ALLOW and REQUIRE_APPROVAL alike) and counts one transaction of the minute and the hour.</summary>
    public static (Usage Usage, UsageHold Hold) Hold(Usage usage, long amount) =>
        (usage with
        {
            Day = usage.Day with { Held = checked(usage.Day.Held + amount) },
            Month = usage.Month with { Held = checked(usage.Month.Held + amount) },
            MinuteCount = usage.MinuteCount + 1,
            HourCount = usage.HourCount + 1,
        }, new UsageHold(usage.Policy, amount, usage.Day.Start, usage.Month.Start));

    /// <summary>The held amount is used for good: moves from held to used, in the periods that are still the hold's.</summary>
    public static Usage Use(Usage usage, UsageHold hold) => usage with
    {
        Day = End(usage.Day, hold.DayStart, hold.Amount, used: true),
        Month = End(usage.Month, hold.MonthStart, hold.Amount, used: true),
    };

    /// <summary>The held amount is free again, in the periods that are still the hold's. Counts are never given back.</summary>
    public static Usage Release(Usage usage, UsageHold hold) => usage with
    {
        Day = End(usage.Day, hold.DayStart, hold.Amount, used: false),
        Month = End(usage.Month, hold.MonthStart, hold.Amount, used: false),
    };

    private static PeriodUsage End(PeriodUsage period, DateTimeOffset start, long amount, bool used)
    {
        if (period.Start != start) return period;
        Invariant.Hold(period.Held >= amount);
        return period with { Held = period.Held - amount, Used = checked(period.Used + (used ? amount : 0)) };
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
}

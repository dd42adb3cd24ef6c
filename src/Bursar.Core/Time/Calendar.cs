namespace Bursar.Core.Time;

/// <summary>
/// Calendar days and months of a zone as instants. Works where midnight does not exist (Cairo, Beirut, Havana, Santiago move their
/// clocks at midnight): the day then begins at the first instant that carries its date.
/// </summary>
public static class Calendar
{
    public static DateOnly DateIn(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    public static DateTimeOffset DayStart(DateTimeOffset at, TimeZoneInfo zone) =>
        Around(DateIn(at, zone), at, zone, static d => d.AddDays(1)).Start;

    /// <summary>The first instant of the next local day; always after <paramref name="at"/>.</summary>
    public static DateTimeOffset NextDay(DateTimeOffset at, TimeZoneInfo zone) =>
        Around(DateIn(at, zone), at, zone, static d => d.AddDays(1)).End;

    public static DateTimeOffset MonthStart(DateTimeOffset at, TimeZoneInfo zone) =>
        Around(FirstOfMonth(DateIn(at, zone)), at, zone, static d => d.AddMonths(1)).Start;

    /// <summary>The first instant of the next local month; always after <paramref name="at"/>.</summary>
    public static DateTimeOffset NextMonth(DateTimeOffset at, TimeZoneInfo zone) =>
        Around(FirstOfMonth(DateIn(at, zone)), at, zone, static d => d.AddMonths(1)).End;

    /// <summary>The first instant of a local date, in UTC; of the next date when the zone skipped this one (Apia, 2011-12-30).</summary>
    public static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight)) return EndOfGap(midnight, zone);
        // A midnight that comes twice: the day began at the first of the two, the one with the larger offset.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    // A clock set back just after midnight shows yesterday's date once more: then the boundary already passed, and the next one counts.
    private static (DateTimeOffset Start, DateTimeOffset End) Around(
        DateOnly first, DateTimeOffset at, TimeZoneInfo zone, Func<DateOnly, DateOnly> next)
    {
        var (start, end) = (StartOf(first, zone), StartOf(next(first), zone));
        while (end <= at) (start, first, end) = (end, next(first), StartOf(next(next(first)), zone));
        return (start, end);
    }

    // The clock jumps over midnight: the first instant at which it shows midnight or
    // later, found by halving (offsets stay within 15 hours).
    private static DateTimeOffset EndOfGap(DateTime midnight, TimeZoneInfo zone)
    {
        var (before, after) = (midnight.AddHours(-15).Ticks, midnight.AddHours(15).Ticks);
        while (after - before > 1)
        {
            var middle = before + (after - before) / 2;
            if (TimeZoneInfo.ConvertTime(new DateTimeOffset(middle, TimeSpan.Zero), zone).DateTime < midnight) before = middle;
            else after = middle;
        }
        return new DateTimeOffset(after, TimeSpan.Zero);
    }

    private static DateOnly FirstOfMonth(DateOnly date) => new(date.Year, date.Month, 1);
}

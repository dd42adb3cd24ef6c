namespace Bursar.Core.Time;

/// <summary>
/// Calendar days and months of a zone as instants. Works where midnight does not exist (Cairo, Beirut, Havana, Santiago move their
/// clocks at midnight): the day then begins at the first instant that carries its date.
/// </summary>
public static class Calendar
{
    public static DateOnly DateIn(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    public static DateTimeOffset DayStart(DateTimeOffset at, TimeZoneInfo zone) => StartOf(DateIn(at, zone), zone);

    /// <summary>The first instant of the next local day; always after <paramref name="at"/>.</summary>
    public static DateTimeOffset NextDay(DateTimeOffset at, TimeZoneInfo zone) => StartOf(DateIn(at, zone).AddDays(1), zone);

    public static DateTimeOffset MonthStart(DateTimeOffset at, TimeZoneInfo zone) => StartOf(FirstOfMonth(DateIn(at, zone)), zone);

    public static DateTimeOffset NextMonth(DateTimeOffset at, TimeZoneInfo zone) => StartOf(FirstOfMonth(DateIn(at, zone)).AddMonths(1), zone);

    /// <summary>The first instant of a local date, in UTC.</summary>
    public static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        // A gap over midnight: the clock jumps forward, the day begins at the jump. Gaps are at most 3 hours long and end on a minute.
        for (var minutes = 0; zone.IsInvalidTime(midnight) && minutes < 180; minutes++) midnight = midnight.AddMinutes(1);
        // A midnight that comes twice: the day began at the first of the two, the one with the larger offset.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    private static DateOnly FirstOfMonth(DateOnly date) => new(date.Year, date.Month, 1);
}

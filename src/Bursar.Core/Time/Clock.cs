namespace Bursar.Core.Time;

public static class Clock
{
    /// <summary>Now in UTC at the database's resolution (microseconds), so that what is stored equals what was decided with.</summary>
    public static DateTimeOffset NowMicros(this TimeProvider time)
    {
        var ticks = time.GetUtcNow().UtcTicks;
        return new DateTimeOffset(ticks - ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}

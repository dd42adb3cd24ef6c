using System.Globalization;

namespace Bursar.Platform.Webhooks;

/// <summary>How long after each failed attempt the next is due; BURSAR_RETRY_SCHEDULE gives other seconds, separated by commas.</summary>
public sealed record RetrySchedule(IReadOnlyList<TimeSpan> Waits)
{
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    public static RetrySchedule Read()
    {
        var text = Environment.GetEnvironmentVariable("BURSAR_RETRY_SCHEDULE") is { Length: > 0 } given ? given : "5,30,120,600,3600,21600,86400";
        return new RetrySchedule([.. text.Split(',').Select(Wait)]);
    }

    /// <summary>When to try again after <paramref name="tries"/> attempts, or null when it was the last; a receiver's Retry-After counts up to a day.</summary>
    public TimeSpan? After(int tries, TimeSpan? retryAfter)
    {
        if (tries > Waits.Count) return null;
        var wait = Waits[tries - 1] * (1 + 0.1 * Random.Shared.NextDouble());
        return retryAfter is { } asked && asked > wait ? (asked < RetryAfterMax ? asked : RetryAfterMax) : wait;
    }

    private static TimeSpan Wait(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 10_000_000
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidOperationException($"BURSAR_RETRY_SCHEDULE: {text} is not a number of seconds");
}

using System.Globalization;

namespace Bursar.Platform.Webhooks;

/// <summary>How long after each failed attempt the next is due; BURSAR_RETRY_SCHEDULE gives other seconds, separated by commas.</summary>
public sealed record RetrySchedule(IReadOnlyList<TimeSpan> Waits)
{
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    public static RetrySchedule Read()
    {
        var text = Environment.GetEnvironmentVariable("BURSAR_RETRY_SCHEDULE") is { Length: > 0 } given
            ? given : "5,30,120,600,3600,21600,86400";
        return new RetrySchedule([.. text.Split(',').Select(Wait)]);
    }

    /// <summary>The waits as people read them: "5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h".</summary>
    public string Words
    {
        get
        {
            var texts = Waits.Select(Text).ToList();
            return texts.Count < 2 ? string.Concat(texts) : $"{string.Join(", ", texts[..^1])} and {texts[^1]}";
        }
    }

    private static string Text(TimeSpan wait)
    {
        var (unit, word) = wait switch
        {
            { TotalHours: >= 1 } when wait.Ticks % TimeSpan.TicksPerHour == 0 => (wait.TotalHours, "h"),
            { TotalMinutes: >= 1 } when wait.Ticks % TimeSpan.TicksPerMinute == 0 => (wait.TotalMinutes, "min"),
            _ => (wait.TotalSeconds, "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{unit:0.###} {word}");
    }

    /// <summary>
    /// When to try again after <paramref name="tries"/> attempts, or null when it was the last; a receiver's Retry-After counts up to a
    /// day.
    /// </summary>
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

using System.Globalization;

namespace Bursar.Platform.Http;

/// <summary>
/// Reads the filters of a list from its URL. Values that make no sense are ignored and named in <see cref="Ignored"/>; a date without a
/// time is a local day of <paramref name="zone"/>, and the last day of a range is within.
/// </summary>
public sealed class QueryReader(IQueryCollection query, TimeZoneInfo zone)
{
    private const int LengthMax = 200;
    private const int ManyMax = 50;
    private readonly List<string> ignored = [];

    public IReadOnlyList<string> Ignored => ignored;

    public int Limit => (int)Math.Clamp(Number("limit") ?? 50, 1, 200);

    public string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= LengthMax } text ? text : null;

    /// <summary>All values of a parameter that repeats.</summary>
    public List<string> Many(string name) => [.. query[name].OfType<string>().Where(v => v.Length is > 0 and <= LengthMax).Take(ManyMax)];

    public List<string> Known(string name, IReadOnlyList<string> values)
    {
        var given = Many(name);
        if (given.Except(values).Any()) ignored.Add(name);
        return [.. given.Intersect(values)];
    }

    public List<TEnum> Known<TEnum>(string name) where TEnum : struct, Enum =>
        [.. Many(name).Select(v => Data.Json.TryParse<TEnum>(v, out var s) ? s : Ignore<TEnum?>(name)).OfType<TEnum>()];

    /// <summary>An amount in minor units; "Rp 1.250.000" will do.</summary>
    public long? Number(string name)
    {
        if (Text(name) is not { } text) return null;
        var digits = text.Replace("Rp", "", StringComparison.OrdinalIgnoreCase).Replace(".", "", StringComparison.Ordinal).Trim();
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Ignore<long?>(name);
    }

    /// <summary>The first moment of a range, or with <paramref name="end"/> the first after it.</summary>
    public DateTimeOffset? Moment(string name, bool end)
    {
        if (Text(name) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 1970 and < 9000)
            return Core.Time.Calendar.StartOf(end ? day.AddDays(1) : day, zone);
        return text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime() : Ignore<DateTimeOffset?>(name);
    }

    private T? Ignore<T>(string name)
    {
        ignored.Add(name);
        return default;
    }
}

using Bursar.Core.Results;

namespace Bursar.Core.Time;

/// <summary>Time zones by IANA id. Indonesia's three have no daylight saving: they work on a machine without a zone database.</summary>
public static class Zones
{
    private static readonly Dictionary<string, (string Name, int Hours)> Indonesia = new()
    {
        ["Asia/Jakarta"] = ("WIB", 7),
        ["Asia/Makassar"] = ("WITA", 8),
        ["Asia/Jayapura"] = ("WIT", 9),
    };

    public static Result<TimeZoneInfo> Find(string? id)
    {
        if (string.IsNullOrEmpty(id)) return Errors.Field("/zone", "zone_unknown", "This time zone is not known.");
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId) return zone;
        if (Indonesia.TryGetValue(id, out var fixedZone))
            return TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(fixedZone.Hours), fixedZone.Name, fixedZone.Name);
        return Errors.Field("/zone", "zone_unknown", "This time zone is not known.");
    }

    /// <summary>The short name people use: WIB, WITA, WIT, else the offset.</summary>
    public static string ShortName(TimeZoneInfo zone, DateTimeOffset at) =>
        Indonesia.TryGetValue(zone.Id, out var known) ? known.Name : $"UTC{TimeZoneInfo.ConvertTime(at, zone):zzz}";
}

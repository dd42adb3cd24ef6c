using System.Globalization;

namespace Bursar.Platform.Ui;

/// <summary>
/// The zone in which a workspace reads its times. Indonesia's three have no daylight saving and are fixed offsets here, so that a
/// machine without zone data shows them right; any other zone comes from the machine and falls back to WIB.
/// </summary>
public sealed record DisplayZone(string Id, TimeZoneInfo Zone, string? Fixed)
{
    public static readonly DisplayZone Wib = Make("Asia/Jakarta", 7, "WIB");
    public static readonly DisplayZone Wita = Make("Asia/Makassar", 8, "WITA");
    public static readonly DisplayZone Wit = Make("Asia/Jayapura", 9, "WIT");

    public static DisplayZone Of(string? id) => id switch
    {
        null or "" or "Asia/Jakarta" or "Asia/Pontianak" => Wib,
        "Asia/Makassar" => Wita,
        "Asia/Jayapura" => Wit,
        _ => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? new DisplayZone(id, zone, null) : Wib,
    };

    /// <summary>"WIB", or "UTC+5:30" for a zone without a name of its own here.</summary>
    public string Name(DateTimeOffset at) => Fixed ?? Offset(at);

    /// <summary>"UTC+7".</summary>
    public string Offset(DateTimeOffset at)
    {
        var offset = Zone.GetUtcOffset(at);
        var minutes = offset.Minutes == 0 ? "" : ":" + Math.Abs(offset.Minutes).ToString("00", CultureInfo.InvariantCulture);
        return $"UTC{(offset < TimeSpan.Zero ? "−" : "+")}{Math.Abs(offset.Hours)}{minutes}";
    }

    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    public DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(Local(at).DateTime);

    /// <summary>The instant at which a local day begins; the end of a day is the start of the next.</summary>
    public DateTimeOffset Start(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>"20 Nov 2026, 15:40", in the reader's own format.</summary>
    public string Long(DateTimeOffset at, TimeFormat format) => $"{format.Date(Day(at))}, {format.Clock(Local(at))}";

    /// <summary>"20 Nov, 15:40" within the year of <paramref name="now"/>, else with the year.</summary>
    public string Short(DateTimeOffset at, DateTimeOffset now, TimeFormat format) =>
        Local(at).Year == Local(now).Year ? $"{format.Short(Day(at))}, {format.Clock(Local(at))}" : Long(at, format);

    private static DisplayZone Make(string id, int hours, string name) =>
        new(id, TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(hours), name, name), name);
}

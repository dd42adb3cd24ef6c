using System.Collections.Frozen;
using System.Globalization;
using Bursar.Core.Currencies;
using Bursar.Core.Time;

namespace Bursar.Core.Corridors;

/// <summary>Who sends to whom: a person (c) or a company (b).</summary>
public enum CorridorType { C2c, C2b, B2c, B2b }

public static class CorridorTypes
{
    /// <summary>The workspace's own company is the sender; otherwise the person for whom it sends.</summary>
    public static bool IsFromCompany(this CorridorType type) => type is CorridorType.B2c or CorridorType.B2b;

    public static bool IsToCompany(this CorridorType type) => type is CorridorType.C2b or CorridorType.B2b;
}

/// <summary>How long the way takes once it was sent before the cut-off.</summary>
public enum CorridorSpeed { RealTime, SameDay, NextDay, TwoDays }

/// <summary>
/// A destination (corridors.csv). <paramref name="Fee"/> in rupiah; <paramref name="Min"/> and <paramref name="Max"/> in minor units of
/// the destination's currency; <paramref name="CutOff"/> on the clock of <paramref name="Zone"/>.
/// </summary>
public sealed record Corridor(
    Country Country, Currency Currency, IReadOnlyList<CorridorType> Types, IReadOnlyList<Identifier> Identifiers, DigitRange? Account,
    long Fee, long Min, long Max, CorridorSpeed Speed, TimeZoneInfo Zone, TimeOnly CutOff, bool IsActive)
{
    public static readonly IReadOnlyList<Corridor> All =
        [.. DataFile.Rows("corridors.csv").Select(Read).OrderBy(c => c.Country.Name, StringComparer.Ordinal)];

    private static readonly FrozenDictionary<string, Corridor> ByCountry = All.ToFrozenDictionary(c => c.Country.Code);

    /// <summary>By the three letters of ISO 3166-1.</summary>
    public static Corridor? Find(string country) => ByCountry.GetValueOrDefault(country);

    /// <summary>
    /// The local day on which the money is there when it is sent now: after the cut-off the next working day counts as today. Saturdays and
    /// Sundays are no working days; holidays are not known.
    /// </summary>
    public DateOnly Arrival(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        var sent = TimeOnly.FromDateTime(local.DateTime) > CutOff ? WorkingDay(day.AddDays(1)) : WorkingDay(day);
        for (var left = Speed switch { CorridorSpeed.NextDay => 1, CorridorSpeed.TwoDays => 2, _ => 0 }; left > 0; left--)
            sent = WorkingDay(sent.AddDays(1));
        return sent;
    }

    private static DateOnly WorkingDay(DateOnly day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => day.AddDays(2),
        DayOfWeek.Sunday => day.AddDays(1),
        _ => day,
    };

    // country,currency,types,identifiers,account,fee,min,max,speed,zone,cut_off,active
    private static Corridor Read(string[] f) => new(
        Country.Find(f[0])!, Currency.Get(f[1]),
        [.. f[2].Split(';').Select(t => Enum.Parse<CorridorType>(t, ignoreCase: true))],
        [.. f[3].Split(';').Select(i => new Identifier(i.TrimEnd('?'), !i.EndsWith('?')))],
        f[4].Split('-') is [var from, var to] ? new DigitRange(Whole(from), Whole(to)) : null,
        Number(f[5]), Number(f[6]), Number(f[7]),
        Enum.Parse<CorridorSpeed>(f[8].Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
        // A machine without a zone database shifts the promise by hours, never the money.
        Zones.Find(f[9]) is { Ok: true } zone ? zone.Value : TimeZoneInfo.Utc,
        TimeOnly.ParseExact(f[10], "HH:mm", CultureInfo.InvariantCulture), f[11] == "yes");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A number that banks of a country ask for besides the account's.</summary>
public sealed record Identifier(string Name, bool IsRequired);

/// <summary>How many digits an account number of the country has.</summary>
public sealed record DigitRange(int From, int To);

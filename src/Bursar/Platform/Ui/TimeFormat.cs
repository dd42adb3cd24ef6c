using System.Globalization;
using Bursar.Platform.Languages;

namespace Bursar.Platform.Ui;

public enum DateOrder { Dmy, Mdy, Ymd }

public enum WeekStart { Monday, Sunday, Saturday }

/// <summary>How a workspace, or a person for themselves, writes dates and times. <paramref name="Hours"/> is 12 or 24.</summary>
public sealed record TimeFormat(DateOrder DateOrder = DateOrder.Dmy, int Hours = 24, WeekStart WeekStart = WeekStart.Monday)
{
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>"20 Nov 2026", "Nov 20, 2026" or "2026-11-20".</summary>
    public string Date(DateOnly day) => DateOrder switch
    {
        DateOrder.Mdy => $"{Short(day)}, {Year(day)}",
        DateOrder.Ymd => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => $"{Short(day)} {Year(day)}",
    };

    /// <summary>Without the year: "20 Nov", "Nov 20" or "11-20".</summary>
    public string Short(DateOnly day) => DateOrder switch
    {
        DateOrder.Mdy => $"{Month(day)} {Number(day.Day)}",
        DateOrder.Ymd => day.ToString("MM-dd", CultureInfo.InvariantCulture),
        _ => $"{Number(day.Day)} {Month(day)}",
    };

    /// <summary>"15:40" or "3:40 PM".</summary>
    public string Clock(DateTimeOffset local) => local.ToString(Hours == 12 ? "h:mm tt" : "HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The first day of the week that <paramref name="day"/> is in.</summary>
    public DateOnly WeekOf(DateOnly day)
    {
        var first = WeekStart switch
        {
            WeekStart.Sunday => DayOfWeek.Sunday,
            WeekStart.Saturday => DayOfWeek.Saturday,
            _ => DayOfWeek.Monday,
        };
        return day.AddDays(-(((int)day.DayOfWeek - (int)first + 7) % 7));
    }

    private static string Month(DateOnly day) => Language.T(Months[day.Month - 1]);

    private static string Year(DateOnly day) => Number(day.Year);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

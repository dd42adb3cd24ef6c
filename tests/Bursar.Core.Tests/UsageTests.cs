using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

public sealed class UsageTests
{
    private static readonly PolicyId Id = new(Guid.AllBitsSet);
    private static readonly string[] ZoneIds =
    [
        "Asia/Jakarta", "Asia/Jayapura", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago", "America/New_York",
        "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "UTC",
    ];

    private static DateTimeOffset Utc(int year, int month, int day, int hour = 0, int minute = 0) =>
        new(year, month, day, hour, minute, 0, TimeSpan.Zero);
    private static TimeZoneInfo Zone(string id) => Zones.Find(id).Value;

    [Theory]
    [InlineData("Africa/Cairo", 2026, 4, 24)]
    [InlineData("Asia/Beirut", 2026, 3, 29)]
    [InlineData("America/Havana", 2026, 3, 8)]
    [InlineData("America/Santiago", 2026, 9, 6)]
    public void a_day_whose_midnight_does_not_exist_starts_at_one(string zone, int year, int month, int day)
    {
        var start = Calendar.StartOf(new DateOnly(year, month, day), Zone(zone));
        var next = Calendar.NextDay(start, Zone(zone));
        Assert.Equal(new DateTime(year, month, day, 1, 0, 0), TimeZoneInfo.ConvertTime(start, Zone(zone)).DateTime);
        Assert.Equal(start, Calendar.NextDay(start.AddTicks(-1), Zone(zone)));
        Assert.Equal(TimeSpan.FromHours(23), next - start);
    }

    [Theory]
    [InlineData("America/New_York", 2026, 3, 8, 23)]
    [InlineData("America/New_York", 2026, 11, 1, 25)]
    [InlineData("America/Havana", 2026, 11, 1, 25)]
    [InlineData("America/Santiago", 2026, 4, 4, 25)]
    [InlineData("Asia/Jakarta", 2026, 4, 4, 24)]
    public void a_day_is_one_day_however_long(string zone, int year, int month, int day, int hours)
    {
        var start = Calendar.StartOf(new DateOnly(year, month, day), Zone(zone));
        Assert.Equal(TimeSpan.FromHours(hours), Calendar.NextDay(start.AddHours(hours - 0.001), Zone(zone)) - start);
    }

    [Fact]
    public void a_clock_that_jumps_from_before_midnight_starts_the_day_where_it_lands()
    {
        // 23:30 on 14 March becomes 00:30 on 15 March.
        var spring = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 23, 30, 0), 3, 14);
        var autumn = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 12, 0, 0), 10, 14);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1), spring, autumn);
        var zone = TimeZoneInfo.CreateCustomTimeZone("jump", TimeSpan.Zero, "jump", "jump", "jump", [rule]);

        Assert.Equal(Utc(2026, 3, 14, 23, 30), Calendar.NextDay(Utc(2026, 3, 14, 12), zone));
    }

    [Fact]
    public void a_clock_set_back_just_after_midnight_does_not_end_the_day_twice()
    {
        // St. John's, 2010: 00:01 on 7 November became 23:01 on the 6th once more; the 7th had begun at 02:30 UTC.
        var again = Utc(2010, 11, 7, 2, 45);
        Assert.Equal((Utc(2010, 11, 7, 2, 30), Utc(2010, 11, 8, 3, 30)),
            (Calendar.DayStart(again, Zone("America/St_Johns")), Calendar.NextDay(again, Zone("America/St_Johns"))));
    }

    [Fact]
    public void a_date_that_a_zone_skipped_has_no_period_of_its_own() =>
        Assert.Equal(Utc(2011, 12, 30, 10), Calendar.NextDay(Utc(2011, 12, 29, 20), Zone("Pacific/Apia")));

    [Fact]
    public void boundaries_lie_around_every_moment_and_change_the_local_date()
    {
        var moment = from zone in Gen.Elements(ZoneIds)
                     from minute in Gen.Choose(0, 30 * 365 * 24 * 60)
                     select (zone, at: Utc(2005, 1, 1).AddMinutes(minute));
        Property.Holds(moment, m =>
        {
            var zone = Zone(m.zone);
            var (start, end) = (Calendar.DayStart(m.at, zone), Calendar.NextDay(m.at, zone));
            Assert.True(start <= m.at && m.at < end && end - start <= TimeSpan.FromHours(25.5));
            Assert.True(Calendar.DateIn(end, zone) > Calendar.DateIn(end.AddTicks(-1), zone));
            Assert.Equal((start, end), (Calendar.DayStart(end.AddTicks(-1), zone), Calendar.NextDay(start, zone)));
            var (first, last) = (Calendar.MonthStart(m.at, zone), Calendar.NextMonth(m.at, zone));
            Assert.True(first <= start && end <= last);
            Assert.Equal(1, Calendar.DateIn(last, zone).Day);
        });
    }

    [Fact]
    public void periods_touch_and_contain_the_moment_whatever_zone_is_chosen_meanwhile()
    {
        var step = from zone in Gen.Elements(ZoneIds) from minutes in Gen.Choose(-200, 5000) select (zone, minutes);
        Property.Holds(step.ListOf(), steps =>
        {
            var at = Utc(2026, 2, 25);
            var usage = UsageRules.Start(Id, at, Zone("Asia/Jakarta"));
            foreach (var (zone, minutes) in steps)
            {
                at = at.AddMinutes(minutes);
                var before = usage;
                usage = UsageRules.RollOver(usage, at, Zone(zone));
                Assert.True(usage.Day.End > at && usage.Month.End > at && usage.Day.Start < usage.Day.End);
                Assert.True(usage.Day == before.Day
                    || (usage.Day.Start >= before.Day.End && usage.Day.Start <= at && usage.Day.Total == 0));
                Assert.True(usage.Month == before.Month || (usage.Month.Start >= before.Month.End && usage.Month.Start <= at));
                Assert.True(usage.MinuteStart.AddMinutes(1) > at && usage.HourStart.AddHours(1) > at);
            }
        });
    }

    [Fact]
    public void the_next_period_begins_where_the_last_ended_even_in_another_zone()
    {
        var usage = UsageRules.Start(Id, Utc(2026, 7, 1, 3), Zone("Asia/Jakarta"));
        Assert.Equal(Utc(2026, 7, 1, 17), usage.Day.End);
        var rolled = UsageRules.RollOver(usage, Utc(2026, 7, 1, 18), TimeZoneInfo.Utc);
        Assert.Equal((Utc(2026, 7, 1, 17), Utc(2026, 7, 2)), (rolled.Day.Start, rolled.Day.End));
        Assert.Equal(usage, UsageRules.RollOver(usage, Utc(2026, 7, 1, 3), TimeZoneInfo.Utc));
    }

    [Fact]
    public void a_period_is_over_at_its_very_end_and_not_a_moment_before()
    {
        var zone = Zone("Asia/Jakarta");
        // The last minute of July in Jakarta.
        var (usage, _) = UsageRules.Hold(UsageRules.Start(Id, Utc(2026, 7, 31, 16).AddMinutes(59), zone), 5);
        var end = Utc(2026, 7, 31, 17);
        Assert.Equal(usage, UsageRules.RollOver(usage, end.AddMicroseconds(-1), zone));
        Assert.Equal(UsageRules.Start(Id, end, zone), UsageRules.RollOver(usage, end, zone));
        Assert.Equal((Utc(2026, 8, 1, 17), Utc(2026, 8, 31, 17)),
            (UsageRules.RollOver(usage, end, zone).Day.End, UsageRules.RollOver(usage, end, zone).Month.End));
    }

    [Fact]
    public void a_clock_set_back_opens_no_second_period()
    {
        var (usage, _) = UsageRules.Hold(UsageRules.Start(Id, Utc(2026, 7, 1), TimeZoneInfo.Utc), 5);
        Assert.Equal(usage, UsageRules.RollOver(usage, Utc(2026, 6, 30, 22), TimeZoneInfo.Utc));
    }

    [Fact]
    public void what_is_held_is_used_or_free_again_once()
    {
        var (held, hold) = UsageRules.Hold(UsageRules.Start(Id, Utc(2026, 7, 1), TimeZoneInfo.Utc), 70);
        Assert.Equal((70L, 0L, 1, 1), (held.Day.Held, held.Day.Used, held.MinuteCount, held.HourCount));

        var used = UsageRules.Use(held, hold);
        Assert.Equal((0L, 70L, 70L), (used.Day.Held, used.Day.Used, used.Month.Used));
        Assert.Equal((0L, 90L), (UsageRules.Use(held, hold, 90).Day.Held, UsageRules.Use(held, hold, 90).Day.Used));
        Assert.Equal(0, UsageRules.Recount(used, hold, 70, 0).Day.Total);
        Assert.Equal(90, UsageRules.Recount(used, hold, 70, 90).Month.Used);
        Assert.Throws<InvariantBroken>(() => UsageRules.Release(used, hold));

        var free = UsageRules.Release(held, hold);
        Assert.Equal((0L, 0L, 1), (free.Day.Total, free.Month.Total, free.MinuteCount));
        Assert.Throws<InvariantBroken>(() => UsageRules.Use(free, hold));
        Assert.Throws<InvariantBroken>(() => UsageRules.Recount(used, hold, 71, 0));
    }

    [Fact]
    public void eighty_percent_of_a_cap_is_noticed_once_a_period()
    {
        var policy = new Policy { Id = Id, Version = 1, Name = "Caps", Currency = "IDR", DailyLimit = 99, MonthlyLimit = 1000 };
        var (usage, _) = UsageRules.Hold(UsageRules.Start(Id, Utc(2026, 7, 1), TimeZoneInfo.Utc), 79);
        Assert.Equal((false, false), Near(usage));
        // 80 % of 99 is 79.2: 80 is the first whole amount that has reached it.
        (usage, _) = UsageRules.Hold(usage, 1);
        Assert.Equal((true, false), Near(usage));
        (usage, _) = UsageRules.Hold(UsageRules.WarnNear(usage, policy).Usage, 10);
        Assert.Equal((false, false), Near(usage));
        Assert.Equal((false, true), Near(UsageRules.Hold(usage, 710).Usage));
        var tomorrow = UsageRules.Hold(UsageRules.RollOver(usage, Utc(2026, 7, 2), TimeZoneInfo.Utc), 90).Usage;
        Assert.Equal((true, false), Near(tomorrow));

        (bool, bool) Near(Usage u) => UsageRules.WarnNear(u, policy) is var (_, day, month) ? (day, month) : default;
    }

    [Fact]
    public void a_release_returns_to_the_period_it_came_from_only()
    {
        var (held, hold) = UsageRules.Hold(UsageRules.Start(Id, Utc(2026, 7, 1), TimeZoneInfo.Utc), 70);
        var (tomorrow, _) = UsageRules.Hold(UsageRules.RollOver(held, Utc(2026, 7, 2), TimeZoneInfo.Utc), 10);
        var after = UsageRules.Release(tomorrow, hold);
        Assert.Equal((10L, 10L), (after.Day.Held, after.Month.Held));
    }

    [Theory]
    [InlineData("Mars/Base")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData(null)]
    public void an_unknown_zone_is_refused(string? id) => Assert.Equal("validation_failed", Zones.Find(id).Error.Code.Code);

    [Theory]
    [InlineData("Asia/Jakarta", 7)]
    [InlineData("Asia/Makassar", 8)]
    [InlineData("Asia/Jayapura", 9)]
    public void the_zones_of_indonesia_are_known(string id, int hours) => Assert.Equal(TimeSpan.FromHours(hours), Zone(id).BaseUtcOffset);
}

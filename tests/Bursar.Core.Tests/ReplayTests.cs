using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Time;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

public sealed class ReplayTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Jakarta = Zones.Find("Asia/Jakarta").Value;

    private static readonly Policy Daily = new()
    {
        Id = new PolicyId(Guid.AllBitsSet),
        Version = 1,
        Name = "Daily",
        Currency = "IDR",
        DailyLimit = 100,
        RequireApprovalOver = 60,
    };

    private static PastRequest Past(
        double hours, long amount, Verdict decided = Verdict.Allow, double? freedAfter = null, bool isFixed = false) =>
        new(Start.AddHours(hours), new(DisbursementKind.AgentSpend, PrincipalKind.Agent, amount, "IDR") { AgentId = "a", Merchant = "m" },
            decided, "OK", freedAfter is { } h ? Start.AddHours(hours + h) : null, isFixed);

    private static IEnumerable<string> Run(Policy policy, params IEnumerable<PastRequest> past)
    {
        var replay = new Replay([policy], Jakarta);
        return [.. past.Select(p => replay.Decide(p).Reason)];
    }

    [Fact]
    public void requests_fill_the_budget_in_their_order_and_the_day_of_the_zone_empties_it() => Assert.Equal(
        ["OK", "REQUIRES_APPROVAL", "EXCEEDS_DAILY_LIMIT", "OK", "OK"],
        // 17:00 UTC is midnight in Jakarta.
        Run(Daily, Past(1, 30), Past(2, 61), Past(3, 10), Past(4, 9), Past(17, 60)));

    [Fact]
    public void what_came_to_nothing_gives_its_budget_back_when_it_did() => Assert.Equal(
        ["OK", "EXCEEDS_DAILY_LIMIT", "OK"], Run(Daily, Past(1, 60, freedAfter: 2), Past(2, 50), Past(3, 50)));

    [Fact]
    public void what_was_refused_then_is_taken_as_spent_when_it_passes_now() => Assert.Equal(
        ["OK", "EXCEEDS_DAILY_LIMIT"], Run(Daily, Past(1, 60, Verdict.Deny, freedAfter: 0), Past(2, 50)));

    [Fact]
    public void what_no_policy_decided_stays_as_it_was_and_takes_no_budget()
    {
        var replay = new Replay([Daily], Jakarta);
        Assert.Equal((Verdict.Deny, "OK"), replay.Decide(Past(1, 60, Verdict.Deny, isFixed: true)));
        Assert.Equal("OK", replay.Decide(Past(2, 60)).Reason);
    }

    [Fact]
    public void replaying_with_the_same_policies_changes_nothing()
    {
        var traffic = (from amount in Gen.Choose(1, 90) from minutes in Gen.Choose(0, 600) select (amount, minutes)).ListOf();
        Property.Holds(traffic, steps =>
        {
            var (first, second) = (new Replay([Daily], Jakarta), new Replay([Daily], Jakarta));
            var hours = 0.0;
            foreach (var (amount, minutes) in steps)
            {
                hours += minutes / 60.0;
                var decided = first.Decide(Past(hours, amount));
                Assert.Equal(decided, second.Decide(Past(hours, amount, decided.Verdict)));
            }
        });
    }
}

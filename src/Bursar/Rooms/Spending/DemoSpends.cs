using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending;

/// <summary>Agents of the demo workspace, through the room's own verbs: spends of every outcome, and something that is wrong.</summary>
public static class DemoSpends
{
    private static readonly PolicyFields Rules = new("Agents", MaxSingleAmount: 2_500_000, DailyLimit: 10_000_000, MonthlyLimit: 60_000_000,
        RequireApprovalOver: 1_000_000, BlockedMerchants: ["casino.example"], BlockedCategories: ["gambling"]);

    /// <summary>Who asked for what, and what was paid of it; null where no receipt came.</summary>
    private static readonly (string Agent, long Amount, string Merchant, string Category, string Reason, long? Paid)[] Wanted =
    [
        ("office-shopper", 385_000, "tokopedia.com", "office", "Printer paper for the Bandung office", 385_000),
        ("office-shopper", 240_000, "tokopedia.com", "office", "Toner", 265_000),
        ("travel-agent", 875_000, "traveloka.com", "travel", "Train to Surabaya, 2 seats", 860_000),
        ("travel-agent", 1_850_000, "garuda-indonesia.com", "travel", "Flight to Denpasar", null),
        ("ads-buyer", 750_000, "meta.com", "ads", "Campaign November, week 3", null),
        ("ads-buyer", 3_200_000, "google.com", "ads", "Campaign December", null),
        ("ads-buyer", 90_000, "casino.example", "gambling", "Banner", null),
    ];

    public static async Task Make(IServiceProvider services, Actor admin, Actor key)
    {
        var made = await services.GetRequiredService<Policies>().Create(admin with { Proved = Proof.Password }, Rules);
        Invariant.Hold(made.Ok);
        foreach (var (agent, amount, merchant, category, reason, paid) in Wanted)
        {
            var asked = await services.GetRequiredService<CreateSpendRequest>().Handle(
                key, new(agent, amount, "IDR", merchant, reason, category), Bodies.Bind($"demo-{agent}-{amount}", "demo", new { }));
            Invariant.Hold(asked.Ok);
            if (paid is not { } sum) continue;
            var told = asked.Value.Value;
            Invariant.Hold((await services.GetRequiredService<RecordReceipt>().Handle(key, told.SpendRequestId.ToString(),
                new("stripe", $"pi_demo_{amount}", sum, "IDR", told.Sat, merchant))).Ok);
        }
    }
}

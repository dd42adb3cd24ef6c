using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;

namespace Bursar.Core.Tests;

public sealed class PolicyCheckTests
{
    private static readonly Policy Good = new()
    {
        Id = default,
        Version = 1,
        Name = "Global",
        Currency = "IDR",
        MaxSingleAmount = 1,
        DailyLimit = Money.Max,
        RequireApprovalOver = 0,
        MaxTransactionsPerHour = 1,
        AllowedMerchants = ["bca:*", "Café"],
        BlockedCategories = ["games"],
        Scope = new PolicyScope { AgentIds = ["a"] },
    };

    private static IEnumerable<string> Fields(Policy policy) => PolicyCheck.Validate(policy).Select(e => e.Field);

    [Fact]
    public void a_good_policy_is_saved() => Assert.Empty(PolicyCheck.Validate(Good));

    [Fact]
    public void every_wrong_field_is_named()
    {
        Assert.Equal(["/name"], Fields(Good with { Name = " " }));
        Assert.Equal(["/name"], Fields(Good with { Name = new string('x', 81) }));
        Assert.Equal(["/currency"], Fields(Good with { Currency = "XXX" }));
        Assert.Equal(["/maxSingleAmount"], Fields(Good with { MaxSingleAmount = 0 }));
        Assert.Equal(["/dailyLimit"], Fields(Good with { DailyLimit = Money.Max + 1 }));
        Assert.Equal(["/monthlyLimit"], Fields(Good with { MonthlyLimit = -1 }));
        Assert.Equal(["/requireApprovalOver"], Fields(Good with { RequireApprovalOver = -1 }));
        Assert.Equal(["/maxTransactionsPerMinute"], Fields(Good with { MaxTransactionsPerMinute = 0 }));
        Assert.Equal(["/maxTransactionsPerHour"], Fields(Good with { MaxTransactionsPerHour = 0 }));
        Assert.Equal(["/allowedMerchants/1"], Fields(Good with { AllowedMerchants = ["ok", "a\u200Bb"] }));
        Assert.Equal(["/blockedMerchants/0"], Fields(Good with { BlockedMerchants = [":*"] }));
        Assert.Equal(["/allowedCategories"], Fields(Good with { AllowedCategories = [.. Enumerable.Range(0, 501).Select(i => $"c{i}")] }));
        Assert.Equal(["/scope/agentIds"], Fields(Good with { Scope = new PolicyScope { AgentIds = [] } }));
        Assert.Equal(["/scope/kinds"], Fields(Good with { Scope = new PolicyScope { Kinds = [] } }));
        Assert.Equal(["/scope/agentIds/1"], Fields(Good with { Scope = new PolicyScope { AgentIds = ["a", " "] } }));
        Assert.Equal(["/scope/keyIds/0"], Fields(Good with { Scope = new PolicyScope { KeyIds = ["key"] } }));
        Assert.Equal(["/scope/handleIds/0"], Fields(Good with { Scope = new PolicyScope { HandleIds = ["pol_"] } }));
        Assert.Equal(["/scope/principals"], Fields(Good with { Scope = new PolicyScope { Principals = [PrincipalKind.System] } }));
    }

    [Fact]
    public void tiers_rise_from_the_threshold_in_amount_and_people()
    {
        var asks = Good with { RequireApprovalOver = 100 };
        Assert.Empty(Fields(asks with { ApprovalTiers = [new(100, 2), new(200, 3), new(300, 4), new(400, 5)] }));
        Assert.Equal(["/requireApprovalOver"], Fields(Good with { RequireApprovalOver = null, ApprovalTiers = [new(100, 2)] }));
        Assert.Equal(["/approvalTiers/0/over"], Fields(asks with { ApprovalTiers = [new(99, 2)] }));
        Assert.Equal(["/approvalTiers/1/over"], Fields(asks with { ApprovalTiers = [new(200, 2), new(200, 3)] }));
        Assert.Equal(["/approvalTiers/0/approvals"], Fields(asks with { ApprovalTiers = [new(200, 1)] }));
        Assert.Equal(["/approvalTiers/0/approvals"], Fields(asks with { ApprovalTiers = [new(200, 6)] }));
        Assert.Equal(["/approvalTiers/1/approvals"], Fields(asks with { ApprovalTiers = [new(200, 3), new(300, 3)] }));
    }

    [Fact]
    public void how_many_people_a_policy_can_ask_for_counts_only_what_can_be_reached()
    {
        var tiers = Good with { MaxSingleAmount = null, RequireApprovalOver = 100, ApprovalTiers = [new(200, 2), new(300, 3)] };
        Assert.Equal(3, tiers.ApprovalsMost);
        Assert.Equal(2, (tiers with { MaxSingleAmount = 300 }).ApprovalsMost);
        Assert.Equal(1, (tiers with { MaxSingleAmount = 200 }).ApprovalsMost);
        Assert.Equal(0, (tiers with { MaxSingleAmount = 100 }).ApprovalsMost);
        Assert.Equal(0, (tiers with { RequireApprovalOver = null, ApprovalTiers = [] }).ApprovalsMost);
    }

    [Theory]
    [InlineData("OpenAI.com", "openai.com.")]
    [InlineData("bca", "BCA:*")]
    public void one_entry_on_both_lists_is_a_contradiction_in_any_spelling(string allowed, string blocked) =>
        Assert.Equal(["/blockedMerchants"], Fields(Good with { AllowedMerchants = [allowed], BlockedMerchants = [blocked] }));

    [Fact]
    public void lists_are_stored_as_the_rules_read_them() =>
        Assert.Equal(["bca", "café"],
            PolicyCheck.Normalised(Good with { AllowedMerchants = ["BCA:*", "bca", " Café "] }).AllowedMerchants);
}

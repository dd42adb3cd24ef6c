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

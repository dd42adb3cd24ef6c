using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

public sealed class PolicyEngineTests
{
    private static readonly DateTimeOffset At = new(2026, 7, 1, 12, 0, 30, TimeSpan.Zero);

    private static Policy NewPolicy(byte id = 1) =>
        new() { Id = new PolicyId(new Guid(id, 0, 0, new byte[8])), Version = 1, Name = "Global", Currency = "IDR" };

    private static Instruction Spend(long amount, string? merchant = "api.openai.com", string? category = "software") =>
        new(DisbursementKind.AgentSpend, PrincipalKind.Agent, amount, "IDR")
        {
            AgentId = "shopper",
            Merchant = merchant,
            Category = category,
        };

    private static Usage Unused(PolicyId id) => UsageRules.Start(id, At, TimeZoneInfo.Utc);

    private static Usage Spent(PolicyId id, long held, long used)
    {
        var start = Unused(id);
        return start with { Day = start.Day with { Held = held, Used = used }, Month = start.Month with { Held = held, Used = used } };
    }

    private static string Reason(Policy policy, Instruction instruction, Func<PolicyId, Usage>? usage = null) =>
        PolicyEngine.Decide(instruction, [policy], usage ?? Unused, At).Reason;

    [Fact]
    public void without_a_policy_an_agent_spends_nothing_and_other_kinds_are_free()
    {
        Assert.Equal(("NO_ACTIVE_POLICY", Verdict.Deny),
            (PolicyEngine.Decide(Spend(1), [], Unused, At) is var d ? (d.Reason, d.Verdict) : default));
        Assert.Equal("NO_ACTIVE_POLICY", Reason(NewPolicy() with { Active = false }, Spend(1)));
        Assert.Equal("NO_ACTIVE_POLICY", Reason(NewPolicy() with { Currency = "USD" }, Spend(1)));
        Assert.Equal("OK", Reason(NewPolicy() with { MaxSingleAmount = 1 }, Spend(9) with { Kind = DisbursementKind.MoneyTransfer }));
    }

    [Theory]
    [InlineData(100, "OK")]
    [InlineData(101, "EXCEEDS_SINGLE_LIMIT")]
    public void refuses_one_transaction_above_the_limit(long amount, string reason) =>
        Assert.Equal(reason, Reason(NewPolicy() with { MaxSingleAmount = 100 }, Spend(amount)));

    [Theory]
    [InlineData(40, "OK")]
    [InlineData(41, "EXCEEDS_DAILY_LIMIT")]
    public void refuses_when_the_sum_of_the_day_would_pass_the_limit(long amount, string reason) =>
        Assert.Equal(reason, Reason(NewPolicy() with { DailyLimit = 100 }, Spend(amount), id => Spent(id, held: 25, used: 35)));

    [Theory]
    [InlineData(40, "OK")]
    [InlineData(41, "EXCEEDS_MONTHLY_LIMIT")]
    public void refuses_when_the_sum_of_the_month_would_pass_the_limit(long amount, string reason) =>
        Assert.Equal(reason, Reason(NewPolicy() with { MonthlyLimit = 100 }, Spend(amount), id => Spent(id, held: 25, used: 35)));

    [Theory]
    [InlineData(2, "OK")]
    [InlineData(3, "VELOCITY_LIMIT_MINUTE")]
    public void refuses_the_transaction_after_the_last_of_the_minute(int count, string reason) =>
        Assert.Equal(reason,
            Reason(NewPolicy() with { MaxTransactionsPerMinute = 3 }, Spend(1), id => Unused(id) with { MinuteCount = count }));

    [Theory]
    [InlineData(2, "OK")]
    [InlineData(3, "VELOCITY_LIMIT_HOUR")]
    public void refuses_the_transaction_after_the_last_of_the_hour(int count, string reason) =>
        Assert.Equal(reason,
            Reason(NewPolicy() with { MaxTransactionsPerHour = 3 }, Spend(1), id => Unused(id) with { HourCount = count }));

    [Theory]
    [InlineData(50, Verdict.Allow, "OK")]
    [InlineData(51, Verdict.RequireApproval, "REQUIRES_APPROVAL")]
    public void asks_for_approval_above_the_threshold_only(long amount, Verdict verdict, string reason)
    {
        var decision = PolicyEngine.Decide(Spend(amount), [NewPolicy() with { RequireApprovalOver = 50 }], Unused, At);
        Assert.Equal((verdict, reason), (decision.Verdict, decision.Reason));
    }

    [Fact]
    public void a_cap_at_the_edge_of_long_denies_and_does_not_wrap()
    {
        var policy = NewPolicy() with { DailyLimit = Money.Max };
        Assert.Equal("EXCEEDS_DAILY_LIMIT", Reason(policy, Spend(Money.Max), id => Spent(id, held: long.MaxValue, used: 0)));
        Assert.Equal("EVALUATION_ERROR", Reason(policy, Spend(Money.Max), id => Spent(id, held: long.MaxValue, used: 1)));
    }

    [Theory]
    [InlineData("api.openai.com", "BLOCKED_MERCHANT")]
    [InlineData(" API.OpenAI.com. ", "BLOCKED_MERCHANT")]
    [InlineData("аpi.οpenai.com", "BLOCKED_MERCHANT")]
    [InlineData("xn--pi-6kc.openai.com", "BLOCKED_MERCHANT")]
    [InlineData("ａｐｉ.openai。com", "BLOCKED_MERCHANT")]
    [InlineData("api\u200B.openai.com", "EVALUATION_ERROR")]
    [InlineData("openai.com", "OK")]
    [InlineData(null, "OK")]
    public void a_blocked_merchant_stays_blocked_in_every_disguise(string? merchant, string reason) =>
        Assert.Equal(reason, Reason(NewPolicy() with { BlockedMerchants = ["api.openai.com"] }, Spend(1, merchant)));

    [Theory]
    [InlineData("API.openai.com.", "OK")]
    [InlineData("аpi.openai.com", "MERCHANT_NOT_ALLOWED")]
    [InlineData("xn--pi-6kc.openai.com", "MERCHANT_NOT_ALLOWED")]
    [InlineData("evil.com", "MERCHANT_NOT_ALLOWED")]
    [InlineData(null, "MERCHANT_NOT_ALLOWED")]
    [InlineData(" ", "MERCHANT_NOT_ALLOWED")]
    public void a_look_alike_is_never_let_in_by_an_allow_list(string? merchant, string reason) =>
        Assert.Equal(reason, Reason(NewPolicy() with { AllowedMerchants = ["api.openai.com"] }, Spend(1, merchant)));

    [Theory]
    [InlineData("bca", "bca:1234567890", true)]
    [InlineData("BCA:*", "bca:1234567890", true)]
    [InlineData("bca:1234567890", "bca:1234567890", true)]
    [InlineData("bca:1234567890", "bca:1234567891", false)]
    [InlineData("bca", "bca_syr:1234567890", false)]
    public void a_bank_stands_for_all_its_accounts_and_an_account_for_itself(string entry, string destination, bool matches)
    {
        Assert.Equal(matches ? "OK" : "MERCHANT_NOT_ALLOWED",
            Reason(NewPolicy() with { AllowedMerchants = [entry] }, Spend(1, destination)));
        Assert.Equal(matches ? "BLOCKED_MERCHANT" : "OK", Reason(NewPolicy() with { BlockedMerchants = [entry] }, Spend(1, destination)));
    }

    [Fact]
    public void the_block_list_beats_the_allow_list()
    {
        var policy = NewPolicy() with { AllowedMerchants = ["bca"], BlockedMerchants = ["bca:1"] };
        Assert.Equal(("BLOCKED_MERCHANT", "OK"), (Reason(policy, Spend(1, "bca:1")), Reason(policy, Spend(1, "bca:2"))));
    }

    [Theory]
    [InlineData("Café", "BLOCKED_CATEGORY")]
    [InlineData("games", "CATEGORY_NOT_ALLOWED")]
    [InlineData(null, "CATEGORY_NOT_ALLOWED")]
    [InlineData("Software ", "OK")]
    public void categories_are_compared_without_case(string? category, string reason) =>
        Assert.Equal(reason,
            Reason(NewPolicy() with { BlockedCategories = ["café"], AllowedCategories = ["software", "café"] }, Spend(1, "m", category)));

    [Fact]
    public void an_entry_that_is_no_key_denies_instead_of_guessing() =>
        Assert.Equal("EVALUATION_ERROR", Reason(NewPolicy() with { BlockedMerchants = ["\u202Eevil"] }, Spend(1)));

    [Fact]
    public void a_copy_of_a_policy_uses_its_own_list()
    {
        var before = NewPolicy() with { BlockedMerchants = ["a"] };
        var after = before with { BlockedMerchants = ["b"] };
        Assert.Equal(("OK", "BLOCKED_MERCHANT"), (Reason(after, Spend(1, "a")), Reason(after, Spend(1, "b"))));
    }

    [Fact]
    public void a_scope_concerns_only_what_every_present_list_names()
    {
        var policy = NewPolicy() with { Scope = new PolicyScope { Kinds = [DisbursementKind.AgentSpend], AgentIds = ["shopper"] } };
        Assert.True(PolicyEngine.Concerns(policy, Spend(1)));
        Assert.False(PolicyEngine.Concerns(policy, Spend(1) with { AgentId = "other" }));
        Assert.False(PolicyEngine.Concerns(policy, Spend(1) with { AgentId = null }));
        Assert.False(PolicyEngine.Concerns(policy, Spend(1) with { Kind = DisbursementKind.MoneyTransfer }));
        Assert.True(
            PolicyEngine.Concerns(policy with { Scope = new PolicyScope() }, Spend(1) with { Kind = DisbursementKind.MoneyTransfer }));
    }

    public static TheoryData<string> Failures =>
        ["usage throws", "other policy's usage", "day is over", "amount below one", "amount too large"];

    [Theory]
    [MemberData(nameof(Failures))]
    public void every_error_denies(string failure)
    {
        var amount = failure switch { "amount below one" => 0, "amount too large" => Money.Max + 1, _ => 1 };
        var decision = PolicyEngine.Decide(Spend(amount), [NewPolicy()], id => failure switch
        {
            "usage throws" => throw new TimeoutException(),
            "other policy's usage" => Unused(NewPolicy(9).Id),
            "day is over" => UsageRules.Start(id, At.AddDays(-1), TimeZoneInfo.Utc),
            _ => Unused(id),
        }, At);
        Assert.Equal((Verdict.Deny, "EVALUATION_ERROR"), (decision.Verdict, decision.Reason));
    }

    [Fact]
    public void the_first_failing_step_decides_whichever_policy_it_belongs_to()
    {
        var late = NewPolicy(1) with { DailyLimit = 1 };
        var early = NewPolicy(2) with { BlockedMerchants = ["api.openai.com"] };
        var asks = NewPolicy(3) with { RequireApprovalOver = 0 };
        Assert.Equal("BLOCKED_MERCHANT", PolicyEngine.Decide(Spend(5), [asks, late, early], Unused, At).Reason);
        Assert.Equal("EXCEEDS_DAILY_LIMIT", PolicyEngine.Decide(Spend(5), [asks, late], Unused, At).Reason);
        Assert.Equal("REQUIRES_APPROVAL", PolicyEngine.Decide(Spend(5), [asks, NewPolicy(4)], Unused, At).Reason);
    }

    [Fact]
    public void the_ten_steps_come_in_the_order_of_the_table()
    {
        (string Reason, Policy Fails)[] table =
        [
            ("BLOCKED_MERCHANT", NewPolicy() with { BlockedMerchants = ["api.openai.com"] }),
            ("BLOCKED_CATEGORY", NewPolicy() with { BlockedCategories = ["software"] }),
            ("MERCHANT_NOT_ALLOWED", NewPolicy() with { AllowedMerchants = ["tokopedia.com"] }),
            ("CATEGORY_NOT_ALLOWED", NewPolicy() with { AllowedCategories = ["office"] }),
            ("EXCEEDS_SINGLE_LIMIT", NewPolicy() with { MaxSingleAmount = 4 }),
            ("EXCEEDS_DAILY_LIMIT", NewPolicy() with { DailyLimit = 4 }),
            ("EXCEEDS_MONTHLY_LIMIT", NewPolicy() with { MonthlyLimit = 4 }),
            ("VELOCITY_LIMIT_MINUTE", NewPolicy() with { MaxTransactionsPerMinute = 1 }),
            ("VELOCITY_LIMIT_HOUR", NewPolicy() with { MaxTransactionsPerHour = 1 }),
            ("REQUIRES_APPROVAL", NewPolicy() with { RequireApprovalOver = 4 }),
        ];
        var policies = table.Select((row, n) => row.Fails with { Id = NewPolicy((byte)(90 - n)).Id }).ToList();
        foreach (var (reason, _) in table)
        {
            Assert.Equal(reason, PolicyEngine.Decide(Spend(5), policies, id => Unused(id) with { MinuteCount = 1, HourCount = 1 }, At).Reason);
            policies.RemoveAt(0);
        }
    }

    private static readonly FsCheck.Gen<Policy> AnyPolicy =
        from id in Gen.Choose(1, 200)
        from bits in Gen.Choose(0, 255)
        from limit in Gen.Choose(1, 100)
        select NewPolicy((byte)id) with
        {
            MaxSingleAmount = (bits & 1) != 0 ? limit : null,
            DailyLimit = (bits & 2) != 0 ? limit + 20 : null,
            MonthlyLimit = (bits & 4) != 0 ? limit + 30 : null,
            RequireApprovalOver = (bits & 8) != 0 ? limit / 2 : null,
            MaxTransactionsPerMinute = (bits & 16) != 0 ? 1 : null,
            BlockedMerchants = (bits & 224) == 224 ? ["api.openai.com"] : [],
        };

    private static readonly FsCheck.Gen<(List<Policy> Policies, int Amount)> AnyCase =
        from policies in AnyPolicy.ListOf() from amount in Gen.Choose(1, 150) select (policies.DistinctBy(p => p.Id).ToList(), amount);

    [Fact]
    public void the_order_of_policies_does_not_matter_and_the_same_question_has_the_same_answer() => Property.Holds(AnyCase, c =>
    {
        var first = PolicyEngine.Decide(Spend(c.Amount), c.Policies, id => Spent(id, 5, 5), At);
        var second = PolicyEngine.Decide(Spend(c.Amount), [.. c.Policies.AsEnumerable().Reverse()], id => Spent(id, 5, 5), At);
        Assert.Equal((first.Verdict, first.Reason), (second.Verdict, second.Reason));
        Assert.Equal(first.Rules, second.Rules);
    });

    [Fact]
    public void all_policies_together_allow_only_what_each_allows() => Property.Holds(AnyCase, c =>
    {
        Verdict Of(IReadOnlyList<Policy> policies) => PolicyEngine.Decide(Spend(c.Amount), policies, id => Spent(id, 5, 5), At).Verdict;
        var each = c.Policies.Select(p => Of([p])).ToList();
        var expected = each.Count == 0 || each.Contains(Verdict.Deny) ? Verdict.Deny
            : each.Contains(Verdict.RequireApproval) ? Verdict.RequireApproval : Verdict.Allow;
        Assert.Equal(expected, Of(c.Policies));
    });

    [Fact]
    public void a_larger_amount_is_never_better_off() => Property.Holds(AnyCase, c =>
    {
        static int Strictness(Verdict v) => v switch { Verdict.Allow => 0, Verdict.RequireApproval => 1, _ => 2 };
        int Of(long amount) => Strictness(PolicyEngine.Decide(Spend(amount), c.Policies, id => Spent(id, 5, 5), At).Verdict);
        Assert.True(Of(c.Amount) <= Of(c.Amount + 1) && Of(c.Amount) <= Of(c.Amount * 7L));
    });

    [Fact]
    public void what_a_decision_saw_decides_the_same_again() => Property.Holds(AnyCase, c =>
    {
        var first = PolicyEngine.Decide(Spend(c.Amount), c.Policies, id => Spent(id, 5, 5) with { MinuteCount = c.Amount % 2 }, At);
        var seen = first.Inputs.ToDictionary(i => i.Policy, i => i.ToUsage());
        var again = PolicyEngine.Decide(Spend(c.Amount), [.. c.Policies.Where(p => seen.ContainsKey(p.Id))], id => seen[id], At);
        Assert.Equal((first.Verdict, first.Reason, first.Quorum), (again.Verdict, again.Reason, again.Quorum));
        Assert.Equal(first.Rules, again.Rules);
    });

    [Fact]
    public void every_rule_consulted_is_explained_with_a_reset_that_lies_ahead()
    {
        var policy = NewPolicy() with { DailyLimit = 100, MonthlyLimit = 1000, MaxTransactionsPerMinute = 3, MaxTransactionsPerHour = 9 };
        var rules = PolicyEngine.Decide(Spend(10), [policy], id => Spent(id, 25, 35), At).Rules;
        Assert.Equal(["EXCEEDS_DAILY_LIMIT", "EXCEEDS_MONTHLY_LIMIT", "VELOCITY_LIMIT_MINUTE", "VELOCITY_LIMIT_HOUR"],
            rules.Select(r => r.Rule));
        Assert.All(rules, r => Assert.True(r.Outcome == "passed" && r.ResetsAt > At));
        Assert.Equal((100L, 60L, 40L), (rules[0].Limit, rules[0].Used, rules[0].Remaining));
        Assert.Equal(new DateTimeOffset(2026, 7, 2, 0, 0, 0, TimeSpan.Zero), rules[0].ResetsAt);
    }
}

using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>What people type into the policy form: amounts in the currency's own form, lists one entry a line, tiers in pairs.</summary>
internal sealed class PolicyForm(PagePost post)
{
    public const int TiersMax = ApprovalTier.ApprovalsMax - 1;

    private readonly List<FieldError> wrong = [];

    /// <summary>The fields as they were typed; a policy that exists keeps its currency.</summary>
    public Result<PolicyFields> Read(Policy? before)
    {
        var currency = Currency.TryGet(before?.Currency ?? post.Text("currency"), out var known) ? known : Currency.Idr;
        var fields = new PolicyFields(post.Text("name"), before?.Currency ?? post.Text("currency"))
        {
            MaxSingleAmount = Amount("maxSingleAmount", currency),
            DailyLimit = Amount("dailyLimit", currency),
            MonthlyLimit = Amount("monthlyLimit", currency),
            RequireApprovalOver = Amount("requireApprovalOver", currency, orZero: true),
            ApprovalTiers = Tiers(currency),
            MaxTransactionsPerMinute = Count("maxTransactionsPerMinute"),
            MaxTransactionsPerHour = Count("maxTransactionsPerHour"),
            AllowedMerchants = post.Lines("allowedMerchants"),
            BlockedMerchants = post.Lines("blockedMerchants"),
            AllowedCategories = post.Lines("allowedCategories"),
            BlockedCategories = post.Lines("blockedCategories"),
            Scope = Scope(),
            Active = post.Form.ContainsKey("active"),
        };
        return wrong.Count == 0 ? fields : Errors.Invalid([.. wrong]);
    }

    private long? Amount(string name, Currency currency, bool orZero = false)
    {
        if (post.TextOrNull(name) is not { } text) return null;
        if (orZero && text == "0") return 0;
        if (MoneyInput.TryParse(text, currency, out var money)) return money.Minor;
        var sample = MoneyText.Digits(new Money(125_000_000, currency));
        wrong.Add(new FieldError("/" + name.Replace('.', '/'), "invalid", $"Write an amount in {currency.Code}, such as {sample}."));
        return null;
    }

    private int? Count(string name)
    {
        if (post.TextOrNull(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count;
        wrong.Add(new FieldError("/" + name, "invalid", "Write a whole number."));
        return null;
    }

    /// <summary>The pairs that are filled in, in their order.</summary>
    private List<ApprovalTier> Tiers(Currency currency)
    {
        var tiers = new List<ApprovalTier>();
        for (var i = 0; i < TiersMax; i++)
            if (Amount($"approvalTiers.{i}.over", currency) is { } over)
                tiers.Add(new ApprovalTier(over, int.TryParse(post.Text($"approvalTiers.{i}.approvals"), out var people) ? people : 0));
        return tiers;
    }

    private PolicyScope? Scope()
    {
        var kinds = Chosen<DisbursementKind>("scope.kinds");
        if (kinds.Count == 0) wrong.Add(new FieldError("/scope/kinds", "required", "Choose at least one."));
        var scope = new PolicyScope
        {
            Kinds = kinds.Count == Enum.GetValues<DisbursementKind>().Length ? null : kinds,
            Principals = OrAll(Chosen<PrincipalKind>("scope.principals")),
            AgentIds = OrAll(post.Lines("scope.agentIds")),
            KeyIds = OrAll(Values("scope.keyIds")),
            HandleIds = OrAll(Values("scope.handleIds")),
        };
        // Every agent spend and nothing else is what a policy without a scope concerns.
        return scope is { Kinds: [DisbursementKind.AgentSpend], Principals: null, AgentIds: null, KeyIds: null, HandleIds: null }
            ? null : scope;
    }

    private List<TEnum> Chosen<TEnum>(string name) where TEnum : struct, Enum =>
        [.. Values(name).Where(v => Json.TryParse<TEnum>(v, out _)).Select(Json.Parse<TEnum>)];

    private List<string> Values(string name) => [.. post.Form[name].Where(v => !string.IsNullOrEmpty(v)).Select(v => v!).Distinct()];

    private static IReadOnlyList<T>? OrAll<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}

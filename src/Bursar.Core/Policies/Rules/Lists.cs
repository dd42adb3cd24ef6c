namespace Bursar.Core.Policies.Rules;

/// <summary>Block lists beat allow lists; an allow list that is set refuses what names no merchant or category.</summary>
internal static class Lists
{
    public static readonly Rule BlockedMerchant = Deny("BLOCKED_MERCHANT", p => p.BlockedMerchants, c => !Contains(c.Policy.BlockedMerchants, c.Merchant));
    public static readonly Rule BlockedCategory = Deny("BLOCKED_CATEGORY", p => p.BlockedCategories, c => !Contains(c.Policy.BlockedCategories, c.Category));
    public static readonly Rule AllowedMerchant = Deny("MERCHANT_NOT_ALLOWED", p => p.AllowedMerchants, c => Contains(c.Policy.AllowedMerchants, c.Merchant));
    public static readonly Rule AllowedCategory = Deny("CATEGORY_NOT_ALLOWED", p => p.AllowedCategories, c => Contains(c.Policy.AllowedCategories, c.Category));

    private static Rule Deny(string reason, Func<Policy, IReadOnlyList<string>> list, Func<Case, bool> passes) =>
        new(reason, Verdict.Deny, p => list(p).Count > 0, passes, _ => default);

    private static bool Contains(IReadOnlyList<string> entries, string? value)
    {
        if (value is null) return false;
        for (var i = 0; i < entries.Count; i++)
            if (MerchantKey.Matches(entries[i], value)) return true;
        return false;
    }
}

namespace Bursar.Core.Policies.Rules;

/// <summary>Block lists beat allow lists; an allow list that is set refuses what names no merchant or category.</summary>
internal static class Lists
{
    public static readonly Rule BlockedMerchant = Deny(
        "BLOCKED_MERCHANT", p => p.MerchantsBlocked, c => !c.Policy.MerchantsBlocked.HasLookAlike(c.Merchant));
    public static readonly Rule BlockedCategory = Deny(
        "BLOCKED_CATEGORY", p => p.CategoriesBlocked, c => !c.Policy.CategoriesBlocked.HasLookAlike(c.Category));
    public static readonly Rule AllowedMerchant = Deny(
        "MERCHANT_NOT_ALLOWED", p => p.MerchantsAllowed, c => c.Policy.MerchantsAllowed.HasExactly(c.Merchant));
    public static readonly Rule AllowedCategory = Deny(
        "CATEGORY_NOT_ALLOWED", p => p.CategoriesAllowed, c => c.Policy.CategoriesAllowed.HasExactly(c.Category));

    private static Rule Deny(string reason, Func<Policy, KeyList> list, Func<Case, bool> passes) =>
        new(reason, Verdict.Deny, p => list(p).IsSet, passes, _ => default);
}

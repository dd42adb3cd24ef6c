using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Core.Policies;

/// <summary>Loud validation when a policy is saved; evaluation later fails closed.</summary>
public static class PolicyCheck
{
    private const int ListMax = 500;

    public static IReadOnlyList<FieldError> Validate(Policy policy)
    {
        var errors = new List<FieldError>();
        if (PlainText.Problem(policy.Name, 1, 80) is { } problem) errors.Add(new("/name", "invalid", problem));
        if (!Currency.TryGet(policy.Currency, out _)) errors.Add(new("/currency", "currency_unsupported", "This currency is not known."));
        Amount(policy.MaxSingleAmount, "/maxSingleAmount");
        Amount(policy.DailyLimit, "/dailyLimit");
        Amount(policy.MonthlyLimit, "/monthlyLimit");
        if (policy.RequireApprovalOver is < 0 or > Money.Max)
            errors.Add(new("/requireApprovalOver", "amount_out_of_range", $"From 0 to {Money.Max}."));
        Count(policy.MaxTransactionsPerMinute, "/maxTransactionsPerMinute");
        Count(policy.MaxTransactionsPerHour, "/maxTransactionsPerHour");
        errors.AddRange(Tiers(policy));
        Lists(policy.AllowedMerchants, policy.BlockedMerchants, "/allowedMerchants", "/blockedMerchants");
        Lists(policy.AllowedCategories, policy.BlockedCategories, "/allowedCategories", "/blockedCategories");
        NotEmpty(policy.Scope?.Principals, "/scope/principals");
        NotEmpty(policy.Scope?.AgentIds, "/scope/agentIds");
        NotEmpty(policy.Scope?.KeyIds, "/scope/keyIds");
        NotEmpty(policy.Scope?.HandleIds, "/scope/handleIds");
        NotEmpty(policy.Scope?.Kinds, "/scope/kinds");
        Named(policy.Scope?.AgentIds, "/scope/agentIds", id => PlainText.Problem(id, 1, 100) is null);
        Named(policy.Scope?.KeyIds, "/scope/keyIds", id => ApiKeyId.TryParse(id, out _));
        Named(policy.Scope?.HandleIds, "/scope/handleIds", id => HandleId.TryParse(id, out _));
        if (policy.Scope?.Principals?.Contains(PrincipalKind.System) == true)
            errors.Add(new("/scope/principals", "invalid", "Agents, API keys and members ask; nobody else does."));
        return errors;

        void Amount(long? value, string field)
        {
            if (value is < 1 or > Money.Max)
                errors.Add(new(field, "amount_out_of_range", $"From 1 to {Money.Max}, or empty for no limit."));
        }

        void Count(int? value, string field)
        {
            if (value < 1) errors.Add(new(field, "invalid", "At least 1, or empty for no limit."));
        }

        void Lists(IReadOnlyList<string> allowed, IReadOnlyList<string> blocked, string allowedField, string blockedField)
        {
            foreach (var (list, field) in new[] { (allowed, allowedField), (blocked, blockedField) })
            {
                if (list.Count > ListMax) errors.Add(new(field, "too_many", $"Up to {ListMax} entries."));
                for (var i = 0; i < Math.Min(list.Count, ListMax); i++)
                    if (!KeyList.TryKey(list[i], out _))
                        errors.Add(new($"{field}/{i}", "invalid", "It is empty, too long or holds characters that cannot be seen."));
            }
            // Compared as the rules compare: "OpenAI" on one list and "openai" on the other contradict each other.
            if (Keys(allowed).Intersect(Keys(blocked)).Any())
                errors.Add(new(blockedField, "contradiction", "The same entry is allowed and blocked."));
        }

        void NotEmpty<T>(IReadOnlyList<T>? list, string field)
        {
            if (list is { Count: 0 }) errors.Add(new(field, "invalid", "A list that is present names at least one; leave it out for all."));
            if (list?.Count > ListMax) errors.Add(new(field, "too_many", $"Up to {ListMax} entries."));
        }

        void Named(IReadOnlyList<string>? ids, string field, Func<string, bool> isName)
        {
            for (var i = 0; i < Math.Min(ids?.Count ?? 0, ListMax); i++)
                if (!isName(ids![i])) errors.Add(new($"{field}/{i}", "invalid", "This is no id."));
        }
    }

    /// <summary>Tiers rise in amount and in people, from the threshold on: whoever reads them from the top meets no surprise.</summary>
    private static IEnumerable<FieldError> Tiers(Policy policy)
    {
        if (policy.ApprovalTiers.Count == 0) yield break;
        if (policy.RequireApprovalOver is not { } over)
        {
            yield return new("/requireApprovalOver", "required", "Tiers need an approval threshold to begin from.");
            yield break;
        }
        var people = 1;
        for (var i = 0; i < policy.ApprovalTiers.Count; i++)
        {
            var tier = policy.ApprovalTiers[i];
            // The first may begin at the threshold itself: then one person is never enough.
            if (tier.Over is < 0 or > Money.Max || (i == 0 ? tier.Over < over : tier.Over <= over))
                yield return new($"/approvalTiers/{i}/over", "amount_out_of_range",
                    "From the threshold on, each tier above the one before it.");
            if (tier.Approvals is < 2 or > ApprovalTier.ApprovalsMax || tier.Approvals <= people)
                yield return new($"/approvalTiers/{i}/approvals", "out_of_range", "2 to 5 people, each tier more than the one before it.");
            (over, people) = (tier.Over, tier.Approvals);
        }
    }

    /// <summary>The policy with its lists in the spelling that the rules compare.</summary>
    public static Policy Normalised(Policy policy) => policy with
    {
        AllowedMerchants = Keys(policy.AllowedMerchants),
        BlockedMerchants = Keys(policy.BlockedMerchants),
        AllowedCategories = Keys(policy.AllowedCategories),
        BlockedCategories = Keys(policy.BlockedCategories),
    };

    private static string[] Keys(IReadOnlyList<string> entries) =>
        [.. entries.Select(entry => KeyList.TryKey(entry, out var key) ? key : entry).Distinct()];
}

using Bursar.Core.Results;

namespace Bursar.Platform.Webhooks;

/// <summary>Which events an endpoint hears: names, or all of a family as <c>transfer.*</c>; a product stands for its families.</summary>
public static class EventFilters
{
    public static readonly IReadOnlyDictionary<string, string[]> Products = new Dictionary<string, string[]>
    {
        ["account_inquiry"] = ["account_inquiry.*"],
        ["money_transfer"] = ["transfer.*", "batch.*"],
        ["international_transfer"] = ["international_transfer.*"],
        ["accept_payment"] = ["payment.*", "settlement.*"],
        ["token_purchase"] = ["purchase.*"],
        ["token_withdrawal"] = ["withdrawal.*"],
        ["approvals"] = ["approval.*"],
        ["bank_status"] = ["bank.*"],
    };

    private static readonly string[] Families =
    [
        "account_inquiry", "transfer", "international_transfer", "withdrawal", "batch", "top_up", "payment", "settlement",
        "purchase", "approval", "spend", "anomaly", "agent", "bank", "member", "key", "policy", "handle", "export", "invoice",
        "webhook_endpoint", "test",
    ];

    public static bool Hears(IReadOnlyList<string> filters, string type)
    {
        if (filters.Count == 0) return true;
        foreach (var filter in filters)
            if (filter == type
                || (filter.EndsWith(".*", StringComparison.Ordinal)
                    && type.StartsWith(filter.AsSpan(0, filter.Length - 1), StringComparison.Ordinal)))
                return true;
        return false;
    }

    /// <summary>The filters of a request: its own, else those of its product, else everything.</summary>
    public static Result<string[]> Parse(IReadOnlyList<string>? events, string? product)
    {
        if (product is not null && !Products.ContainsKey(product))
            return Errors.Field("/product", "unknown", $"One of {string.Join(", ", Products.Keys)}.");
        if (events is null or { Count: 0 }) return product is null ? [] : Products[product];
        if (events.Count > 100 || events.Any(e => e.Length > 60 || !Families.Contains(e.Split('.')[0]) || e.Split('.').Length != 2))
            return Errors.Field("/events", "unknown", "Names of events such as transfer.succeeded, or transfer.*.");
        return events.Distinct().ToArray();
    }
}

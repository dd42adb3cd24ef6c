using System.Text;
using System.Text.Json;
using Bursar.Core.Currencies;
using Bursar.Platform.Ui;

namespace Bursar.Platform.Webhooks;

/// <summary>
/// One readable line per event, so that chat tools can take the body as it is: "Transfer of Rp 1.250.000 to bca 1234567890 succeeded".
/// Made of the event's own data, hence the same at every attempt.
/// </summary>
public static class WebhookText
{
    /// <summary>What happened, where the event's own word does not read well behind its subject.</summary>
    private static readonly Dictionary<string, string> Happened = new(StringComparer.Ordinal)
    {
        ["pending_approval"] = "waits for approval",
        ["approved"] = "was approved",
        ["rejected"] = "was rejected",
        ["cancelled"] = "was cancelled",
        ["unknown"] = "has no answer from the bank yet",
        ["reversed"] = "was returned",
        ["mismatch"] = "got another amount than asked for",
        ["paid"] = "was paid",
        ["refunded"] = "was refunded",
        ["credited"] = "was credited",
        ["created"] = "was created",
        ["changed"] = "was changed",
        ["archived"] = "was archived",
        ["cap_warning"] = "has reached 80 % of a cap",
        ["secret_rotated"] = "has a new signing secret",
        ["revoked"] = "was revoked",
        ["replaced"] = "was replaced",
        ["paused"] = "is paused: it failed for days",
        ["disabled"] = "is switched off: it answered 410",
        ["added"] = "was added",
        ["removed"] = "was removed",
        ["invited"] = "was invited",
        ["invitation_revoked"] = "is no longer invited",
        ["issued"] = "was issued",
        ["role_changed"] = "has a new role",
        ["status_changed"] = "has a new status",
        ["pending"] = "is asked for",
        ["opened"] = "was found",
        ["resolved"] = "was resolved",
        ["frozen"] = "was frozen",
        ["unfrozen"] = "may spend again",
        ["decided"] = "was decided",
        ["executed"] = "was executed",
        ["receipt_recorded"] = "has its receipt",
    };

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["key"] = "API key",
        ["handle"] = "Payment handle",
        ["top_up"] = "Top-up",
        ["webhook_endpoint"] = "Webhook endpoint",
    };

    public static string Of(string type, JsonElement data)
    {
        if (type == Endpoints.TestEvent) return "Test from Bursar: this endpoint is reached";
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        var (family, word) = dot < 0 ? (type, "") : (type[..dot], type[(dot + 1)..]);
        var text = new StringBuilder(Named.GetValueOrDefault(family) ?? Sentence(family));
        if (data.ValueKind == JsonValueKind.Object) Describe(text, data, incoming: family is "top_up" or "payment" or "purchase");
        if (type == "approval.resolved") return text.Append(Resolution(data)).ToString();
        if (word.Length > 0) text.Append(' ').Append(Happened.GetValueOrDefault(word) ?? word.Replace('_', ' '));
        if (word == "failed" && Field(data, "failureReason") is { } reason) text.Append(": ").Append(reason);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, JsonElement data, bool incoming)
    {
        if (Amount(data) is { } amount) text.Append(" of ").Append(amount);
        // The account of incoming money is our own: naming it would read as if it went out.
        if (incoming) return;
        if (Field(data, "accountNumber") is { } account && Field(data, "bankCode") is { } bank)
            text.Append(" to ").Append(bank).Append(' ').Append(account);
        else if ((Field(data, "beneficiary") ?? Field(data, "beneficiaryName") ?? Field(data, "merchant")) is { } to)
            text.Append(" to ").Append(to);
        else if ((Field(data, "name") ?? Field(data, "email") ?? Field(data, "title") ?? Field(data, "host")) is { } name)
            text.Append(' ').Append(name);
        else if (Field(data, "agentId") is { } agent)
            text.Append(Field(data, "kind") is { } kind ? $" {kind} of " : " ").Append(agent);
        else if (data.TryGetProperty("all", out var all) && all.ValueKind == JsonValueKind.True) text.Append(" (all)");
    }

    private static string Resolution(JsonElement data) => Field(data, "state") switch
    {
        "approved" => " was given" + By(data),
        "rejected" => " was refused" + By(data),
        { } state => " " + (Happened.GetValueOrDefault(state) ?? state.Replace('_', ' ')),
        null => " was resolved",
    };

    private static string By(JsonElement data) => Field(data, "resolvedBy") is { } who ? $" by {who}" : "";

    private static string? Amount(JsonElement data)
    {
        if (!data.TryGetProperty("amount", out var amount)
            || amount.ValueKind != JsonValueKind.Number
            || !amount.TryGetInt64(out var minor)) return null;
        if (Field(data, "currency") is not { } code || !Currency.TryGet(code, out var currency)) return null;
        // Chat tools break lines anyway: a plain space is what people search for.
        return MoneyText.Full(new Money(minor, currency)).Replace('\u00A0', ' ');
    }

    private static string? Field(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Sentence(string family) =>
        family.Length == 0 ? family : char.ToUpperInvariant(family[0]) + family[1..].Replace('_', ' ');
}

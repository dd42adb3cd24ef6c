using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>How the policy pages name things.</summary>
internal static class PolicyWords
{
    public static readonly Option[] Kinds =
    [
        new(Json.Name(DisbursementKind.AgentSpend), "Agent spends"), new(Json.Name(DisbursementKind.MoneyTransfer), "Money transfers"),
        new(Json.Name(DisbursementKind.InternationalTransfer), "International transfers"),
        new(Json.Name(DisbursementKind.TokenWithdrawal), "Token withdrawals"), new(Json.Name(DisbursementKind.Refund), "Refunds"),
    ];

    public static readonly Option[] Principals =
    [
        new(Json.Name(PrincipalKind.Agent), "Agents"), new(Json.Name(PrincipalKind.ApiKey), "API keys"),
        new(Json.Name(PrincipalKind.Member), "People"),
    ];

    public static readonly Option[] Currencies = [.. Currency.Known.Select(c => new Option(c.Code, c.Code))];

    public static string State(PolicyResource p) =>
        p.Archived ? "Archived" : !p.Active ? "Off" : p.Warnings.Count > 0 ? "Active, look at it" : "Active";

    /// <summary>Whom it concerns, in the page's language.</summary>
    public static string Scope(Policy p)
    {
        if (p.Scope is not { } scope) return T("Agent spends");
        var parts = new List<string>
        {
            scope.Kinds is null ? T("Everything") : string.Join(", ", scope.Kinds.Select(k => Label(Kinds, Json.Name(k)))),
        };
        if (scope.Principals is { } asks) parts.Add(string.Join(", ", asks.Select(a => Label(Principals, Json.Name(a)))));
        if (scope.AgentIds is { } agents) parts.Add(agents.Count == 1 ? agents[0] : T($"{agents.Count} agents"));
        if (scope.KeyIds is { } keys) parts.Add(T($"{keys.Count} keys"));
        if (scope.HandleIds is { } handles) parts.Add(T($"{handles.Count} handles"));
        return string.Join(" · ", parts);
    }

    private static string Label(Option[] options, string value) => T(options.FirstOrDefault(o => o.Value == value)?.Label ?? value);

    public static string Member(string name) => name switch
    {
        "name" => "Name",
        "currency" => "Currency",
        "maxSingleAmount" => "Per-transaction limit",
        "dailyLimit" => "Daily cap",
        "monthlyLimit" => "Monthly cap",
        "requireApprovalOver" => "Approval threshold",
        "approvalTiers" => "Approval tiers",
        "maxTransactionsPerMinute" => "Transactions per minute",
        "maxTransactionsPerHour" => "Transactions per hour",
        "allowedMerchants" => "Allowed merchants",
        "blockedMerchants" => "Blocked merchants",
        "allowedCategories" => "Allowed categories",
        "blockedCategories" => "Blocked categories",
        "scope" => "Concerns",
        "active" => "Active",
        _ => name,
    };

    /// <summary>A member's value as people read it: amounts in the policy's currency, lists with commas.</summary>
    public static string Value(string member, JsonNode? value, Currency currency) => (member, value) switch
    {
        (_, null) => "–",
        ("maxSingleAmount" or "dailyLimit" or "monthlyLimit" or "requireApprovalOver", _) =>
            MoneyText.Full(new Money(value.GetValue<long>(), currency)),
        ("active", _) => T(value.GetValue<bool>() ? "On" : "Off"),
        ("approvalTiers", JsonArray tiers) => string.Join(", ", tiers.Select(t =>
            T($"{t!["approvals"]!.GetValue<int>()} people above {MoneyText.Full(new Money(t["over"]!.GetValue<long>(), currency))}"))),
        (_, JsonArray list) => string.Join(", ", list.Select(v => v!.ToString())),
        (_, JsonValue single) => single.ToString(),
        _ => value.ToJsonString(),
    };

    public static string Act(PolicyVersion v) => v.Act switch
    {
        "created" => T("Created"),
        "archived" => T("Archived"),
        "restored" => T($"Version {v.RestoredFrom ?? 0} restored"),
        _ => T("Changed"),
    };
}

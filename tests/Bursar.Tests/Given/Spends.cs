using System.Net;
using System.Text.Json.Nodes;

namespace Bursar.Tests.Given;

/// <summary>What agents ask of a workspace.</summary>
public static class Spends
{
    public static object SpendBody(
        long amount = 50_000, string agent = "shopper", string merchant = "tokopedia.com", string currency = "IDR") =>
        new { agentId = agent, amount, currency, merchant, reason = "Printer paper" };

    public static Task<Answer> Spend(
        this Workspace w, long amount = 50_000, string agent = "shopper", string merchant = "tokopedia.com", string? key = null) =>
        w.Api.Post("/v1/spend-requests", SpendBody(amount, agent, merchant), key);

    public static object ReceiptBody(
        long amount, string transaction, string currency = "IDR", string? merchant = null, string? sat = null) =>
        new
        {
            sat,
            railId = "stripe",
            providerTransactionId = transaction,
            actualAmount = amount,
            actualCurrency = currency,
            actualMerchant = merchant,
        };

    /// <summary>What the agent reports of an allowed spend, with its token.</summary>
    public static Task<Answer> Receipt(
        this Workspace w, Answer spend, long amount, string? transaction = null, string currency = "IDR", string? merchant = null) =>
        w.Api.Post($"/v1/spend-requests/{spend.Text("spendRequestId")}/receipt",
            ReceiptBody(amount, transaction ?? $"pi_{Guid.CreateVersion7():N}", currency, merchant, spend.Json["sat"]?.GetValue<string>()));

    /// <summary>The anomaly of a kind, once it is there.</summary>
    public static async Task<JsonNode> Anomaly(this Workspace w, string kind)
    {
        for (var i = 0; i < 200; i++)
        {
            if ((await w.Api.Get($"/v1/anomalies?kind={kind}")).Json["data"]!.AsArray() is [{ } found]) return found;
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"no {kind} after 10 s");
    }

    /// <summary>A policy made by the Admin; returns its id.</summary>
    public static async Task<string> Policy(this Workspace w, object fields)
    {
        var admin = await w.AdminSession();
        await admin.StepUp();
        return (await admin.Post("/v1/policies", fields)).Is(HttpStatusCode.Created).Text("id");
    }

    /// <summary>A payment handle made by the workspace's key; returns its id.</summary>
    public static async Task<string> Handle(this Workspace w, object fields) =>
        (await w.Api.Post("/v1/handles", fields)).Is(HttpStatusCode.Created).Text("id");

    /// <summary>A key for agents alone; bound to these, or to none in particular.</summary>
    public static async Task<string> SpendKey(this Workspace w, params string[] agents)
    {
        var admin = await (await w.AdminSession()).StepUp();
        return (await admin.Post("/v1/api-keys",
            new { name = "Agents", scope = "spend", agentIds = agents })).Is(HttpStatusCode.Created).Text("key");
    }
}

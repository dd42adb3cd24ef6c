using System.Net;

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
        return (await admin.Post("/v1/api-keys", new { name = "Agents", scope = "spend", agentIds = agents })).Is(HttpStatusCode.Created).Text("key");
    }
}

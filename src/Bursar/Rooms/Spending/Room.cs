using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Rooms.Spending.AgentCallbacks;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Execution;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Mcp;
using Bursar.Rooms.Spending.PolicyPages;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending;

/// <summary>What agents spend: rules, handles, requests and their tokens, receipts, agents themselves.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        HandleRoutes.Add(services);
        AgentRoutes.Add(services);
        SpendRoutes.Add(services);
        ReceiptRoutes.Add(services);
        PolicyRoutes.Add(services);
        services.AddSingleton<IConsumer, AgentCallbackConsumer>();
        SatRoutes.Add(services);
        ExecutionRoutes.Add(services);
        McpRoutes.Add(services);
    }

    public static void AddWorkers(IServiceCollection services)
    {
        SatRoutes.AddWorkers(services);
        services.AddHostedService<FlagMissingReceipts>();
        services.AddHostedService<MailCapWarnings>();
        services.AddHostedService<TellAgents>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        PolicyRoutes.Map(routes);
        HandleRoutes.Map(routes);
        AgentRoutes.Map(routes);
        SpendRoutes.Map(routes);
        ReceiptRoutes.Map(routes);
        SatRoutes.Map(routes);
        ExecutionRoutes.Map(routes);
        McpRoutes.Map(routes);
    }

    /// <summary>The verbs of <c>bursar sat-key</c>: the keys of a mode after <c>list</c>, <c>rotate</c> or <c>revoke</c> of one.</summary>
    public static Task<Result<object>> SatKeys(IServiceProvider services, string act, Mode mode, string? kid) =>
        services.GetRequiredService<SatKeyVerb>().Run(act, mode, kid);

    /// <summary>Demo agents; the Admin makes their rules, the key is theirs.</summary>
    public static Task MakeDemo(IServiceProvider services, Actor admin, Actor key) => DemoSpends.Make(services, admin, key);

    /// <summary>The tools of agents on standard input and output; the exit code.</summary>
    public static Task<int> ServeAgents(CancellationToken ct) => McpStdio.Run(ct);
}

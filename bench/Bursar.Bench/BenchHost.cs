using System.Globalization;
using Bursar.Bench.Reference;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Bursar.Rooms.Payouts.Transfers;
using Bursar.Rooms.Spending.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Bursar.Bench;

/// <summary>
/// The product in a process of its own, its workers off, with the same two handlers also behind other doors that post in other forms:
/// /bench/naive-N and /bench/one-trip-N over N connections, /bench/no-store without any.
/// </summary>
internal static class BenchHost
{
    public static readonly int[] Pools = [4, 8, 16, 64];

    public static async Task Run(int port, string folder, string connection, bool workers)
    {
        await using var database = new Database(connection);
        var builder = Parts(database, folder, $"http://127.0.0.1:{port}", workers);
        await using var app = Server.Pipeline(builder);
        var same = ActivatorUtilities.CreateInstance<SameDecision>(app.Services);
        foreach (var pool in Pools)
        {
            var source = Source(connection, pool);
            Map(app, $"naive-{pool}", new Naive(source, same));
            Map(app, $"one-trip-{pool}", new OneTrip(source, new Memory(source, same), same));
        }
        Map(app, "no-store", new NoStore(new Memory(database.Lane, same), same));
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }

    /// <summary>The product's handlers on another form of posting.</summary>
    private static void Map(WebApplication app, string form, IPosting posting)
    {
        var transfers = ActivatorUtilities.CreateInstance<CreateTransfer>(app.Services, posting);
        Map<CreateTransfer.Request, Transfer>(app, $"/bench/{form}/transfers", 201,
            (actor, request, key) => transfers.Handle(actor, request, key));
        var spends = ActivatorUtilities.CreateInstance<CreateSpendRequest>(app.Services, posting);
        Map<CreateSpendRequest.Request, CreateSpendRequest.Response>(app, $"/bench/{form}/spend-requests", 200, spends.Handle);
    }

    private static void Map<TRequest, TAnswer>(
        WebApplication app, string path, int status, Func<Actor, TRequest, IdempotencyKey, Task<Result<Answer<TAnswer>>>> handle)
        where TRequest : class where TAnswer : class => app.MapPost(path, (HttpContext http) => Api.Create(http, handle, status));

    /// <summary>With the lane's own settings, so that the planner serves all alike.</summary>
    private static NpgsqlDataSource Source(string connection, int pool) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
        {
            MaxPoolSize = pool,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
            SearchPath = "bursar,pg_temp",
            ApplicationName = string.Create(CultureInfo.InvariantCulture, $"bench {pool}"),
            Options = "-c role=bursar_engine -c plan_cache_mode=force_generic_plan "
                + "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c jit=off",
            Timeout = 60,
            CommandTimeout = 60,
        });

    /// <summary>
    /// The product's parts, mostly without its workers: what is measured is asking, and every form leaves the same work for later.
    /// </summary>
    public static WebApplicationBuilder Parts(Database database, string folder, string url, bool workers = false)
    {
        var builder = Server.Parts(database, Sealer.Open(Path.Combine(folder, "key"), create: true),
            new OutboundRules([], LoopbackInTest: true), new MessageSettings(Mailbox: true), url);
        if (workers) return builder;
        var ours = builder.Services.Where(s => s.ServiceType == typeof(IHostedService)
            && s.ImplementationType?.Namespace?.StartsWith("Bursar", StringComparison.Ordinal) == true).ToList();
        foreach (var worker in ours)
            builder.Services.Remove(worker);
        return builder;
    }
}

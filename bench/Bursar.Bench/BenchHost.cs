using System.Globalization;
using Bursar.Bench.Reference;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Outbound;
using Bursar.Rooms.Payouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bursar.Bench;

/// <summary>
/// The product in a process of its own, its workers off, with the same transfer also behind other doors: /bench/N/transfers posts in one
/// round trip over N connections, /bench/nostore/transfers answers without any store.
/// </summary>
internal static class BenchHost
{
    public static readonly int[] Pools = [4, 8, 16];

    public static async Task Run(int port, string folder, string connection, bool workers)
    {
        await using var database = new Database(connection);
        var builder = Parts(database, folder, $"http://127.0.0.1:{port}", workers);
        await using var app = Server.Pipeline(builder);
        var services = app.Services;
        var time = services.GetRequiredService<TimeProvider>();
        var create = services.GetRequiredService<CreateTransfer>();
        foreach (var pool in Pools)
        {
            var form = new OneTrip(connection, pool, services.GetRequiredService<FactCache>(), time);
            app.MapPost($"/bench/{pool.ToString(CultureInfo.InvariantCulture)}/transfers", (HttpContext http) =>
                Create(http, create, form.Post));
        }
        var none = new NoStore(time);
        app.MapPost("/bench/nostore/transfers", (HttpContext http) => Create(http, create, none.Post));
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }

    /// <summary>
    /// The product's parts, mostly without its workers: what is measured is asking, and both forms leave the same work for later.
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

    private static Task Create(HttpContext http, CreateTransfer create,
        Func<Core.Access.Actor, Order, IdempotencyKey, Task<Result<Answer<Transfer>>>> post) =>
        Api.Create<CreateTransfer.Request, Transfer>(http, async (actor, request, key) =>
        {
            var order = create.Parse(actor, request);
            return order.Ok ? await post(actor, order.Value, key) : order.Error;
        });
}

using System.Net;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Tests.Given;
using Bursar.Tests.Webhooks;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Data;

/// <summary>What docs/operating.md says is dropped is dropped then, not before, and nothing else is.</summary>
public sealed class HousekeepingTests
{
    private static readonly string[] Kept =
        ["journal", "ledger_transfers", "disbursements", "collections", "members", "api_keys", "webhook_endpoints"];

    [Fact]
    public async Task what_is_old_goes_when_its_time_has_come()
    {
        // A product of its own: its time moves on by months.
        await using var product = new Product();
        await product.InitializeAsync();
        await using var receiver = await Receiver.Start();
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var events = new[] { "transfer.succeeded" };
        var heard = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url, events })).Is(HttpStatusCode.Created);
        receiver.Secret = heard.Text("secret");
        var paused = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url + "?paused", events })).Is(HttpStatusCode.Created);
        (await w.Api.Patch($"/v1/webhook-endpoints/{paused.Text("id")}", new { state = "paused" })).Is(HttpStatusCode.OK);
        await w.AdminSession();
        var hello = new OutgoingMessage(MessageChannel.Email, "a@example.test", "Hello", "There");
        await product.Services.GetRequiredService<MessageQueue>().Send(hello);
        (await w.Transfer(10_000)).Is(HttpStatusCode.Created);
        await using var connection = await product.Owner.OpenConnectionAsync();
        Task<long> Count(string table) => connection.ExecuteScalarAsync<long>($"select count(*) from bursar.{table}");
        // More than one statement takes away.
        await connection.ExecuteAsync("""
            insert into bursar.messages (message_id, channel, recipient, state, tries, expires_at, created_at)
            select gen_random_uuid(), 'email', 'b@example.test', 'sent', 1, now(), now() from generate_series(1, 2500)
            """);
        for (var i = 0; i < 200 && (await Count("deliveries"), await Count("delivery_attempts"), await Count("outbox")) != (2, 1, 0); i++)
            await Task.Delay(50);
        for (var i = 0; i < 200 && await Count("api_requests") < 5; i++) await Task.Delay(50);
        var before = new Dictionary<string, long>();
        foreach (var table in Kept) before[table] = await Count(table);

        async Task<(long Sessions, long Messages, long Calls, long Deliveries, long Attempts)> After(int days)
        {
            var later = new Later(TimeSpan.FromDays(days));
            using var housekeeping = new Housekeeping(product.Database, product.Services.GetServices<Retention>(), later);
            await housekeeping.Drop(TestContext.Current.CancellationToken);
            return (await Count("sessions"), await Count("messages"), await Count("api_requests"), await Count("deliveries"),
                await Count("delivery_attempts"));
        }
        var now = await After(0);
        Assert.Equal((1, 2501, 2, 1), (now.Sessions, now.Messages, now.Deliveries, now.Attempts));
        Assert.True(now.Calls >= 5);
        Assert.Equal((0, 2501, now.Calls, 2, 1), await After(29));
        Assert.NotEqual(0, await Count("idempotency"));
        Assert.Equal((0, 0, 0, 2, 1), await After(31));
        Assert.Equal(0, await Count("idempotency"));
        Assert.Equal((0, 0, 0, 2, 1), await After(89));
        // What waits for the paused endpoint is still to be delivered.
        Assert.Equal((0, 0, 0, 1, 0), await After(91));
        Assert.Equal("queued", await connection.ExecuteScalarAsync<string>("select state from bursar.deliveries"));
        foreach (var table in Kept) Assert.Equal((table, before[table]), (table, await Count(table)));
        await w.BooksAreRight();
    }

    /// <summary>A clock that is ahead.</summary>
    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Webhooks;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Webhooks;

/// <summary>What endpoints hear, what a delivery carries, what becomes of one that fails for long, and how it catches up.</summary>
public sealed class EndpointTests(Product product)
{
    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await holds()) return;
            await Task.Delay(50);
        }
        Assert.Fail("it did not come about within 10 s");
    }

    [Fact]
    public async Task the_first_delivery_carries_the_validation_token()
    {
        await using var receiver = await Receiver.Start();
        var w = await product.Workspace();
        var first = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url })).Is(HttpStatusCode.Created);
        receiver.Secret = first.Text("secret");
        var delivery = (await w.Api.Post($"/v1/webhook-endpoints/{first.Text("id")}/test", new { })).Is(HttpStatusCode.Accepted);
        Assert.Equal("test.ping", delivery.Text("eventType"));
        await Until(() => Task.FromResult(receiver.Accepted == 1));
        Assert.Equal(first.Text("validationToken"), receiver.Tokens.Single());
        Assert.Equal(first.Text("validationToken"), (await w.Api.Get("/v1/validation-token")).Text("token"));
        var second = (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url + "?two" })).Is(HttpStatusCode.Created);
        Assert.Null(second.Json["validationToken"]);
        Assert.Null((await w.Api.Get($"/v1/webhook-endpoints/{first.Text("id")}")).Json["validationToken"]);
    }

    [Fact]
    public async Task an_endpoint_hears_what_its_filter_names_and_chat_tools_can_read_it()
    {
        await using var receiver = await Receiver.Start();
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var endpoint = await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url, product = "money_transfer" });
        receiver.Secret = endpoint.Is(HttpStatusCode.Created).Text("secret");
        (await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url, product = "money_transfer" })).Refuses("state_conflict");
        (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "transfers.*" } })).Refuses("validation_failed");
        await w.WithDeposit(20_000);
        (await w.Transfer(20_000)).Is(HttpStatusCode.Created);
        await Until(() => Task.FromResult(receiver.Accepted == 2));
        Assert.Equal(["transfer.approved", "transfer.succeeded"], receiver.Events.Select(e => e.Type).Order());
        var text = System.Text.Json.Nodes.JsonNode.Parse(receiver.Events.Single(e =>
            e.Type == "transfer.succeeded").Body)!["text"]!.GetValue<string>();
        Assert.Equal("Transfer of Rp 20.000 to bca 5270997481 succeeded", text);
    }

    [Fact]
    public async Task what_failed_is_sent_again_by_one_call()
    {
        await using var receiver = await Receiver.Start();
        var (down, w) = (true, await (await product.Workspace()).WithDeposit(1_000_000));
        receiver.Answer = _ => down ? 500 : 204;
        var endpoint = await w.Api.Post("/v1/webhook-endpoints", new { url = receiver.Url, events = new[] { "transfer.succeeded" } });
        receiver.Secret = endpoint.Is(HttpStatusCode.Created).Text("secret");
        var began = TimeProvider.System.GetUtcNow().AddSeconds(-5);
        for (var i = 0; i < 5; i++) (await w.Transfer(20_000)).Is(HttpStatusCode.Created);
        await Until(async () => (await w.Api.Get("/v1/deliveries?state=retrying")).Json["data"]!.AsArray().Count == 5);
        down = false;
        (await w.Api.Post("/v1/deliveries/resend", new { from = began, states = new[] { "lost" } })).Refuses("validation_failed");
        Assert.Equal(0, (await w.Api.Post("/v1/deliveries/resend", new { from = began })).Is(HttpStatusCode.Accepted).Number("count"));
        Assert.Equal(0, (await w.Api.Post("/v1/deliveries/resend",
            new { from = began, to = began.AddSeconds(1), states = new[] { "retrying" } })).Number("count"));
        Assert.Equal(5, (await w.Api.Post("/v1/deliveries/resend", new { from = began, states = new[] { "retrying" } })).Number("count"));
        await Until(() => Task.FromResult(receiver.Accepted == 5));
        await Until(async () => (await w.Api.Get("/v1/deliveries?state=delivered")).Json["data"]!.AsArray().Count == 5);
        Assert.Equal(5, receiver.Events.Select(e => e.EventId).Distinct().Count());
    }

    [Fact]
    public async Task a_receiver_that_is_gone_is_switched_off_and_people_hear_of_it()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = _ => 410;
        var w = await product.Workspace();
        await w.Person(Role.Admin);
        var owner = await w.AdminEmail();
        var gone = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "test.ping" } })).Is(HttpStatusCode.Created).Text("id");
        (await w.Api.Post($"/v1/webhook-endpoints/{gone}/test", new { })).Is(HttpStatusCode.Accepted);
        await Until(async () => (await w.Api.Get($"/v1/webhook-endpoints/{gone}")).Text("state") == "disabled");
        Assert.Contains((await w.Api.Get("/v1/events?after=0")).Json["data"]!.AsArray(), e =>
            e!["type"]!.GetValue<string>() == "webhook_endpoint.disabled");
        Assert.Contains("webhook doctor", Assert.Single(await product.MessagesTo(owner)));
    }

    [Fact]
    public async Task five_days_of_failure_pause_an_endpoint_and_lose_nothing()
    {
        await using var receiver = await Receiver.Start();
        var (down, w) = (true, await (await product.Workspace()).WithDeposit(1_000_000));
        receiver.Answer = _ => down ? 500 : 204;
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "transfer.succeeded" } })).Is(HttpStatusCode.Created);
        receiver.Secret = endpoint.Text("secret");
        (await w.Transfer(20_000)).Is(HttpStatusCode.Created);
        await Until(async () => (await w.Api.Get($"/v1/webhook-endpoints/{endpoint.Text("id")}")).Json["failingSince"] is not null);
        await using (var connection = await product.Owner.OpenConnectionAsync())
            await connection.ExecuteAsync("""
                update bursar.webhook_endpoints set failing_since = failing_since - interval '6 days' where workspace_id = @w
                """, new { w = w.Book.Workspace.Value });
        var failing = await product.Services.GetRequiredService<DeliveryQueue>().Tidy(TimeProvider.System.GetUtcNow().AddDays(-5));
        var (book, id) = Assert.Single(failing, f => f.Book == w.Book);
        await product.Services.GetRequiredService<Endpoints>().Pause(book, id);
        Assert.Equal("paused", (await w.Api.Get($"/v1/webhook-endpoints/{endpoint.Text("id")}")).Text("state"));
        Assert.Contains((await w.Api.Get("/v1/events?after=0&limit=200")).Json["data"]!.AsArray(), e =>
            e!["type"]!.GetValue<string>() == "webhook_endpoint.paused");
        // What happens meanwhile waits.
        (await w.Transfer(20_000)).Is(HttpStatusCode.Created);
        await w.Settled();
        down = false;
        await Task.Delay(500);
        Assert.Equal(0, receiver.Accepted);
        (await w.Api.Patch($"/v1/webhook-endpoints/{endpoint.Text("id")}", new { state = "active" })).Is(HttpStatusCode.OK);
        var began = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        (await w.Api.Post("/v1/deliveries/resend",
            new { from = began, states = new[] { "queued", "retrying" } })).Is(HttpStatusCode.Accepted);
        await Until(() => Task.FromResult(receiver.Accepted == 2));
    }

    [Fact]
    public async Task the_feed_tells_every_public_event_of_a_book_once_and_in_order()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var reading = Task.Run(async () =>
        {
            var (seen, after) = (new List<long>(), 0L);
            while (seen.Count < 160)
            {
                foreach (var e in (await w.Api.Get($"/v1/events?after={after}&limit=7")).Json["data"]!.AsArray())
                    if (e!["type"]!.GetValue<string>().StartsWith("transfer.", StringComparison.Ordinal))
                        seen.Add(after = e["sequence"]!.GetValue<long>());
                    else after = e["sequence"]!.GetValue<long>();
            }
            return seen;
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 10; i++) (await w.Transfer(10_000)).Is(HttpStatusCode.Created);
        }));
        var followed = await reading.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(followed.Order().Distinct(), followed);
        Assert.Equal(160, followed.Count);
        (await (await w.Member(Role.CustomerService)).Get("/v1/events")).Refuses("permission_denied");
        (await w.Api.Get("/v1/events?after=-1")).Refuses("invalid_parameter");
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;

namespace Bursar.Tests.Webhooks;

public sealed class DeliveryTests(Product product)
{
    [Fact]
    public async Task a_signed_webhook_arrives_and_a_failed_one_is_tried_again_with_the_same_bytes()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answer = call => call == 1 ? 503 : 200;
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "transfer.succeeded" } })).Is(HttpStatusCode.Created);
        receiver.Secret = endpoint.Text("secret");
        var sent = (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        JsonNode? delivery = null;
        for (var i = 0; i < 100 && delivery?["state"]?.GetValue<string>() != "retrying"; i++)
        {
            await Task.Delay(50);
            delivery = (await w.Api.Get("/v1/deliveries")).Json["data"]!.AsArray().FirstOrDefault();
        }
        Assert.Equal(503, delivery!["attempts"]![0]!["status"]!.GetValue<int>());
        (await w.Api.Post($"/v1/deliveries/{delivery["id"]}/resend", new { })).Is(HttpStatusCode.Accepted);
        for (var i = 0; i < 100 && receiver.Accepted == 0; i++) await Task.Delay(50);
        var arrived = Assert.Single(receiver.Events);
        Assert.Equal(("transfer.succeeded", sent.Text("id")), (arrived.Type, arrived.Id));
        var body = JsonNode.Parse(arrived.Body)!;
        Assert.Equal(arrived.EventId, body["id"]!.GetValue<string>());
        Assert.Equal("test", body["mode"]!.GetValue<string>());
        Assert.NotEmpty(body["text"]!.GetValue<string>());
        var feed = (await w.Api.Get("/v1/events?after=0&limit=200")).Json["data"]!.AsArray();
        Assert.Contains(feed, e => e!["id"]!.GetValue<string>() == arrived.EventId);
    }

    [Theory]
    [InlineData("http://10.0.0.1/x")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://127.0.0.1.:443/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://user@93.184.216.34/")]
    [InlineData("https://93.184.216.34:22/")]
    [InlineData("ftp://93.184.216.34/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://93.184.216.34\\@127.0.0.1/")]
    public async Task an_address_that_must_not_be_called_is_refused_when_saved(string url)
    {
        var w = await product.Workspace();
        (await w.Api.Post("/v1/webhook-endpoints", new { url })).Refuses("url_blocked");
    }

    [Fact]
    public async Task secrets_are_nowhere_readable_in_the_database()
    {
        var w = await product.Workspace();
        var secret = (await w.Api.Post("/v1/webhook-endpoints", new { url = "http://127.0.0.1:9009/hook" })).Text("secret");
        var token = (await w.Api.Get("/v1/validation-token")).Text("token");
        await using var connection = await product.Owner.OpenConnectionAsync();
        foreach (var (table, planted) in new[]
            { ("webhook_endpoints", secret), ("journal", secret), ("api_keys", w.Key), ("journal", w.Key),
                ("validation_tokens", token), ("journal", token), ("idempotency", w.Key) })
            Assert.Equal(0, await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection,
                $"select count(*) from bursar.{table} t where t::text like @like", new { like = $"%{planted}%" }));
    }
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Rooms;

public sealed class KeyTests(Product product)
{
    private ApiKeys Keys => product.Services.GetRequiredService<ApiKeys>();

    private static object Order() => new { amount = 20_000, bankCode = "bca", accountNumber = "5270997481" };

    [Fact]
    public async Task a_key_works_from_its_own_addresses_only()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var elsewhere = (await Keys.Create(w.Admin,
            new NewApiKey("Elsewhere", KeyScope.Full, IpRules: ["203.0.113.0/24", "2001:db8::1"]))).Value;
        var here = (await Keys.Create(w.Admin, new NewApiKey("Here", KeyScope.Full, IpRules: ["127.0.0.0/8", "::1"]))).Value;
        Assert.Equal(["203.0.113.0/24", "2001:db8::1/128"], elsewhere.IpRules);
        var refused = await new Client(product.Address, elsewhere.Key).Get("/v1/balances");
        refused.Refuses("ip_not_allowed");
        Assert.Equal("127.0.0.1", refused.Text("address"));
        (await new Client(product.Address, elsewhere.Key).Post("/v1/transfers", Order())).Refuses("ip_not_allowed");
        (await new Client(product.Address, here.Key).Post("/v1/transfers", Order())).Is(HttpStatusCode.Created);

        var admin = await w.AdminSession();
        (await admin.Patch($"/v1/api-keys/{elsewhere.Id}", new { ipRules = new[] { "nowhere" } })).Refuses("validation_failed");
        var moved = (await admin.Patch($"/v1/api-keys/{elsewhere.Id}", new { name = "Moved", ipRules = Array.Empty<string>() }))
            .Is(HttpStatusCode.OK);
        Assert.Equal("Moved", moved.Text("name"));
        (await new Client(product.Address, elsewhere.Key).Post("/v1/transfers", Order())).Is(HttpStatusCode.Created);
        (await w.Api.Patch($"/v1/api-keys/{here.Id}", new { ipRules = Array.Empty<string>() })).Refuses("permission_denied");
    }

    [Fact]
    public async Task rules_of_a_mode_bind_its_keys_at_once_also_at_the_cached_door()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Api.Post("/v1/transfers", Order())).Is(HttpStatusCode.Created);
        var rules = product.Services.GetRequiredService<IpRuleList>();
        var rule = (await rules.Add(w.Admin, new NewIpRule("203.0.113.0/24"))).Value;
        (await w.Api.Post("/v1/transfers", Order())).Refuses("ip_not_allowed");
        (await w.Api.Get("/v1/transfers")).Refuses("ip_not_allowed");
        Assert.True((await rules.Remove(w.Admin, rule.Id, allowLockOut: false)).Ok);
        (await w.Api.Post("/v1/transfers", Order())).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task a_rule_that_would_lock_the_caller_out_warns_first()
    {
        var w = await product.Workspace();
        var warned = await w.Api.Post("/v1/ip-rules", new { range = "203.0.113.0/24" });
        warned.Refuses("would_lock_out");
        Assert.Equal("127.0.0.1", warned.Text("address"));
        var own = (await w.Api.Post("/v1/ip-rules", new { range = "127.0.0.1", label = "This machine" })).Is(HttpStatusCode.Created);
        (await w.Api.Post("/v1/ip-rules", new { range = "203.0.113.0/24" })).Is(HttpStatusCode.Created);
        (await w.Api.Post("/v1/ip-rules", new { range = "127.0.0.1/32" })).Refuses("state_conflict");
        (await w.Api.Post("/v1/ip-rules", new { range = "0.0.0.0/0" })).Refuses("validation_failed");
        (await w.Api.Delete($"/v1/ip-rules/{own.Text("id")}")).Refuses("would_lock_out");
        (await w.Api.Delete($"/v1/ip-rules/{own.Text("id")}?allowLockOut=true")).Is(HttpStatusCode.OK);
        (await w.Api.Get("/v1/ip-rules")).Refuses("ip_not_allowed");
        // People get in from anywhere and mend it.
        Assert.Single((await (await w.AdminSession()).Get("/v1/ip-rules")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task a_replaced_key_keeps_its_place_and_its_idempotency()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var first = (await Keys.Create(w.Admin, new NewApiKey("Shop", KeyScope.Full))).Value;
        var sent = (await new Client(product.Address, first.Key).Post("/v1/transfers", Order(), "once")).Is(HttpStatusCode.Created);
        var second = (await Keys.Replace(w.Admin, first.Id, new ApiKeyReplacement { OverlapHours = 24 })).Value;
        Assert.NotEqual(first.Key, second.Key);
        var again = (await new Client(product.Address, second.Key).Post("/v1/transfers", Order(), "once")).Is(HttpStatusCode.Created);
        Assert.Equal(sent.Body, again.Body);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        (await new Client(product.Address, first.Key).Get("/v1/balances")).Is(HttpStatusCode.OK);
        Assert.Equal("state_conflict", (await Keys.Replace(w.Admin, first.Id, new())).Error.Code.Code);

        var third = (await Keys.Replace(w.Admin, second.Id, new())).Value;
        (await new Client(product.Address, second.Key).Get("/v1/balances")).Refuses("api_key_invalid");
        (await new Client(product.Address, second.Key).Post("/v1/transfers", Order())).Refuses("api_key_invalid");
        (await new Client(product.Address, third.Key).Get("/v1/balances")).Is(HttpStatusCode.OK);
        Assert.False((await Keys.Replace(w.Admin, third.Id, new() { OverlapHours = 25 })).Ok);
        var listed = (await Keys.List(w.Admin)).Value.Single(k => k.Id == first.Id);
        Assert.Equal(second.Id, listed.ReplacedBy);
        Assert.InRange(listed.ExpiresAt!.Value - listed.CreatedAt, TimeSpan.FromHours(23), TimeSpan.FromHours(25));
    }

    [Fact]
    public async Task nobody_gets_more_out_of_a_key_than_they_hold()
    {
        var w = await product.Workspace();
        var developer = w.Admin with { Permissions = Roles.Allows(Role.Developer) };
        var full = (await Keys.Create(w.Admin, new NewApiKey("Full", KeyScope.Full))).Value;
        var refused = await Keys.Replace(developer, full.Id, new());
        Assert.Equal("permission_denied", refused.Error.Code.Code);
        Assert.Equal("top_up_deposit", refused.Error.Extra["missingPermission"]);
        Assert.Equal("write_policies", (await Keys.Create(developer, new NewApiKey("Policies", KeyScope.Full,
            CanWritePolicies: true))).Error.Extra["missingPermission"]);
        (await w.Api.Post("/v1/api-keys", new { name = "By a key", scope = "read" })).Refuses("permission_denied");
        (await w.Api.Post($"/v1/api-keys/{full.Id}/replacement", new { })).Refuses("permission_denied");
        var read = (await Keys.Create(w.Admin, new NewApiKey("Read", KeyScope.Read))).Value;
        (await new Client(product.Address, read.Key).Post("/v1/transfers", Order())).Refuses("permission_denied");
        Assert.Equal("validation_failed", (await Keys.Create(w.Admin, new NewApiKey("Bound", KeyScope.Full,
            AgentIds: ["a"]))).Error.Code.Code);
        Assert.Equal(["shopper-1"], (await Keys.Create(w.Admin, new NewApiKey("Agents", KeyScope.Spend,
            AgentIds: ["shopper-1"]))).Value.AgentIds);
    }

    [Fact]
    public async Task test_keys_can_be_read_again_live_ones_cannot()
    {
        var w = await product.Workspace();
        var live = w.Admin with { Book = new BookKey(w.Book.Workspace, Mode.Live) };
        Assert.NotNull((await Keys.Create(live, new NewApiKey("Live", KeyScope.Full))).Value.Key);
        Assert.All((await Keys.List(live)).Value, k => Assert.Null(k.Key));
        var test = Assert.Single((await Keys.List(w.Admin)).Value);
        Assert.Equal(w.Key, test.Key);
        Assert.Null(test.CallbackSecret);
        Assert.Null((await w.Api.Get("/v1/api-keys")).Json["data"]![0]!["key"]);
    }

    [Fact]
    public async Task an_expired_key_is_refused_at_every_door()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var key = (await Keys.Create(w.Admin, new NewApiKey("Short", KeyScope.Full, ExpiresAt: soon))).Value;
        var client = new Client(product.Address, key.Key);
        (await client.Post("/v1/transfers", Order())).Is(HttpStatusCode.Created);
        await Task.Delay(soon - TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(200));
        (await client.Post("/v1/transfers", Order())).Refuses("api_key_invalid");
        (await client.Get("/v1/balances")).Refuses("api_key_invalid");
        Assert.Equal("expired", (await Keys.List(w.Admin)).Value.Single(k => k.Id == key.Id).State);
        Assert.False((await Keys.Create(w.Admin, new NewApiKey("Past", KeyScope.Full, ExpiresAt: soon))).Ok);
    }

    [Fact]
    public async Task the_log_keeps_the_last_200_calls_of_a_key_and_where_it_was_used()
    {
        var w = await product.Workspace();
        for (var i = 0; i < 230; i++) (await w.Api.Get("/v1/balances")).Is(HttpStatusCode.OK);
        var refused = await w.Api.Get("/v1/transfers/tr_00000000000000000000000000");
        Answer list = null!;
        for (var i = 0; i < 60; i++)
        {
            list = (await (await w.AdminSession()).Get("/v1/api-requests?limit=200")).Is(HttpStatusCode.OK);
            if (list.Json["data"]!.AsArray() is { Count: 200 } rows && rows[0]!["status"]!.GetValue<int>() == 404) break;
            await Task.Delay(100);
        }
        Assert.Equal(200, list.Json["data"]!.AsArray().Count);
        var newest = list.Json["data"]![0]!;
        Assert.Equal(("GET", "/v1/transfers/{id}", 404, "not_found"),
            (newest["method"]!.GetValue<string>(), newest["route"]!.GetValue<string>(), newest["status"]!.GetValue<int>(),
            newest["code"]!.GetValue<string>()));
        Assert.Equal(refused.Headers["Request-Id"], newest["id"]!.GetValue<string>());
        await using var connection = await product.Owner.OpenConnectionAsync();
        Assert.Equal(200, await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection,
            "select count(*) from bursar.api_requests where workspace_id = @w",
            new { w = w.Book.Workspace.Value }));
        var key = Assert.Single((await Keys.List(w.Admin)).Value);
        Assert.Equal("127.0.0.1", key.LastUsedFrom);
        Assert.NotNull(key.LastUsedAt);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Spending;

/// <summary>Payment handles: made, chosen, changed and put away (PRODUCT S4).</summary>
public sealed class HandleTests(Product product)
{
    private static object Executor(string name = "Our backend", string url = "http://127.0.0.1:9999/pay?token=in-the-url") =>
        new { name, type = "external_executor", url, authToken = "planted-token-1234" };

    [Fact]
    public async Task an_executor_shows_its_secret_once_and_its_address_and_token_never()
    {
        var w = await product.Workspace();
        var made = (await w.Api.Post("/v1/handles", Executor())).Is(HttpStatusCode.Created);
        Assert.Matches("^hsk_[0-9a-f]{64}$", made.Text("signingSecret"));
        Assert.Equal(("127.0.0.1:9999", "external_executor"), (made.Text("host"), made.Text("type")));
        Assert.Equal((120, 86_400), (made.Number("satSeconds"), made.Number("authorizationSeconds")));
        var read = (await w.Api.Get($"/v1/handles/{made.Text("id")}")).Is(HttpStatusCode.OK);
        var list = (await w.Api.Get("/v1/handles")).Is(HttpStatusCode.OK);
        var events = await w.Api.Get("/v1/events");
        Assert.Contains("handle.created", events.Body);
        foreach (var answer in new[] { made, read, list, events })
            foreach (var secret in new[] { "planted-token-1234", "in-the-url", "/pay" }) Assert.DoesNotContain(secret, answer.Body);
        foreach (var answer in new[] { read, list, events }) Assert.DoesNotContain(made.Text("signingSecret"), answer.Body);
        await using var connection = await product.Owner.OpenConnectionAsync();
        var row = await connection.QuerySingleAsync<string>(
            "select url || auth_token || signing_secret from bursar.handles where workspace_id = @w and url is not null",
            new { w = w.Book.Workspace.Value });
        foreach (var secret in new[] { "127.0.0.1", "planted", "hsk_" }) Assert.DoesNotContain(secret, row);
    }

    [Fact]
    public async Task a_workspace_starts_with_an_sdk_guard_and_has_one_default_at_most()
    {
        var w = await product.Workspace();
        var first = Handles(await w.Api.Get("/v1/handles")).Single();
        Assert.Equal(("sdk_guard", true), (first["type"]!.GetValue<string>(), first["isDefault"]!.GetValue<bool>()));
        var guard = first["id"]!.GetValue<string>();
        (await w.Api.Delete($"/v1/handles/{guard}")).Refuses("state_conflict");
        (await w.Api.Patch($"/v1/handles/{guard}", new { isDefault = false })).Refuses("state_conflict");
        var second = await w.Handle(new { name = "Second guard", type = "sdk_guard", isDefault = true, satSeconds = 30 });
        Assert.Equal([second], Handles(await w.Api.Get("/v1/handles")).Where(h => h["isDefault"]!.GetValue<bool>())
            .Select(h => h["id"]!.GetValue<string>()));
        (await w.Api.Delete($"/v1/handles/{guard}")).Is(HttpStatusCode.OK);
        (await w.Api.Delete($"/v1/handles/{guard}")).Refuses("not_found");
        (await w.Api.Patch($"/v1/handles/{guard}", new { name = "Again" })).Refuses("not_found");
        Assert.Single(Handles(await w.Api.Get("/v1/handles")));
        Assert.True((await w.Api.Get($"/v1/handles/{guard}")).Json["archived"]!.GetValue<bool>());
    }

    [Fact]
    public async Task of_many_who_make_themselves_the_default_at_once_one_is()
    {
        var w = await product.Workspace();
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(n =>
            w.Api.Post("/v1/handles", new { name = $"Guard {n}", type = "sdk_guard", isDefault = true })));
        Assert.All(made, m => m.Is(HttpStatusCode.Created));
        Assert.Single(Handles(await w.Api.Get("/v1/handles")), h => h["isDefault"]!.GetValue<bool>());
    }

    [Fact]
    public async Task without_a_default_a_request_must_name_its_handle()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 1_000_000 });
        var guard = Handles(await w.Api.Get("/v1/handles")).Single()["id"]!.GetValue<string>();
        await product.Execute("update bursar.handles set is_default = false where workspace_id = $1", w.Book.Workspace.Value);
        await product.Execute("update bursar.books set control_version = control_version + 1 where workspace_id = $1",
            w.Book.Workspace.Value);
        (await w.Spend()).Refuses("handle_missing");
        var named = new { agentId = "shopper", amount = 5_000, currency = "IDR", merchant = "tokopedia.com", reason = "Paper",
            handleId = guard };
        Assert.Equal("ALLOW", (await w.Api.Post("/v1/spend-requests", named)).Text("decision"));
        (await w.Api.Patch($"/v1/handles/{guard}", new { isDefault = true })).Is(HttpStatusCode.OK);
        Assert.Equal("ALLOW", (await w.Spend()).Text("decision"));
    }

    [Theory]
    [InlineData("""{"name": "", "type": "sdk_guard"}""", "/name")]
    [InlineData("""{"name": "x", "type": "sdk_guard", "satSeconds": 9}""", "/satSeconds")]
    [InlineData("""{"name": "x", "type": "sdk_guard", "satSeconds": 901}""", "/satSeconds")]
    [InlineData("""{"name": "x", "type": "sdk_guard", "authorizationSeconds": 59}""", "/authorizationSeconds")]
    [InlineData("""{"name": "x", "type": "sdk_guard", "autoExecute": true}""", "/autoExecute")]
    [InlineData("""{"name": "x", "type": "sdk_guard", "url": "https://example.com/"}""", "/url")]
    [InlineData("""{"name": "x", "type": "external_executor", "url": "https://example.com/"}""", "/authToken")]
    [InlineData("""{"name": "x", "type": "external_executor", "url": "http://10.0.0.1:8080/", "authToken": "t"}""", "/url")]
    [InlineData("""{"name": "x", "type": "external_executor", "url": "http://127.0.0.1:9999/", "authToken": "two words"}""", "/authToken")]
    [InlineData("""{"name": "x", "type": "managed"}""", "/managed")]
    [InlineData("""{"name": "x", "type": "managed", "managed": {"bankCode": "nobank", "accountNumber": "5270997481"}}""",
        "/managed/bankCode")]
    [InlineData("""{"name": "x", "type": "managed", "managed": {"bankCode": "bca", "accountNumber": "12ab"}}""", "/managed/accountNumber")]
    [InlineData("""{"name": "x", "type": "managed", "managed": {"bankCode": "bca", "accountNumber": "5270990005"}}""",
        "/managed/accountNumber")]
    [InlineData("""{"name": "x", "type": "managed", "managed": {"bankCode": "bca", "accountNumber": "5270990004"}}""",
        "/managed/accountNumber")]
    public async Task what_does_not_go_is_said_of_its_field(string body, string field)
    {
        var w = await product.Workspace();
        var answer = await w.Api.Raw(HttpMethod.Post, "/v1/handles", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains(field, answer.Json["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()));
    }

    [Fact]
    public async Task a_managed_handle_knows_whose_account_it_is_and_a_live_one_waits_for_a_rail()
    {
        var w = await product.Workspace();
        var managed = new { name = "Card top-up", type = "managed", managed = new { bankCode = "bca", accountNumber = "5270997481" } };
        var made = (await w.Api.Post("/v1/handles", managed)).Is(HttpStatusCode.Created);
        Assert.NotNull(made.Json["managed"]!["accountHolder"]);
        Assert.Null(made.Json["signingSecret"]);
        (await w.Api.Post($"/v1/handles/{made.Text("id")}/health-check", new { })).Refuses("state_conflict");
        (await w.Api.Post($"/v1/handles/{made.Text("id")}/secret-rotation", new { })).Refuses("state_conflict");
        var live = await w.AdminSession("live");
        (await live.Post("/v1/handles", managed)).Refuses("rail_missing");
    }

    [Fact]
    public async Task a_session_proves_itself_before_it_changes_who_pays()
    {
        var w = await product.Workspace();
        var developer = await w.Member(Role.Developer);
        (await developer.Post("/v1/handles", Executor())).Refuses("otp_required");
        await developer.StepUp();
        var made = (await developer.Post("/v1/handles", Executor())).Is(HttpStatusCode.Created).Text("id");
        var admin = await w.AdminSession();
        (await admin.Patch($"/v1/handles/{made}", new { url = "http://127.0.0.1:9998/other" })).Refuses("otp_required");
        (await admin.Post($"/v1/handles/{made}/secret-rotation", new { })).Refuses("otp_required");
        // To stop something nobody is asked twice.
        (await admin.Delete($"/v1/handles/{made}")).Is(HttpStatusCode.OK);
        // In live mode the password does not do: each change takes a code.
        var live = await w.AdminSession("live");
        await live.StepUp();
        (await live.Post("/v1/handles", new { name = "Live guard", type = "sdk_guard" })).Refuses("otp_required");
    }

    private static List<JsonNode> Handles(Answer list) => [.. list.Is(HttpStatusCode.OK).Json["data"]!.AsArray().Select(h => h!)];
}

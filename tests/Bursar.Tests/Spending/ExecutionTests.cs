using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Spending;

/// <summary>Allowed spends on their way through the workspace's executor or Bursar's own rails (PRODUCT S4).</summary>
public sealed class ExecutionTests(Product product)
{
    [Fact]
    public async Task the_executor_is_called_as_the_contract_says_and_pays_once_however_often_it_is_asked()
    {
        using var executor = new FakeExecutor();
        var (w, handle) = await product.With(executor);
        var asked = await w.Api.Post("/v1/spend-requests", new
        {
            agentId = "shopper", amount = 50_000, currency = "IDR", merchant = "tokopedia.com", reason = "Printer paper",
            metadata = new Dictionary<string, string> { ["order"] = "77" },
        });
        var id = asked.Is(HttpStatusCode.OK).Text("spendRequestId");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = asked.Text("sat") })));
        Assert.All(answers, a => Assert.Equal("succeeded", a.Is(HttpStatusCode.OK).Text("state")));
        Assert.Equal((1, 0, 0), (executor.Posts, executor.Questions, executor.Unsigned));
        var (body, sat) = executor.Calls.Single();
        var jti = id.Replace("spr_", "sat_");
        Assert.Equal(
            $$$"""
            {"spendRequestId":"{{{id}}}","satJti":"{{{jti}}}","amount":50000,"currency":"IDR","merchant":"tokopedia.com","agentId":"shopper",
            "description":"Printer paper","metadata":{"order":"77"}}
            """.ReplaceLineEndings(""), body.ToJsonString());
        var claims = Claims(sat);
        Assert.Equal((jti, handle, id), (Text(claims, "jti"), Text(claims, "aud"), Text(claims, "spendRequestId")));
        await using var connection = await product.Owner.OpenConnectionAsync();
        Assert.Equal("tx-" + jti, await connection.ExecuteScalarAsync<string>(
            "select provider_reference from bursar.attempts where workspace_id = @w", new { w = w.Book.Workspace.Value }));
        // Who paid has said so: that is its receipt.
        var receipt = (await w.Api.Get($"/v1/spend-requests/{id}")).Json["receipt"]!;
        Assert.Equal(("executor", "tx-" + jti, 50_000),
            (Text(receipt, "railId"), Text(receipt, "providerTransactionId"), receipt["actualAmount"]!.GetValue<long>()));
        // The day holds what is left: the budget is used.
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(950_001)).Text("decisionReason"));
        Assert.Equal("ALLOW", (await w.Spend(950_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(402)]
    public async Task a_clear_no_fails_it_and_gives_the_budget_back(int status)
    {
        using var executor = new FakeExecutor { Pays = false };
        executor.Answer = FakeExecutor.Says(status, """{"success":false,"errorCode":"CARD_DECLINED"}""");
        var (w, _) = await product.With(executor);
        var (_, answer) = await w.Execute(600_000);
        Assert.Equal(("failed", "CARD_DECLINED"), (answer.Is(HttpStatusCode.OK).Text("state"), answer.Text("failureReason")));
        Assert.Equal("ALLOW", (await w.Spend(1_000_000)).Text("decision"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task two_payments_under_one_name_are_looked_at()
    {
        using var executor = new FakeExecutor { Answer = FakeExecutor.Says(200,
            """{"success":true,"transactionId":"same","status":"completed"}""") };
        var (w, _) = await product.With(executor);
        await w.Execute();
        Assert.Empty((await w.Api.Get("/v1/anomalies")).Json["data"]!.AsArray());
        await w.Execute();
        Assert.Equal("DUPLICATE_PROVIDER_TX", Text((await w.Api.Get("/v1/anomalies")).Json["data"]!.AsArray().Single()!, "kind"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task executed_at_once_it_needs_no_call_of_the_agent()
    {
        using var executor = new FakeExecutor();
        var (w, _) = await product.With(executor, autoExecute: true);
        var asked = (await w.Spend()).Is(HttpStatusCode.OK);
        Assert.Null(asked.Json["sat"]);
        await w.Becomes(asked.Text("spendRequestId"), "succeeded");
        Assert.Single(executor.Payments);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_frozen_agent_is_not_paid_for_until_it_thaws()
    {
        using var executor = new FakeExecutor();
        var (w, _) = await product.With(executor);
        var asked = await w.Spend();
        var id = asked.Text("spendRequestId");
        await Freeze(w, "now()");
        var refused = await w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = asked.Text("sat") });
        refused.Refuses("account_suspended");
        Assert.Equal(("approved", 0), ((await w.Api.Get($"/v1/spend-requests/{id}")).Text("state"), executor.Posts));
        await Freeze(w, "null");
        var paid = await w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = asked.Text("sat") });
        Assert.Equal("succeeded", paid.Is(HttpStatusCode.OK).Text("state"));
        // One that Bursar executes by itself waits too: frozen between its decision and its claim.
        var (v, _) = await product.With(executor, autoExecute: true);
        await v.Spend(1);
        await v.Settled();
        var before = executor.Posts;
        await Freeze(v, "now()");
        Assert.Equal("AGENT_FROZEN", (await v.Spend()).Text("decisionReason"));
        Assert.Equal(before, executor.Posts);
    }

    [Fact]
    public async Task what_was_sent_to_its_rail_waits_while_the_agent_is_frozen()
    {
        using var executor = new FakeExecutor();
        var (w, _) = await product.With(executor, autoExecute: true);
        await w.Policy(new { name = "Ask people", requireApprovalOver = 10_000 });
        var asked = await w.Spend();
        Assert.Equal("REQUIRE_APPROVAL", asked.Text("decision"));
        var id = asked.Text("spendRequestId");
        await Freeze(w, "now()");
        var approver = await w.Member(Role.Approver);
        var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{asked.Text("approvalId")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        // Another agent's, asked for after it, is paid: the worker has been past this one.
        await w.Becomes((await w.Spend(1_000, agent: "clerk")).Text("spendRequestId"), "succeeded");
        Assert.Equal(("approved", 1), ((await w.Api.Get($"/v1/spend-requests/{id}")).Text("state"), executor.Posts));
        await Freeze(w, "null");
        await w.Becomes(id, "succeeded");
        Assert.Equal(2, executor.Posts);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_edit_of_the_handle_holds_for_the_next_call_and_a_stranger_at_the_new_address_proves_nothing()
    {
        using var first = new FakeExecutor { Answer = FakeExecutor.Resets, Knows = false };
        using var second = new FakeExecutor();
        var (w, handle) = await product.With(first);
        second.Secret = first.Secret;
        var (lost, _) = await w.Execute();
        (await w.Api.Patch($"/v1/handles/{handle}", new { url = second.Url })).Is(HttpStatusCode.OK);
        var (_, paid) = await w.Execute();
        Assert.Equal("succeeded", paid.Text("state"));
        Assert.Equal((1, 1), (first.Posts, second.Posts));
        // The new address knows nothing of the first payment. Its no does not free what the old one may have paid.
        for (var i = 0; i < 100 && second.Questions == 0; i++) await Task.Delay(100);
        Assert.True(second.Questions > 0);
        Assert.Equal("unknown", (await w.Api.Get($"/v1/spend-requests/{lost}")).Text("state"));
        first.Knows = true;
        (await w.Api.Patch($"/v1/handles/{handle}", new { url = first.Url })).Is(HttpStatusCode.OK);
        await product.Execute("update bursar.outbox set due = now() where workspace_id = $1", w.Book.Workspace.Value);
        await w.Becomes(lost, "succeeded");
        Assert.Single(first.Payments);
        Assert.Equal(0, second.Unsigned);
    }

    [Fact]
    public async Task through_an_archived_handle_nothing_new_goes_and_what_is_on_its_way_ends()
    {
        using var executor = new FakeExecutor { Answer = FakeExecutor.Resets, Knows = false };
        var (w, handle) = await product.With(executor);
        var waiting = await w.Spend();
        var (onItsWay, _) = await w.Execute();
        var guard = await w.Handle(new { name = "Guard", type = "sdk_guard", isDefault = true });
        (await w.Api.Delete($"/v1/handles/{handle}")).Is(HttpStatusCode.OK);
        executor.Knows = true;
        await w.Becomes(onItsWay, "succeeded");
        var id = waiting.Text("spendRequestId");
        (await w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = waiting.Text("sat") })).Refuses("account_suspended");
        Assert.Equal(1, executor.Posts);
        // A member takes it back: its budget is free.
        var admin = await w.AdminSession();
        Assert.Equal("cancelled", (await admin.Post($"/v1/spend-requests/{id}/cancellation", new { })).Is(HttpStatusCode.OK).Text("state"));
        Assert.Equal(guard, (await w.Api.Get($"/v1/spend-requests/{(await w.Spend(950_000)).Text("spendRequestId")}")).Text("handleId"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_hanging_executor_holds_up_nobody_else()
    {
        using var hanging = new FakeExecutor { Answer = FakeExecutor.Hangs };
        using var quick = new FakeExecutor();
        var (w, _) = await product.With(hanging, autoExecute: true);
        for (var i = 0; i < 20; i++) (await w.Spend(1_000)).Is(HttpStatusCode.OK);
        for (var i = 0; i < 50 && hanging.Posts < 8; i++) await Task.Delay(100);
        var (v, _) = await product.With(quick);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var (_, paid) = await v.Execute();
        Assert.Equal("succeeded", paid.Is(HttpStatusCode.OK).Text("state"));
        await v.WithDeposit(100_000);
        var transfer = (await v.Transfer(50_000)).Is(HttpStatusCode.Created);
        await v.Reaches(transfer.Text("id"), "succeeded");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(8, hanging.Posts);
    }

    private async Task Freeze(Workspace w, string when)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync($"""
            update bursar.agents set frozen_at = {when} where workspace_id = @w and agent_id = 'shopper';
            update bursar.books set control_version = control_version + 1 where workspace_id = @w
            """, new { w = w.Book.Workspace.Value });
    }

    private static System.Text.Json.Nodes.JsonNode Claims(string sat)
    {
        var part = sat.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return System.Text.Json.Nodes.JsonNode.Parse(Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')))!;
    }

    private static string Text(System.Text.Json.Nodes.JsonNode node, string name) => node[name]!.GetValue<string>();
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Ids;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>
/// An agent hears at its own address how its approval ended: signed for its key, at least once, without anything to spend with.
/// </summary>
public sealed class AgentCallbackTests(Product product)
{
    private sealed record Scene(Given.Workspace W, Client Agent, Client Approver, string KeyId, string Secret);

    private async Task<Scene> Start()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Ask", currency = "IDR", requireApprovalOver = 10_000 });
        var made = await (await (await w.AdminSession()).StepUp()).Post("/v1/api-keys", new { name = "Agent", scope = "spend" });
        made.Is(HttpStatusCode.Created);
        return new Scene(w, new Client(product.Address, made.Text("key")), await w.Member(Role.Approver), made.Text("id"),
            made.Text("callbackSecret"));
    }

    private static async Task<Answer> Ask(Scene s, string callbackUrl) => (await s.Agent.Post("/v1/spend-requests", new
    {
        agentId = "shopper", amount = 50_000, currency = "IDR", merchant = "tokopedia.com", reason = "Paper", callbackUrl,
    })).Is(HttpStatusCode.OK);

    private static async Task Decide(Scene s, Answer asked, string verdict, string? note = null)
    {
        var approval = await s.Approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        var decided = await s.Approver.Post(
            $"/v1/approvals/{asked.Text("approvalId")}/decision", new { verdict, note, contentHash = approval.Text("contentHash") });
        decided.Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task it_hears_of_an_approval_a_rejection_and_an_end_of_time()
    {
        await using var receiver = await CallbackReceiver.Start();
        var s = await Start();
        receiver.Secret = s.Secret;
        var (yes, no, late) = (await Ask(s, receiver.Url + "/yes"), await Ask(s, receiver.Url + "/no"),
            await Ask(s, receiver.Url + "/late"));
        await Decide(s, yes, "approve", "Fine");
        await Decide(s, no, "reject", "Not this month");
        Assert.True(Id<ApprovalKind>.TryParse(late.Text("approvalId"), out var id));
        await product.Execute("update bursar.approvals set expires_at = created_at where approval_id = $1", id.Value);
        var heard = await receiver.Until(3);
        foreach (var (path, asked, decision, reason, note) in new[]
        {
            ("/yes", yes, "ALLOW", "APPROVED", "Fine"), ("/no", no, "DENY", "REJECTED", "Not this month"),
            ("/late", late, "DENY", "APPROVAL_EXPIRED", null),
        })
        {
            var one = Assert.Single(heard, h => h.Path == path);
            var callback = one.Callback!;
            Assert.Equal(("approval.resolved", asked.Text("spendRequestId"), asked.Text("approvalId"), decision, reason, note),
                (callback.Event, callback.SpendRequestId, callback.ApprovalId, callback.Decision, callback.DecisionReason, callback.Note));
            Assert.False(one.HasToken);
            Assert.DoesNotContain("\"sat\"", one.Body, StringComparison.Ordinal);
            Assert.StartsWith("dlv_", one.Id);
        }
    }

    [Fact]
    public async Task a_failed_one_is_tried_again_with_the_same_id_and_bytes_and_the_log_tells()
    {
        await using var receiver = await CallbackReceiver.Start();
        var s = await Start();
        receiver.Secret = s.Secret;
        receiver.Answer = call => call == 1 ? 503 : 200;
        var asked = await Ask(s, receiver.Url + "/agent?run=7");
        await Decide(s, asked, "approve");
        var first = Assert.Single(await receiver.Until(1));
        var log = (await s.W.Api.Get("/v1/deliveries")).Json["data"]!.AsArray();
        for (var i = 0; i < 100 && log[0]!["state"]!.GetValue<string>() != "retrying"; i++)
        {
            await Task.Delay(50);
            log = (await s.W.Api.Get("/v1/deliveries")).Json["data"]!.AsArray();
        }
        var delivery = Assert.Single(log)!;
        Assert.Equal((receiver.Url + "/agent?run=7", first.Id), (delivery["url"]!.GetValue<string>(), delivery["id"]!.GetValue<string>()));
        Assert.Null(delivery["endpointId"]);
        (await s.W.Api.Post($"/v1/deliveries/{first.Id}/resend", new { })).Is(HttpStatusCode.Accepted);
        var again = (await receiver.Until(2))[1];
        Assert.Equal((first.Id, first.Body), (again.Id, again.Body));
        Assert.NotNull(again.Callback);
        Assert.Empty((await s.W.Api.Get("/v1/webhook-endpoints")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task an_address_that_wants_no_more_ends_its_own_message_and_no_other()
    {
        await using var receiver = await CallbackReceiver.Start();
        var s = await Start();
        receiver.Secret = s.Secret;
        receiver.Answer = call => call == 1 ? 410 : 200;
        await Decide(s, await Ask(s, receiver.Url + "/gone"), "approve");
        await receiver.Until(1);
        await Decide(s, await Ask(s, receiver.Url + "/there"), "approve");
        Assert.Equal("/there", (await receiver.Until(2))[1].Path);
        var states = async () => (await s.W.Api.Get("/v1/deliveries")).Json["data"]!.AsArray().Select(d => d!["state"]!.GetValue<string>());
        for (var i = 0; i < 100 && !(await states()).Contains("delivered"); i++) await Task.Delay(50);
        Assert.Equal(["delivered", "exhausted"], (await states()).Order());
    }

    [Fact]
    public async Task it_is_signed_for_the_key_as_it_is_now_and_not_at_all_for_a_revoked_one()
    {
        await using var receiver = await CallbackReceiver.Start();
        var s = await Start();
        var (replaced, revoked) = (await Ask(s, receiver.Url + "/replaced"), await Ask(s, receiver.Url + "/revoked"));
        var admin = await (await s.W.AdminSession()).StepUp();
        var newer = (await admin.Post($"/v1/api-keys/{s.KeyId}/replacement", new { })).Is(HttpStatusCode.Created);
        receiver.Secret = newer.Text("callbackSecret");
        await Decide(s, replaced, "approve");
        Assert.NotNull(Assert.Single(await receiver.Until(1)).Callback);
        (await admin.Delete($"/v1/api-keys/{newer.Text("id")}")).Is(HttpStatusCode.OK);
        await Decide(s, revoked, "approve");
        for (var i = 0; i < 100 && await Attempts(s) == 0; i++) await Task.Delay(50);
        Assert.True(await Attempts(s) > 0);
        Assert.Single(receiver.Heard);
    }

    private static async Task<int> Attempts(Scene s)
    {
        var log = (await s.W.Api.Get("/v1/deliveries")).Json["data"]!.AsArray();
        return log.SingleOrDefault(d => d!["url"]!.GetValue<string>().EndsWith("/revoked",
            StringComparison.Ordinal))?["attempts"]!.AsArray().Count ?? 0;
    }

    [Fact]
    public async Task only_a_key_that_can_sign_names_an_address_and_no_forbidden_one()
    {
        var s = await Start();
        var admin = await s.W.AdminSession();
        var asked = new
        {
            agentId = "shopper", amount = 50_000, currency = "IDR", merchant = "tokopedia.com", reason = "Paper",
                callbackUrl = "http://127.0.0.1:9/x",
        };
        var refused = (await admin.Post("/v1/spend-requests", asked)).Refuses("validation_failed");
        Assert.Equal("/callbackUrl", refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        (await s.Agent.Post("/v1/spend-requests", asked with { callbackUrl = "http://10.0.0.1/x" })).Refuses("url_blocked");
    }
}

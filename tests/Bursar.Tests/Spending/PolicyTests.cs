using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

public sealed class PolicyTests(Product product)
{
    [Fact]
    public async Task a_policy_has_every_field_and_says_which_one_is_wrong()
    {
        var w = await product.Workspace();
        var made = (await w.Api.Post("/v1/policies", new
        {
            name = "All", currency = "USD", maxSingleAmount = 50_000, dailyLimit = 100_000, monthlyLimit = 200_000,
            requireApprovalOver = 10_000,
            approvalTiers = new[] { new { over = 20_000, approvals = 2 }, new { over = 30_000, approvals = 3 } },
            maxTransactionsPerMinute = 5, maxTransactionsPerHour = 50, allowedMerchants = new[] { "OpenAI.com." },
            blockedCategories = new[] { "Games" }, active = false,
            scope = new { kinds = new[] { "agent_spend" }, agentIds = new[] { "shopper" } },
        })).Is(HttpStatusCode.Created);
        var got = await w.Api.Get($"/v1/policies/{made.Text("id")}");
        Assert.Equal(made.Body, got.Body);
        Assert.Equal("openai.com", got.Json["allowedMerchants"]![0]!.GetValue<string>());
        Assert.Equal(3, got.Json["approvalTiers"]![1]!["approvals"]!.GetValue<int>());
        foreach (var (wrong, field) in new (object, string)[]
        {
            (new { name = "" }, "/name"), (new { name = "x", currency = "XXX" }, "/currency"),
            (new { name = "x", maxSingleAmount = 0 }, "/maxSingleAmount"),
            (new { name = "x", maxTransactionsPerHour = 0 }, "/maxTransactionsPerHour"),
            (new { name = "x", approvalTiers = Tier(5, 2) }, "/requireApprovalOver"),
            (new { name = "x", requireApprovalOver = 9, approvalTiers = Tier(5, 2) }, "/approvalTiers/0/over"),
            (new { name = "x", requireApprovalOver = 1, approvalTiers = Tier(5, 6) }, "/approvalTiers/0/approvals"),
            (new { name = "x", allowedMerchants = new[] { "a" }, blockedMerchants = new[] { "A." } }, "/blockedMerchants"),
            (new { name = "x", scope = new { keyIds = new[] { "no key" } } }, "/scope/keyIds/0"),
            (new { name = "x", scope = new { principals = new[] { "system" } } }, "/scope/principals"),
        })
        {
            var refused = (await w.Api.Post("/v1/policies", wrong)).Refuses("validation_failed");
            Assert.Equal(field, refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        }
        Assert.Equal(1, await w.Rows("policies"));

        static object[] Tier(long over, int approvals) => [new { over, approvals }];
    }

    [Fact]
    public async Task a_patch_changes_what_it_names_and_null_clears_it()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new
        {
            name = "Caps", dailyLimit = 100_000, monthlyLimit = 900_000, allowedMerchants = new[] { "a.com", "b.com" },
        });
        var changed = (await w.Api.Patch($"/v1/policies/{id}", new { dailyLimit = 50_000 })).Is(HttpStatusCode.OK);
        Assert.Equal((2, 50_000, 900_000), (changed.Number("version"), changed.Number("dailyLimit"), changed.Number("monthlyLimit")));
        var cleared = (await w.Api.Patch($"/v1/policies/{id}", new { dailyLimit = (long?)null, allowedMerchants = new[] { "c.com" } }))
            .Is(HttpStatusCode.OK);
        Assert.Null(cleared.Json["dailyLimit"]);
        Assert.Equal("[\"c.com\"]", cleared.Json["allowedMerchants"]!.ToJsonString());
        (await w.Api.Patch($"/v1/policies/{id}", new { dailyCap = 1 })).Refuses("validation_failed");
        (await w.Api.Patch($"/v1/policies/{id}", new { name = (string?)null })).Refuses("validation_failed");
        var fixedCurrency = (await w.Api.Patch($"/v1/policies/{id}", new { currency = "USD" })).Refuses("validation_failed");
        Assert.Equal("/currency", fixedCurrency.Json["errors"]![0]!["pointer"]!.GetValue<string>());
    }

    [Fact]
    public async Task versions_tell_who_changed_what_and_each_can_be_restored_also_after_the_policy_was_put_away()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new { name = "Caps", dailyLimit = 100_000 });
        var stricter = new { dailyLimit = 50_000, blockedMerchants = new[] { "casino.com" } };
        (await w.Api.Patch($"/v1/policies/{id}", stricter)).Is(HttpStatusCode.OK);
        (await w.Api.Delete($"/v1/policies/{id}")).Is(HttpStatusCode.OK);
        Assert.Empty((await w.Api.Get("/v1/policies")).Json["data"]!.AsArray());
        Assert.Single((await w.Api.Get("/v1/policies?archived=true")).Json["data"]!.AsArray());
        (await w.Api.Patch($"/v1/policies/{id}", new { dailyLimit = 1 })).Refuses("not_found");
        Assert.Equal("NO_ACTIVE_POLICY", (await w.Spend()).Text("decisionReason"));

        (await w.Api.Post($"/v1/policies/{id}/versions/9/restoration", new { })).Refuses("not_found");
        var restored = (await w.Api.Post($"/v1/policies/{id}/versions/1/restoration", new { })).Is(HttpStatusCode.OK);
        Assert.Equal((4, 100_000), (restored.Number("version"), restored.Number("dailyLimit")));
        Assert.Equal("ALLOW", (await w.Spend()).Text("decision"));
        var versions = (await w.Api.Get($"/v1/policies/{id}/versions")).Json["data"]!.AsArray();
        Assert.Equal(["restored", "archived", "changed", "created"], versions.Select(v => v!["act"]!.GetValue<string>()));
        Assert.Equal(1, versions[0]!["restoredFrom"]!.GetValue<int>());
        Assert.Equal("Ada Admin", versions[3]!["changedBy"]!.GetValue<string>());
        var change = versions[2]!["changes"]!.AsArray().ToDictionary(c => c!["member"]!.GetValue<string>(), c => c!);
        Assert.Equal(["blockedMerchants", "dailyLimit"], change.Keys.Order());
        Assert.Equal("100000", change["dailyLimit"]["before"]!.ToJsonString());
        Assert.Equal("50000", change["dailyLimit"]["after"]!.ToJsonString());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_policy_that_nobody_could_approve_is_saved_with_a_warning()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new { name = "Big", requireApprovalOver = 100_000 });
        // One Admin, and what the Admin or their keys ask for needs somebody else.
        Assert.Equal(["approvers_cannot_ask"], await Warnings());
        await w.Person(Role.Approver);
        Assert.Empty(await Warnings());
        var tiers = new { approvalTiers = new[] { new { over = 200_000, approvals = 3 } } };
        var saved = (await w.Api.Patch($"/v1/policies/{id}", tiers)).Is(HttpStatusCode.OK);
        Assert.Equal("nobody_can_approve", saved.Json["warnings"]![0]!["code"]!.GetValue<string>());
        Assert.Contains("3 different people, and 2 may approve", saved.Json["warnings"]![0]!["detail"]!.GetValue<string>());
        // A tier above what may be asked for at all is never reached.
        (await w.Api.Patch($"/v1/policies/{id}", new { maxSingleAmount = 150_000 })).Is(HttpStatusCode.OK);
        Assert.Empty(await Warnings());

        async Task<string[]> Warnings() =>
            [.. (await w.Api.Get($"/v1/policies/{id}")).Json["warnings"]!.AsArray().Select(x => x!["code"]!.GetValue<string>())];
    }

    [Fact]
    public async Task the_free_plan_has_room_for_one_policy_and_one_key_in_live_mode()
    {
        var w = await product.Workspace();
        await product.Execute("update bursar.workspaces set plan = 'free' where workspace_id = $1", w.Book.Workspace.Value);
        await product.Execute(
            "update bursar.books set control_version = control_version + 1 where workspace_id = $1", w.Book.Workspace.Value);
        var live = await (await w.AdminSession("live")).StepUp();
        var first = (await live.Post("/v1/policies", new { name = "One" })).Is(HttpStatusCode.Created);
        var full = (await live.Post("/v1/policies", new { name = "Two" })).Refuses("plan_limit_reached");
        Assert.Equal((429, 1, 1), ((int)full.Status, full.Number("limit"), full.Number("used")));
        (await live.Delete($"/v1/policies/{first.Text("id")}")).Is(HttpStatusCode.OK);
        (await live.Post("/v1/policies", new { name = "Two" })).Is(HttpStatusCode.Created);
        (await live.Post($"/v1/policies/{first.Text("id")}/versions/1/restoration", new { })).Refuses("plan_limit_reached");
        for (var i = 0; i < 3; i++) await w.Policy(new { name = $"Test mode is not counted {i}" });

        var plan = (await w.Api.Get("/v1/plan")).Is(HttpStatusCode.OK);
        Assert.Equal("free", plan.Text("name"));
        Assert.Equal("""{"limit":1,"used":1}""", plan.Json["policies"]!.ToJsonString());
        Assert.Equal("""{"limit":1,"used":0}""", plan.Json["keys"]!.ToJsonString());
        Assert.Equal("""{"limit":100,"used":0}""", plan.Json["evaluationsToday"]!.ToJsonString());
    }

    [Fact]
    public async Task a_test_decides_as_a_request_would_and_reserves_nothing()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new { name = "Caps", dailyLimit = 100_000, requireApprovalOver = 60_000 });
        for (var i = 0; i < 5; i++)
        {
            var tested = (await w.Api.Post("/v1/policies/test", Spends.SpendBody(50_000))).Is(HttpStatusCode.OK);
            Assert.Equal(("ALLOW", "OK"), (tested.Text("decision"), tested.Text("decisionReason")));
        }
        Assert.Equal(0, await w.Rows("usage"));
        var real = (await w.Spend(50_000)).Is(HttpStatusCode.OK);
        var before = await w.Rows("journal");
        var over = (await w.Api.Post("/v1/policies/test", Spends.SpendBody(50_001))).Is(HttpStatusCode.OK);
        Assert.Equal(("DENY", "EXCEEDS_DAILY_LIMIT"), (over.Text("decision"), over.Text("decisionReason")));
        var rule = over.Json["explain"]!["rules"]![0]!;
        Assert.Equal([100_000, 50_000, 50_000], new[] { "limit", "used", "remaining" }.Select(m => rule[m]!.GetValue<long>()));
        // A draft in the place of the policy, and one beside it.
        var draft = new { name = "Caps", dailyLimit = 200_000, requireApprovalOver = 50_000 };
        var asks = (await w.Api.Post("/v1/policies/test", new { amount = 50_001, policyId = id, draft })).Is(HttpStatusCode.OK);
        Assert.Equal(("REQUIRE_APPROVAL", 1), (asks.Text("decision"), asks.Number("approvals")));
        var beside = await w.Api.Post("/v1/policies/test",
            new { amount = 10, draft = new { name = "New", blockedMerchants = new[] { "x" } }, merchant = "X." });
        Assert.Equal("BLOCKED_MERCHANT", beside.Text("decisionReason"));
        var transfer = new { amount = 10, kind = "money_transfer", merchant = "bca:5270997481" };
        Assert.Equal("OK", (await w.Api.Post("/v1/policies/test", transfer)).Text("decisionReason"));
        var wrong = await w.Api.Post("/v1/policies/test", new { amount = 10, draft = new { name = "", dailyLimit = 0 } });
        Assert.Equal("/draft/name", wrong.Refuses("validation_failed").Json["errors"]![0]!["pointer"]!.GetValue<string>());
        (await w.Api.Post("/v1/policies/test", new { amount = 0 })).Refuses("amount_out_of_range");
        Assert.Equal(before, await w.Rows("journal"));
        Assert.Equal("ALLOW", real.Text("decision"));
    }

    [Fact]
    public async Task eighty_percent_of_a_cap_is_told_once_a_period()
    {
        var w = await product.Workspace();
        var id = await w.Policy(new { name = "Caps", dailyLimit = 100_000, monthlyLimit = 1_000_000 });
        await w.Spend(79_999);
        Assert.Equal(0, await w.Facts("policy.cap_warning"));
        await w.Spend(1);
        await w.Spend(10_000);
        Assert.Equal(1, await w.Facts("policy.cap_warning"));
        var told = (await w.Api.Get("/v1/events?limit=200")).Json["data"]!.AsArray()
            .Single(e => e!["type"]!.GetValue<string>() == "policy.cap_warning")!["data"]!;
        Assert.Equal((id, "day", 80_000, 20_000), (told["policyId"]!.GetValue<string>(), told["period"]!.GetValue<string>(),
            told["used"]!.GetValue<long>(), told["remaining"]!.GetValue<long>()));
        var mail = await Mail(await w.AdminEmail(), "80 %");
        Assert.Contains("Rp 80.000", mail);
    }

    private async Task<string> Mail(string to, string about)
    {
        for (var i = 0; i < 300; i++)
        {
            if ((await product.MessagesTo(to)).FirstOrDefault(m => m.Contains(about, StringComparison.Ordinal)) is { } mail)
                return mail.Replace('\u00a0', ' ');
            await Task.Delay(50);
        }
        Assert.Fail($"no message about {about}");
        return "";
    }
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>Authorizations that nobody uses end by themselves, and give back what they held, once (QUALITY SA4).</summary>
public sealed class ExpiryTests(Product product)
{
    [Fact]
    public async Task what_was_never_fetched_is_free_again_and_what_went_out_stays_used()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", requireApprovalOver = 100_000, dailyLimit = 1_000_000 });
        var executor = await w.Handle(new { name = "Ours", type = "external_executor", url = "http://127.0.0.1:9999/pay",
            authToken = "executor-token-of-the-test" });
        var guarded = (await w.Spend(50_000)).Is(HttpStatusCode.OK);
        var ours = (await w.Api.Post("/v1/spend-requests",
            new { agentId = "shopper", amount = 60_000, currency = "IDR", merchant = "tokopedia.com", reason = "Paper",
                handleId = executor })).Is(HttpStatusCode.OK);
        Assert.NotNull(ours.Json["sat"]);
        var late = (await w.Spend(400_000)).Is(HttpStatusCode.OK);
        var approver = await w.Member(Role.Approver);
        var approval = await approver.Get($"/v1/approvals/{late.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{late.Text("approvalId")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        Assert.Equal(490_000, await Left(w));

        await product.Execute("update bursar.disbursements set authorized_until = now() where workspace_id = $1", w.Book.Workspace.Value);
        foreach (var asked in new[] { guarded, ours, late })
        {
            var over = await Reaches(w, asked, "expired");
            Assert.Equal("ALLOW", over.Text("decision"));
            Assert.Null(over.Json["sat"]);
        }
        Assert.Equal(950_000, await Left(w));
        await w.BooksAreRight();
    }

    /// <summary>What is left today, as a request that is too large is told.</summary>
    private static async Task<long> Left(Workspace w)
    {
        var refused = (await w.Spend(10_000_000)).Is(HttpStatusCode.OK);
        return refused.Json["explain"]!["rules"]!.AsArray().Single(r =>
            r!["rule"]!.GetValue<string>() == "EXCEEDS_DAILY_LIMIT")!["remaining"]!.GetValue<long>();
    }

    private static async Task<Answer> Reaches(Workspace w, Answer asked, string state)
    {
        for (var i = 0; i < 300; i++)
        {
            var spend = await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}");
            if (spend.Text("state") == state) return spend;
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"not {state} within 15 s");
    }
}

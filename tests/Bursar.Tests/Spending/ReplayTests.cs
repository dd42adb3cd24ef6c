using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>The past decided again with a draft (PRODUCT S10), also what was refused and left nothing but a line in the journal.</summary>
public sealed class ReplayTests(Product product)
{
    private static readonly string[] AllKinds = ["agent_spend", "money_transfer"];

    [Fact]
    public async Task a_refused_transfer_is_counted_and_passes_where_the_draft_lets_it()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Policy(new
        {
            name = "Transfers", maxSingleAmount = 200_000, blockedCategories = new[] { "e_wallet" },
            scope = new { kinds = new[] { "money_transfer" } },
        });
        (await w.Transfer(150_000)).Is(HttpStatusCode.Created);
        (await w.Transfer(300_000)).Refuses("policy_denied");
        (await w.Api.Post("/v1/transfers", new { amount = 50_000, bankCode = "gopay", accountNumber = "081234567890" }))
            .Refuses("policy_denied");
        await w.Settled();

        var same = (await w.Api.Post($"/v1/policies/{id}/replay", new { })).Is(HttpStatusCode.OK);
        Assert.Equal((3, 2, 0, 0, 0), Figures(same));
        Assert.Equal(350_000, same.Json["denied"]!["total"]!.GetValue<long>());
        var larger = await Replay(w, id, new { name = "Larger", maxSingleAmount = 400_000, blockedCategories = new[] { "e_wallet" } });
        Assert.Equal((3, 1, 1, 0, 0), Figures(larger));
        var row = larger.Json["rows"]!.AsArray().Single()!;
        Assert.Null(row["id"]);
        Assert.Equal(("DENY", "EXCEEDS_SINGLE_LIMIT", "ALLOW", "bca:5270997481", 300_000), (row["before"]!.GetValue<string>(),
            row["beforeReason"]!.GetValue<string>(), row["after"]!.GetValue<string>(), row["merchant"]!.GetValue<string>(),
            row["amount"]!.GetValue<long>()));
        // The kind of account was asked too: a draft that blocks nothing lets the wallet through, and nothing else.
        var wallets = await Replay(w, id, new { name = "Wallets", maxSingleAmount = 200_000 });
        Assert.Equal((3, 1, 1, 0, 0), Figures(wallets));
        // What passes now is taken as spent: of 150, 300 and 50 thousand a day of 460 holds the first two.
        var day = await Replay(w, id, new { name = "Day", dailyLimit = 460_000 });
        Assert.Equal((3, 1, 1, 0, 0), Figures(day));
    }

    [Fact]
    public async Task a_refused_row_of_a_batch_is_counted_as_its_transfer_would_be()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var id = await w.Policy(new { name = "Transfers", maxSingleAmount = 200_000, scope = new { kinds = new[] { "money_transfer" } } });
        var batch = await w.Api.Uploaded(Given.Batches.Header + "60000,bca,0810000017,A,,\n310000,bca,0810000027,B,,\n");
        await w.Api.BatchReaches(batch, "completed");
        Assert.Equal((2, 1, 0, 0, 0), Figures((await w.Api.Post($"/v1/policies/{id}/replay", new { })).Is(HttpStatusCode.OK)));
        Assert.Equal((2, 0, 1, 0, 0), Figures(await Replay(w, id, new { name = "Larger", maxSingleAmount = 400_000 })));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task with_the_policy_unchanged_no_decision_differs_whoever_asked()
    {
        var w = await (await product.Workspace()).WithDeposit(20_000_000);
        var id = await w.Policy(new
        {
            name = "Everybody", dailyLimit = 3_000_000, maxSingleAmount = 170_000, requireApprovalOver = 120_000,
            blockedMerchants = new[] { "casino.com", "bca:1234567890" }, scope = new { kinds = AllKinds },
        });
        var random = new Random(77);
        var (asked, refused) = (0, 0);
        for (; asked < 60; asked++)
        {
            var amount = random.Next(10, 200) * 1_000;
            if (random.Next(2) == 0)
                await w.Spend(amount, merchant: random.Next(5) == 0 ? "casino.com" : "tokopedia.com");
            else if ((await w.Transfer(amount, random.Next(5) == 0 ? "1234567890" : "5270997481")).Status != HttpStatusCode.Created)
                refused++;
        }
        Assert.InRange(refused, 1, asked - 1);
        var same = (await w.Api.Post($"/v1/policies/{id}/replay", new { })).Is(HttpStatusCode.OK);
        Assert.Equal(asked, Count(same, "asked"));
        Assert.Empty(same.Json["rows"]!.AsArray());
        var stored = (await w.Api.Get("/v1/decisions?limit=100")).Json["data"]!.AsArray();
        foreach (var (sum, word) in new[] { ("allowed", "ALLOW"), ("needsApproval", "REQUIRE_APPROVAL"), ("denied", "DENY") })
            Assert.Equal(stored.Count(d => d!["decision"]!.GetValue<string>() == word), Count(same, sum));
    }

    private static async Task<Answer> Replay(Workspace w, string id, object draft)
    {
        var fields = System.Text.Json.JsonSerializer.SerializeToNode(draft)!;
        fields["scope"] = System.Text.Json.JsonSerializer.SerializeToNode(new { kinds = AllKinds });
        return (await w.Api.Post($"/v1/policies/{id}/replay", new { draft = fields })).Is(HttpStatusCode.OK);
    }

    private static (long Asked, long Denied, long NewlyAllowed, long NewApprovals, long NewlyDenied) Figures(Answer a) => (
        Count(a, "asked"), Count(a, "denied"), Count(a, "newlyAllowed"), Count(a, "newApprovals"), Count(a, "newlyDenied"));

    private static long Count(Answer a, string sum) => a.Json[sum]!["count"]!.GetValue<long>();
}

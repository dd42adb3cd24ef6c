using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Ledger;

/// <summary>What must hold when everybody asks at once.</summary>
public sealed class ParallelTests(Product product)
{
    private const long Fee = 2_500;

    [Fact]
    public async Task of_64_parallel_transfers_against_a_balance_for_10_exactly_10_succeed()
    {
        var w = await (await product.Workspace()).WithDeposit(10 * (50_000 + Fee));
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => w.Transfer(50_000)));
        Assert.Equal(10, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("insufficient_funds"));
        await w.Settled();
        Assert.True((await w.Api.Get("/v1/ledger/trial-balance")).Json["data"]!.AsArray().All(r => r!["balanced"]!.GetValue<bool>()));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_64_parallel_transfers_under_a_daily_cap_for_10_exactly_10_succeed()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        (await w.Api.Post("/v1/policies", new { name = "cap", dailyLimit = 500_000, scope = new { kinds = new[] { "money_transfer" } } }))
            .Is(HttpStatusCode.Created);
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => w.Transfer(50_000)));
        Assert.Equal(10, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("policy_denied"));
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_cap_holds_over_two_processes_on_one_database()
    {
        var w = await (await product.Workspace()).WithDeposit(10 * (50_000 + Fee));
        var (second, address) = await product.Serve();
        await using (second)
        {
            var other = w.Through(address);
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
                i % 2 == 0
                    ? w.Transfer(50_000)
                    : other.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" })));
            Assert.Equal(10, answers.Count(a => a.Status == HttpStatusCode.Created));
            Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("insufficient_funds"));
            await w.Settled();
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task one_key_from_64_connections_is_one_transfer_and_one_answer()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        for (var round = 0; round < 5; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => w.Transfer(50_000, key: $"same-{round}")));
            Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, a.Body));
            Assert.Single(answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Body).Distinct());
            Assert.Equal(1, answers.Count(a => a.Status == HttpStatusCode.Created && !a.Headers.ContainsKey("Idempotency-Replayed")));
        }
        Assert.Equal(5, (await w.Api.Get("/v1/transfers?limit=200")).Json["data"]!.AsArray().Count);
        (await w.Transfer(60_000, key: "same-0")).Refuses("idempotency_key_reused");
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_policy_edited_in_the_middle_holds_for_every_decision_after_it()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var asking = Enumerable.Range(0, 150).Select(async i =>
        {
            await Task.Delay(i);
            return await w.Transfer(50_000);
        }).ToList();
        await Task.Delay(40);
        var policy = (await w.Api.Post("/v1/policies",
            new { name = "stop", maxSingleAmount = 1, scope = new { kinds = new[] { "money_transfer" } } })).Is(HttpStatusCode.Created);
        var answers = await Task.WhenAll(asking);
        Assert.Contains(answers, a => a.Status == HttpStatusCode.Created);
        Assert.Contains(answers, a => a.Status != HttpStatusCode.Created);
        Assert.Equal(0, await After(w, "policy.created", "transfer.approved"));
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_key_revoked_in_the_middle_decides_nothing_after_it()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var admin = await w.AdminSession();
        await admin.StepUp();
        var key = (await admin.Post("/v1/api-keys", new { name = "short-lived", scope = "full" })).Is(HttpStatusCode.Created);
        var client = new Client(product.Address, key.Text("key"));
        var asking = Enumerable.Range(0, 150).Select(async i =>
        {
            await Task.Delay(i);
            return await client.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" });
        }).ToList();
        await asking[20];
        (await admin.Delete($"/v1/api-keys/{key.Text("id")}")).Is(HttpStatusCode.OK);
        var answers = await Task.WhenAll(asking);
        Assert.Contains(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("api_key_invalid"));
        Assert.Equal(0, await After(w, "key.revoked", "transfer.approved"));
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_member_removed_in_the_middle_decides_nothing_after_it()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var maker = await w.Member(Role.Maker);
        var admin = await w.AdminSession();
        var asking = Enumerable.Range(0, 100).Select(async i =>
        {
            await Task.Delay(i);
            return await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" });
        }).ToList();
        await Task.Delay(40);
        (await admin.Delete($"/v1/members/{maker.MemberId}")).Is(HttpStatusCode.OK);
        var answers = await Task.WhenAll(asking);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("authentication_required"));
        Assert.Equal(0, await After(w, "member.removed", "transfer.pending_approval"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task of_50_parallel_verdicts_one_wins_and_the_others_are_told_who()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var maker = await w.Member(Role.Maker);
        var approver = await w.Member(Role.Approver);
        (await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        var approval = (await approver.Get("/v1/approvals?state=pending")).Json["data"]![0]!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => approver.Post($"/v1/approvals/{approval["id"]}/decision",
            new { verdict = i % 2 == 0 ? "approve" : "reject", contentHash = approval["contentHash"]!.GetValue<string>() })));
        Assert.Equal(1, answers.Count(a => a.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK),
            a => Assert.NotNull(a.Refuses("already_resolved").Json["winner"]!["by"]));
        await w.Settled();
        await w.BooksAreRight();
    }

    /// <summary>How many entries of a type the book's journal holds behind the first of another.</summary>
    private async Task<long> After(Workspace w, string change, string type)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("""
            select count(*) from bursar.journal j where workspace_id = @w and mode = 1 and type = @type
                and position > (select min(position) from bursar.journal c where c.workspace_id = @w and c.mode = 1 and c.type = @change)
            """, new { w = w.Book.Workspace.Value, type, change });
    }
}

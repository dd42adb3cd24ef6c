using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>The directory of banks, their status in both modes, and what a disturbed one does to transfers (PRODUCT P1).</summary>
public sealed class BankTests(Product product)
{
    [Fact]
    public async Task the_directory_names_banks_and_wallets_with_fee_queue_and_status()
    {
        var w = await product.Workspace();
        var all = (await w.Api.Get("/v1/banks")).Is(HttpStatusCode.OK).Json["data"]!.AsArray();
        Assert.True(all.Count > 120);
        Assert.All(all, b => Assert.Equal("operational", b!["status"]!.GetValue<string>()));
        var two = (await w.Api.Get("/v1/banks?code=bca&code=gopay")).Json["data"]!.AsArray();
        Assert.Equal(["bca", "gopay"], two.Select(b => b!["code"]!.GetValue<string>()).Order());
        var bca = two.Single(b => b!["code"]!.GetValue<string>() == "bca")!;
        Assert.Equal((2_500, 0), (bca["fee"]!.GetValue<long>(), bca["queue"]!.GetValue<long>()));
        Assert.Null(bca["updatedAt"]);
        Assert.Empty((await w.Api.Get("/v1/banks?code=nope")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task a_heavily_disturbed_bank_refuses_new_transfers_of_this_book_only()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var other = await (await product.Workspace()).WithDeposit(1_000_000);
        var set = (await Set(w, "heavily_disturbed", "Maintenance until 05.00")).Is(HttpStatusCode.OK);
        Assert.Equal("Maintenance until 05.00", set.Text("statusMessage"));
        var refused = (await w.Transfer(50_000)).Refuses("bank_disturbed");
        Assert.Equal("none", refused.Text("outcome"));
        Assert.Equal(0, await w.Rows("disbursements"));
        (await w.Api.Post("/v1/transfers", new { amount = 50_000, bankCode = "bri", accountNumber = "5270997481" })).Is(HttpStatusCode.Created);
        (await other.Transfer(50_000)).Is(HttpStatusCode.Created);
        (await Set(w, "disturbed")).Is(HttpStatusCode.OK);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        await w.Settled();
    }

    [Fact]
    public async Task what_was_approved_waits_for_the_bank_and_goes_when_it_is_back()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var id = await WaitsForItsBank(w, await w.Member(Role.Maker));
        await Tried(w);
        Assert.Equal("approved", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        var bca = (await w.Api.Get("/v1/banks?code=bca")).Json["data"]![0]!;
        Assert.Equal(("heavily_disturbed", 1), (bca["status"]!.GetValue<string>(), bca["queue"]!.GetValue<long>()));
        (await Set(w, "operational")).Is(HttpStatusCode.OK);
        await w.Reaches(id, "succeeded");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_was_changed_in_the_database_after_its_approval_does_not_go_out()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var id = await WaitsForItsBank(w, await w.Member(Role.Maker));
        await Tried(w);
        const string to = "update bursar.disbursements set account_number = '{0}' where workspace_id = $1";
        await product.Execute(to.Replace("{0}", "5270996666"), w.Book.Workspace.Value);
        (await Set(w, "operational")).Is(HttpStatusCode.OK);
        await TriedTwice(w);
        Assert.Equal("approved", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        Assert.Equal(0, await w.Rows("attempts"));
        await product.Execute(to.Replace("{0}", "5270997481"), w.Book.Workspace.Value);
        await product.Execute("update bursar.outbox set leased_until = null where workspace_id = $1", w.Book.Workspace.Value);
        await w.Reaches(id, "succeeded");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_transfer_that_waits_for_its_bank_can_be_cancelled()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var maker = await w.Member(Role.Maker);
        var id = await WaitsForItsBank(w, maker);
        (await maker.Post($"/v1/transfers/{id}/cancellation", new { })).Is(HttpStatusCode.OK);
        (await Set(w, "operational")).Is(HttpStatusCode.OK);
        Assert.Equal(0, await w.Rows("attempts"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task nothing_leaves_after_the_status_changed_however_much_is_asked_at_once()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var stop = false;
        var asking = Enumerable.Range(0, 8).Select(async lane =>
        {
            for (var i = 0; !Volatile.Read(ref stop); i++)
            {
                var sent = await w.Transfer(10_000 + i, $"6{lane:D3}{i:D6}77");
                if (sent.Status != HttpStatusCode.Created) sent.Refuses("bank_disturbed");
            }
        }).ToList();
        while (await w.Rows("attempts") < 20) await Task.Delay(10);
        (await Set(w, "heavily_disturbed")).Is(HttpStatusCode.OK);
        var late = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => w.Transfer(20_000 + i, $"7{i:D7}77")));
        Volatile.Write(ref stop, true);
        await Task.WhenAll(asking);
        Assert.All(late, a => a.Refuses("bank_disturbed"));
        await using var connection = await product.Database.Engine.OpenConnectionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("""
            select count(*) from bursar.bank_statuses s join bursar.disbursements d on d.workspace_id = s.workspace_id and d.mode = s.mode
            left join bursar.attempts t on t.workspace_id = d.workspace_id and t.mode = d.mode and t.disbursement_id = d.disbursement_id
            where s.workspace_id = @w and (d.created_at > s.changed_at or t.started_at > s.changed_at)
            """, new { w = w.Book.Workspace.Value }));
        (await Set(w, "operational")).Is(HttpStatusCode.OK);
        await w.Settled();
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_change_is_an_event_and_the_same_again_is_none()
    {
        var w = await product.Workspace();
        (await Set(w, "disturbed", "Slow")).Is(HttpStatusCode.OK);
        (await Set(w, "disturbed", "Slow")).Is(HttpStatusCode.OK);
        var told = Assert.Single((await Told(w.Api)));
        Assert.Equal(("bca", "disturbed", "Slow"), (told["code"]!.GetValue<string>(), told["status"]!.GetValue<string>(),
            told["statusMessage"]!.GetValue<string>()));
        (await w.Api.Post("/v1/test/bank-status", new { bankCode = "nope", status = "disturbed" })).Refuses("validation_failed");
        (await w.Api.Post("/v1/test/bank-status", new { bankCode = "bca", status = "gone" })).Refuses("validation_failed");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_operator_changes_a_live_bank_for_everybody_and_listening_books_hear_it_once()
    {
        var (hears, deaf) = (await product.Workspace(), await product.Workspace());
        var (live, silent) = (await LiveKey(hears), await LiveKey(deaf));
        var endpoint = (await live.Post("/v1/webhook-endpoints", new { url = "https://93.184.216.34/hook", product = "bank_status" }))
            .Is(HttpStatusCode.Created);
        // Paused, so that nothing is sent: what it would hear is booked all the same.
        (await live.Patch($"/v1/webhook-endpoints/{endpoint.Text("id")}", new { state = "paused" })).Is(HttpStatusCode.OK);
        var desk = await Operator();
        Assert.Contains("Change status", (await desk.Get("/operator/banks")).Is(HttpStatusCode.OK).Body);
        (await desk.Submit(await desk.Get("/operator/banks"), ("bankCode", "harda"), ("status", "heavily_disturbed"), ("message", "Fire")))
            .Is(HttpStatusCode.Redirect);
        foreach (var key in new[] { live, silent })
        {
            var bank = (await key.Get("/v1/banks?code=harda")).Json["data"]![0]!;
            Assert.Equal(("heavily_disturbed", "Fire"), (bank["status"]!.GetValue<string>(), bank["statusMessage"]!.GetValue<string>()));
        }
        Assert.Equal("operational", (await hears.Api.Get("/v1/banks?code=harda")).Json["data"]![0]!["status"]!.GetValue<string>());
        for (var i = 0; i < 200 && (await Told(live)).Count == 0; i++) await Task.Delay(50);
        Assert.Equal("heavily_disturbed", Assert.Single(await Told(live))["status"]!.GetValue<string>());
        (await desk.Submit(await desk.Get("/operator/banks"), ("bankCode", "harda"), ("status", "operational"), ("message", "")))
            .Is(HttpStatusCode.Redirect);
        for (var i = 0; i < 200 && (await Told(live)).Count == 1; i++) await Task.Delay(50);
        Assert.Equal(2, (await Told(live)).Count);
        Assert.Empty(await Told(silent));
        Assert.Contains("Allo Bank", (await desk.Get("/operator/banks")).Body);
        await hears.BooksAreRight();
    }

    [Fact]
    public async Task pages_show_the_status_before_money_is_sent()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var pages = await w.AdminPages();
        (await Set(w, "disturbed", "Slow today")).Is(HttpStatusCode.OK);
        var form = (await pages.Get("/test/transfers/new")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("Disturbed at the moment", form);
        var review = await pages.Get("/test/transfers/new/review?bankCode=bca&accountNumber=5270997481&amount=50000");
        Assert.Contains("Slow today", review.Is(HttpStatusCode.OK).Body);
        Assert.Contains("Slow today", (await pages.Get("/test/transfers/banks?status=disturbed")).Is(HttpStatusCode.OK).Body);
        Assert.DoesNotContain("Slow today", (await pages.Get("/test/transfers/banks?status=operational&search=bri")).Body);
        (await Set(w, "heavily_disturbed")).Is(HttpStatusCode.OK);
        var refused = await pages.Submit(await pages.Get("/test/transfers/new"),
            ("bankCode", "bca"), ("accountNumber", "5270997481"), ("amount", "50.000"), ("remark", ""), ("recipientEmails", ""));
        Assert.Contains("is heavily disturbed", refused.Is(HttpStatusCode.UnprocessableEntity).Body);
    }

    private static Task<Answer> Set(Workspace w, string status, string? message = null) =>
        w.Api.Post("/v1/test/bank-status", new { bankCode = "bca", status, message });

    private static async Task<List<JsonNode>> Told(Client client) =>
        [.. (await client.Get("/v1/events?after=0&limit=200")).Is(HttpStatusCode.OK).Json["data"]!.AsArray()
            .Where(e => e!["type"]!.GetValue<string>() == "bank.status_changed").Select(e => e!["data"]!)];

    /// <summary>A transfer that was approved while its bank was away.</summary>
    private static async Task<string> WaitsForItsBank(Workspace w, Client maker)
    {
        var approver = await w.Member(Role.Approver);
        var asked = (await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        (await Set(w, "heavily_disturbed")).Is(HttpStatusCode.OK);
        var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{approval.Text("id")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        return asked.Text("id");
    }

    /// <summary>Waits until the executor has looked at what waits, and put it back.</summary>
    private async Task Tried(Workspace w)
    {
        await using var connection = await product.Database.Engine.OpenConnectionAsync();
        for (var i = 0; i < 200; i++)
        {
            if (await connection.ExecuteScalarAsync<bool>("""
                select exists (select from outbox where workspace_id = @w and consumer = 1 and tries > 0 and leased_until is null)
                """, new { w = w.Book.Workspace.Value })) return;
            await Task.Delay(50);
        }
        Assert.Fail("nobody looked at it within 10 s");
    }

    /// <summary>Waits until the executor has taken up what waits twice more, as after a lease that ran out.</summary>
    private async Task TriedTwice(Workspace w)
    {
        await using var connection = await product.Database.Engine.OpenConnectionAsync();
        var before = await Tries();
        for (var i = 0; i < 200; i++)
        {
            if (await Tries() >= before + 2) return;
            await product.Execute("update bursar.outbox set leased_until = null, due = now() where workspace_id = $1 and consumer = 1",
                w.Book.Workspace.Value);
            await Task.Delay(100);
        }
        Assert.Fail("nobody took it up again within 20 s");

        Task<int> Tries() => connection.ExecuteScalarAsync<int>(
            "select coalesce(sum(tries), 0) from outbox where workspace_id = @w and consumer = 1", new { w = w.Book.Workspace.Value });
    }

    private async Task<Client> LiveKey(Workspace w) => new(product.Address,
        (await product.Services.GetRequiredService<ApiKeys>().Create(
            w.Admin with { Book = new BookKey(w.Book.Workspace, Mode.Live) }, new NewApiKey("Live", KeyScope.Full))).Value.Key);

    private async Task<PageClient> Operator()
    {
        var email = $"op{Guid.CreateVersion7():N}@example.test";
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Bima", Workspace.Password)).Ok);
        var browser = new PageClient(product.Address, PageClient.FreshAddress());
        (await browser.SignIn(email)).Is(HttpStatusCode.Redirect);
        return browser;
    }
}

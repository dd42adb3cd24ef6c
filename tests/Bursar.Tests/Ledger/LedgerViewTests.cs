using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Ledger;

/// <summary>The ledger as a workspace sees it: accounts now and then, transfers, and the proof of a day (PRODUCT L4, L5).</summary>
public sealed class LedgerViewTests(Product product)
{
    [Fact]
    public async Task accounts_show_what_they_held_at_a_moment_and_now()
    {
        var w = await product.Workspace();
        await w.WithDeposit(1_000_000);
        var first = await Deposit(w, "");
        var between = DateTimeOffset.UtcNow;
        await w.WithDeposit(500_000);
        (await w.Transfer(50_000, "990006")).Is(HttpStatusCode.Created);
        var now = await Deposit(w, "");
        Assert.Equal(52_500, now["debitsPending"]!.GetValue<long>());
        Assert.True(now["posted"]!.GetValue<long>() >= 1_500_000);
        Assert.Equal(first.ToJsonString(), (await Deposit(w, At(between))).ToJsonString());
        Assert.Equal(0, (await Deposit(w, At(between.AddDays(-1))))["creditsPosted"]!.GetValue<long>());
        Assert.Equal(now.ToJsonString(), (await Deposit(w, At(DateTimeOffset.UtcNow))).ToJsonString());
        (await w.Api.Get("/v1/ledger/accounts?at=yesterday")).Refuses("invalid_parameter");
    }

    [Fact]
    public async Task transfers_are_filtered_by_account_kind_and_what_they_belong_to_and_paged()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var paid = (await w.Transfer(50_000)).Text("id");
        await w.Reaches(paid, "succeeded");
        (await w.Transfer(60_000, "990006")).Is(HttpStatusCode.Created);
        var all = await List(w, "");
        Assert.Equal(7, all.Count);
        Assert.Equal(["post", "post", "pending", "pending"], (await List(w, $"?reference={paid}")).Select(t => Text(t, "kind")));
        Assert.All(await List(w, $"?reference={paid}"), t => Assert.Equal(paid, Text(t, "reference")));
        Assert.Single(await List(w, "?account=funding"));
        Assert.All(await List(w, "?account=fees&kind=pending"), t => Assert.Equal("fees", Text(t, "creditAccount")));
        Assert.Empty(await List(w, "?reference=nonsense"));

        var ids = new List<string>();
        var cursor = "";
        do
        {
            var page = (await w.Api.Get($"/v1/ledger/transfers?limit=3{cursor}")).Is(HttpStatusCode.OK).Json;
            ids.AddRange(page["data"]!.AsArray().Select(t => Text(t!, "id")));
            cursor = page["nextCursor"] is { } next ? $"&cursor={next.GetValue<string>()}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(all.Select(t => Text(t, "id")), ids);

        var pages = await w.AdminPages();
        Assert.Contains(paid, (await pages.Get("/test/deposit/ledger/transfers")).Is(HttpStatusCode.OK).Body);
        var ledger = (await pages.Get("/test/deposit/ledger?at=2020-01-01T00:00")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("Balanced", ledger);
        Assert.DoesNotContain("1.000.", ledger);
    }

    [Fact]
    public async Task a_day_is_proved_from_opening_and_movements_to_the_closing_and_taken_along_as_csv()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var paid = (await w.Transfer(50_000)).Text("id");
        await w.Reaches(paid, "succeeded");
        (await w.Api.Post($"/v1/test/disbursements/{paid}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        var pages = await w.AdminPages();
        var page = (await pages.Get("/test/deposit/reconciliation")).Is(HttpStatusCode.OK).Body;
        foreach (var words in new[] { "Top-ups received", "Transfers paid", "Transfers returned", "Fees returned", "Proved" })
            Assert.Contains(words, page);
        Assert.DoesNotContain("Broken", page);
        var csv = (await pages.Get("/test/deposit/reconciliation/report.csv")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("deposit,IDR,Transfers paid,1,-50000", csv);
        Assert.Contains("deposit,IDR,Fees returned,1,2500", csv);
        var closing = (await Deposit(w, ""))["posted"]!.GetValue<long>();
        Assert.Contains($"deposit,IDR,Closing,,{closing}", csv);
        Assert.Contains("Opening,,0", (await pages.Get("/test/deposit/reconciliation/report.csv?day=2020-01-01")).Body);
        Assert.Equal(2, await w.Facts("export.downloaded"));
    }

    [Fact]
    public async Task the_trial_balance_is_what_the_accounts_say_now_and_at_a_moment()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var before = DateTimeOffset.UtcNow;
        await w.Reaches((await w.Transfer(50_000)).Text("id"), "succeeded");
        (await w.Transfer(60_000, "990006")).Is(HttpStatusCode.Created);
        var then = await Booked(w, At(before));
        var now = await Booked(w, "");
        Assert.Equal(52_500, now - then);
        Assert.Equal(now, await Booked(w, At(DateTimeOffset.UtcNow)));
    }

    [Fact]
    public async Task customer_service_sees_no_ledger()
    {
        var w = await product.Workspace();
        var cs = await w.Member(Role.CustomerService);
        foreach (var path in new[] { "/v1/ledger/accounts", "/v1/ledger/transfers" })
            (await cs.Get(path)).Refuses("permission_denied");
    }

    private static string At(DateTimeOffset at) => "?at=" + at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The rupiah that were ever posted, by the trial balance; it agrees with the accounts.</summary>
    private static async Task<long> Booked(Workspace w, string query)
    {
        var accounts = (await w.Api.Get("/v1/ledger/accounts" + query)).Is(HttpStatusCode.OK).Json["data"]!.AsArray();
        var row = (await w.Api.Get("/v1/ledger/trial-balance" + query)).Is(HttpStatusCode.OK).Json["data"]!.AsArray()
            .Single(r => Text(r!, "currency") == "IDR")!;
        foreach (var side in new[] { "debits", "credits" })
            Assert.Equal(row[side]!.GetValue<long>(),
                accounts.Where(a => Text(a!, "currency") == "IDR").Sum(a => a![side + "Posted"]!.GetValue<long>()));
        return row["debits"]!.GetValue<long>();
    }

    private static async Task<JsonNode> Deposit(Workspace w, string query) =>
        (await w.Api.Get("/v1/ledger/accounts" + query)).Is(HttpStatusCode.OK).Json["data"]!.AsArray()
            .Single(a => Text(a!, "account") == "deposit")!;

    private static async Task<List<JsonNode>> List(Workspace w, string query) =>
        [.. (await w.Api.Get("/v1/ledger/transfers" + query)).Is(HttpStatusCode.OK).Json["data"]!.AsArray().OfType<JsonNode>()];

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}

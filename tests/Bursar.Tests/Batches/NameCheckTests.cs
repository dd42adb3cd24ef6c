using System.Net;
using Bursar.Core.Rails;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>A bank that answers slowly holds neither 20,000 payments nor the batches of others.</summary>
public sealed class NameCheckTests
{
    private const int Count = 300;
    private const int Quick = 3;

    [Fact]
    public async Task the_rest_goes_on_without_names_when_the_maker_says_so_and_approvers_see_how_many()
    {
        var bank = new SlowBank();
        await using var product = new Product { Inquiries = bank };
        await product.InitializeAsync();
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var id = await w.Api.Uploaded(Given.Batches.Rows(Count), ("submit", "false"));
        var path = $"{Given.Batches.Path}/{id}";
        for (var i = 0; i < 200 && bank.Asked <= Quick; i++) await Task.Delay(50);

        var other = await (await product.Workspace()).WithDeposit(10_000_000);
        var quick = await other.Api.Uploaded(Given.Batches.Rows(5), ("checkNames", "false"));
        Assert.Equal(5, (await other.Api.BatchReaches(quick, "completed")).In("succeeded"));
        var waits = (await w.Api.Get(path)).Is(HttpStatusCode.OK);
        Assert.Equal(("checking", true), (waits.Text("state"), waits.Json["checkNames"]!.GetValue<bool>()));

        (await other.Api.Post($"{path}/name-check-end", new { })).Refuses("not_found");
        var pages = await w.AdminPages();
        var page = (await pages.Get($"/test/transfers/batches/{id}")).Is(HttpStatusCode.OK);
        Assert.Contains("Go on without the rest", page.Body);
        (await pages.Post($"/test/transfers/batches/{id}/name-check-end")).Is(HttpStatusCode.Redirect);
        (await w.Api.Post($"{path}/name-check-end", new { })).Refuses("state_conflict");
        Assert.DoesNotContain("Go on without the rest", (await pages.Get($"/test/transfers/batches/{id}")).Body);

        var ready = await w.Api.BatchReaches(id, "ready", 60);
        Assert.Equal((Count, Count), (ready.Number("rows"), ready.Number("checked")));
        var flags = ready.Json["risk"]!["flags"]!.AsArray().ToDictionary(f => (string)f!["flag"]!, f => (int)f!["rows"]!);
        Assert.Equal((bank.Asked - Quick, Count - bank.Asked), (flags["name_unknown"], flags["name_not_asked"]));
        Assert.True(flags["name_not_asked"] > Count / 2, $"{bank.Asked} were asked");
        var rows = (await w.Api.Get($"{path}/rows?limit=200")).Json["data"]!.AsArray();
        Assert.Equal(Quick, rows.Count(r => (string?)r!["recipientName"] == "Known Holder"));
        var unasked = (await w.Api.Get($"{path}/rows?flag=name_not_asked&limit=1")).Json["data"]![0]!;
        Assert.Null(unasked["recipientName"]);
        Assert.Equal(1, await w.Facts("batch.name_check_ended"));
        Assert.Contains("Name not asked", (await pages.Get($"/test/transfers/batches/{id}")).Body);
    }

    /// <summary>Knows its first few accounts, and of all others says nothing until nobody listens any more.</summary>
    private sealed class SlowBank : IInquiryRail
    {
        private int asked;

        public int Asked => asked;

        public async Task<InquiryAnswer> Inquire(string bankCode, string accountNumber, CancellationToken ct)
        {
            if (Interlocked.Increment(ref asked) > Quick) await Task.Delay(Timeout.Infinite, ct);
            return new InquiryAnswer(InquiryStatus.Success, "Known Holder");
        }
    }
}

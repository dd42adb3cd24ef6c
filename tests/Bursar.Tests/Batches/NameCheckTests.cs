using System.Net;
using Bursar.Core.Rails;
using Bursar.Rails.Simulator;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>A bank that answers slowly holds neither 20,000 payments nor the batches of others.</summary>
public sealed class NameCheckTests
{
    private const int Count = 300;
    private const int OneKnownOf = 10;

    [Fact]
    public async Task the_rest_goes_on_without_names_when_the_maker_says_so_and_approvers_see_how_many()
    {
        var bank = new SlowBank();
        await using var product = new Product { Simulator = bank };
        await product.InitializeAsync();
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var id = await w.Api.Uploaded(Given.Batches.Rows(Count), ("submit", "false"));
        var path = $"{Given.Batches.Path}/{id}";
        for (var i = 0; i < 200 && bank.Asked < OneKnownOf; i++) await Task.Delay(50);

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
        Assert.Equal((bank.Asked - bank.Known, Count - bank.Asked), (flags["name_unknown"], flags["name_not_asked"]));
        Assert.True(flags["name_not_asked"] > Count / 2, $"{bank.Asked} were asked");
        var rows = (await w.Api.Get($"{path}/rows?limit=200")).Json["data"]!.AsArray();
        Assert.Equal(bank.Known, rows.Count(r => (string?)r!["recipientName"] == "Known Holder"));
        var unasked = (await w.Api.Get($"{path}/rows?flag=name_not_asked&limit=1")).Json["data"]![0]!;
        Assert.Null(unasked["recipientName"]);
        Assert.Equal(1, await w.Facts("batch.name_check_ended"));
        Assert.Contains("Name not asked", (await pages.Get($"/test/transfers/batches/{id}")).Body);
    }

    /// <summary>Knows every so manyth account, and of all others says nothing until nobody listens any more.</summary>
    private sealed class SlowBank : IInquiryRail
    {
        private readonly SimulatorRail simulator = new();
        private int asked;
        private int known;

        public int Asked => asked;
        public int Known => known;
        public string Name => simulator.Name;

        public Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) => simulator.Submit(order, ct);

        public Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => simulator.Query(order, number, ct);

        public async Task<InquiryAnswer> Inquire(InquiryQuestion question, CancellationToken ct)
        {
            if (Interlocked.Increment(ref asked) % OneKnownOf != 1) await Task.Delay(Timeout.Infinite, ct);
            Interlocked.Increment(ref known);
            return new InquiryAnswer(InquiryStatus.Success, "Known Holder");
        }
    }
}

using System.Net;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>Payments that somebody makes by hand and tells of.</summary>
[Collection(RailInstallation.Name)]
public sealed class ManualRailTests(RailInstallation installation) : PayoutRailContract(installation)
{
    private static int made;

    protected override string Adapter => "manual";
    protected override bool IsAsked => false;
    protected override string AccountOf(Fate fate) => "5270997481";

    protected override async Task<Workspace> Open()
    {
        var (rail, _) = await Desk.SetUp("manual", $"desk{Interlocked.Increment(ref made)}", "live");
        await Desk.Route("live", "money_transfer", rail);
        return await Installation.Workspace();
    }

    protected override async Task Meet(Workspace w, string transfer, Fate fate)
    {
        if (fate == Fate.Refused)
        {
            (await Desk.Tell(w, transfer, "live", "failed", ("reason", "INACTIVE_ACCOUNT"))).Is(HttpStatusCode.Redirect);
            return;
        }
        (await Desk.Tell(w, transfer, "live", "paid", ("reference", "TRX-1"))).Is(HttpStatusCode.Redirect);
        if (fate == Fate.Returned)
            (await Desk.Tell(w, transfer, "live", "returned", ("reason", "CANT_RECEIVE_TRANSFER"))).Is(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task it_waits_in_the_list_is_told_once_and_the_journal_says_by_whom_and_why()
    {
        var (w, id) = await Send(Fate.Paid);
        await Handed(w, id);
        Assert.Contains(OperatorDesk.Reference(id), (await Desk.Browser.Get("/operator/payouts")).Is(HttpStatusCode.OK).Body);
        (await w.Api.Post($"/v1/transfers/{id}/cancellation", new { })).Refuses("state_conflict");
        Assert.Contains("This is required", (await Desk.Tell(w, id, "live", "paid")).Is(HttpStatusCode.UnprocessableEntity).Body);
        (await Desk.Tell(w, id, "live", "failed", ("reason", "BECAUSE"))).Is(HttpStatusCode.UnprocessableEntity);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => n % 2 == 0
            ? Desk.Tell(w, id, "live", "paid", ("reference", "TRX-77"))
            : Desk.Tell(w, id, "live", "failed", ("reason", "INACTIVE_ACCOUNT"))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Redirect);
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.Conflict));
        Assert.Equal(1, await w.Facts("disbursement.told_by_hand"));
        Assert.DoesNotContain(OperatorDesk.Reference(id), (await Desk.Browser.Get("/operator/payouts")).Body);
        await using var connection = await Installation.Product.Owner.OpenConnectionAsync();
        var (actor, data) = await Dapper.SqlMapper.QuerySingleAsync<(string, string)>(connection,
            "select actor_name, data from bursar.journal where workspace_id = @w and type = 'disbursement.told_by_hand'",
            new { w = w.Book.Workspace.Value });
        Assert.Equal("Operator Bima", actor);
        Assert.Contains("Seen in the bank", data);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_unknown_of_any_rail_is_ended_by_a_person_and_what_its_rail_is_asked_for_is_not()
    {
        var w = await Installation.Workspace(Core.Access.Mode.Test);
        var lost = (await w.Transfer(50_000, "5270990001")).Text("id");
        await w.Reaches(lost, "unknown");
        // Nobody asks meanwhile.
        await Installation.Product.Execute(
            "update bursar.outbox set due = now() + interval '1 hour' where workspace_id = $1", w.Book.Workspace.Value);
        (await Desk.Tell(w, lost, "test", "failed", ("reason", "REFUSED"))).Is(HttpStatusCode.Redirect);
        Assert.Equal("REFUSED", (await Becomes(w, lost, "failed")).Text("failureReason"));
        var open = (await w.Transfer(50_000, "5270990006")).Text("id");
        await w.Reaches(open, "executing");
        (await Desk.Tell(w, open, "test", "failed", ("reason", "REFUSED"))).Is(HttpStatusCode.Conflict);
        await w.BooksAreRight();
    }
}

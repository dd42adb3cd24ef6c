using System.Net;
using Bursar.Core.Rails;
using Bursar.Platform.MoneyOut;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>What becomes of a payment on the other side.</summary>
public enum Fate { Paid, PaidLater, Refused, Lost, Returned }

/// <summary>
/// What every rail must do to a transfer, shown through the whole product. A rail says which account meets which fate, and what somebody
/// outside does about it once the order was handed over.
/// </summary>
public abstract class PayoutRailContract(RailInstallation installation)
{
    protected RailInstallation Installation => installation;
    protected OperatorDesk Desk => installation.Desk;

    /// <summary>Makes transfers go by this rail from now on, and gives a workspace with ten million in its deposit.</summary>
    protected abstract Task<Workspace> Open();
    protected abstract string AccountOf(Fate fate);
    protected virtual Task Meet(Workspace w, string transfer, Fate fate) => Task.CompletedTask;
    protected abstract string Adapter { get; }

    /// <summary>Whether an answer of it can get lost.</summary>
    protected virtual bool IsAsked => true;

    /// <summary>Whether it can ask a bank whose account it is.</summary>
    protected virtual bool TellsHolders => IsAsked;

    [Fact]
    public async Task what_is_taken_holds_its_money_until_it_is_paid()
    {
        var (w, id) = await Send(Fate.PaidLater);
        await Handed(w, id);
        Assert.Equal((52_500, 10_000_000 - 52_500), await Deposit(w));
        await Meet(w, id, Fate.PaidLater);
        await Becomes(w, id, "succeeded");
        Assert.Equal((0, 10_000_000 - 52_500), await Deposit(w));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_paid_succeeds_after_one_attempt()
    {
        var (w, id) = await Send(Fate.Paid);
        await Handed(w, id);
        await Meet(w, id, Fate.Paid);
        await Becomes(w, id, "succeeded");
        Assert.Equal(1, await w.Rows("attempts"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_is_refused_fails_with_a_reason_of_the_list_and_its_money_is_free()
    {
        var (w, id) = await Send(Fate.Refused);
        await Handed(w, id);
        await Meet(w, id, Fate.Refused);
        Assert.Equal("INACTIVE_ACCOUNT", (await Becomes(w, id, "failed")).Text("failureReason"));
        Assert.Equal((0, 10_000_000), await Deposit(w));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_lost_answer_is_unknown_or_still_waits_and_is_no_failure()
    {
        var (w, id) = await Send(Fate.Lost);
        await Handed(w, id);
        if (!IsAsked)
        {
            // Nobody answers by itself, so nothing can get lost: it waits for a person, whatever happens to its row in the queue.
            await installation.Product.Execute("update bursar.outbox set due = now(), leased_until = null where workspace_id = $1",
                w.Book.Workspace.Value);
            await Task.Delay(600);
            Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
            Assert.Equal((52_500, 10_000_000 - 52_500), await Deposit(w));
            return;
        }
        await Becomes(w, id, "succeeded");
        Assert.Equal(1, await w.Facts("transfer.unknown"));
        Assert.Equal((0, 1), (await w.Facts("transfer.failed"), await w.Rows("attempts")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_comes_back_is_booked_back_with_its_fee()
    {
        var (w, id) = await Send(Fate.Returned);
        await Handed(w, id);
        await Meet(w, id, Fate.Returned);
        await Becomes(w, id, "reversed");
        Assert.Equal((0, 10_000_000), await Deposit(w));
        Assert.Equal((1, 1), (await w.Facts("transfer.succeeded"), await w.Facts("transfer.reversed")));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_same_reference_again_is_the_same_payment()
    {
        var (w, id) = await Send(Fate.Paid);
        await Handed(w, id);
        await Meet(w, id, Fate.Paid);
        await Becomes(w, id, "succeeded");
        var rails = (await installation.Product.Services.GetRequiredService<PayoutRouting>().Rails()).ByName;
        var (rail, reference) = await Attempt(w);
        var order = new PayoutOrder(
            w.Book, OperatorDesk.Reference(id), 50_000, "IDR", "bca", AccountOf(Fate.Paid), null, DateTimeOffset.UnixEpoch)
        { RailSettings = rails[rail].RailSettings };
        Assert.Equal(Adapter, rails[rail].Adapter.Name);
        var again = await rails[rail].Adapter.Submit(order, CancellationToken.None);
        var told = await rails[rail].Adapter.Query(order, 1, CancellationToken.None);
        Assert.Equal(again, told);
        if (IsAsked) Assert.Equal((RailVerdict.Succeeded, reference), (again.Verdict, again.ProviderReference));
        else Assert.Equal(RailVerdict.Accepted, again.Verdict);
    }

    [Fact]
    public async Task whose_account_it_is_is_told_by_the_bank_or_by_nobody()
    {
        var w = await Open();
        var asked = await Inquire(w, AccountOf(Fate.Paid));
        if (!TellsHolders)
        {
            asked.Refuses("rail_missing");
            Assert.Equal(0, await w.Rows("account_inquiries"));
            return;
        }
        asked.Is(HttpStatusCode.Created);
        Assert.Equal("success", asked.Text("status"));
        Assert.NotEmpty(asked.Text("accountHolder"));
        foreach (var (account, status) in new[] { ("527090004", "suspected_account"), ("527090005", "invalid_account_number") })
            Assert.Equal(status, (await Inquire(w, account)).Is(HttpStatusCode.Created).Text("status"));
        Assert.Equal("pending", (await Inquire(w, "527090006")).Is(HttpStatusCode.Created).Text("status"));
    }

    private static Task<Answer> Inquire(Workspace w, string accountNumber) =>
        w.Api.Post("/v1/account-inquiries", new { bankCode = "bca", accountNumber });

    protected async Task<(Workspace W, string Id)> Send(Fate fate)
    {
        var w = await Open();
        return (w, (await w.Transfer(50_000, AccountOf(fate))).Is(HttpStatusCode.Created).Text("id"));
    }

    /// <summary>Waits until the order has left.</summary>
    protected static async Task Handed(Workspace w, string id)
    {
        for (var i = 0; i < 200 && (await w.Api.Get($"/v1/transfers/{id}")).Text("state") == "approved"; i++) await Task.Delay(50);
    }

    /// <summary>As Reaches, with time passing for what is asked by schedule.</summary>
    protected async Task<Answer> Becomes(Workspace w, string id, string state)
    {
        for (var i = 0; i < 200; i++)
        {
            var now = await w.Api.Get($"/v1/transfers/{id}");
            if (now.Text("state") == state) return now;
            await installation.Product.Execute(
                "update bursar.outbox set due = now() where workspace_id = $1 and leased_until is null", w.Book.Workspace.Value);
            await Task.Delay(100);
        }
        Assert.Fail($"{id} is not {state}: {(await w.Api.Get($"/v1/transfers/{id}")).Body}");
        return null!;
    }

    protected static async Task<(long Held, long Available)> Deposit(Workspace w)
    {
        var accounts = (await w.Api.Get("/v1/balances")).Json["data"]!.AsArray();
        var deposit = accounts.Single(a => a!["account"]!.GetValue<string>() == "deposit")!;
        return (deposit["held"]!.GetValue<long>(), deposit["available"]!.GetValue<long>());
    }

    private async Task<(string Rail, string? Reference)> Attempt(Workspace w)
    {
        await using var connection = await installation.Product.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(string, string?)>(
            "select rail, provider_reference from bursar.attempts where workspace_id = @w", new { w = w.Book.Workspace.Value });
    }
}

using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;
using Bursar.Tests.Given;
using Bursar.Tests.Spending;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Ledger;

/// <summary>A command whose row the database refuses fails alone, whoever it was gathered with.</summary>
public sealed class PoisonTests(Product product)
{
    [Fact]
    public async Task what_the_database_refuses_fails_alone_and_the_tokens_of_its_batch_are_those_of_the_last_decision()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 40_000 });
        var posting = product.Services.GetRequiredService<Posting>();
        var poisons = new List<Task<Result<Answer<string>>>>();
        var spends = new List<Task<Answer>>();
        for (var i = 0; i < 100; i++)
        {
            spends.Add(w.Spend(1_000, key: $"spend-{i}"));
            if (i % 5 == 0) poisons.Add(posting.Submit(new Poison(w.Admin)));
        }
        Assert.All(await Task.WhenAll(poisons), p => Assert.Equal(Errors.Internal, p.Error.Code));
        var answers = await Task.WhenAll(spends);
        Assert.All(answers, a => a.Is(HttpStatusCode.OK));
        var allowed = answers.Where(a => a.Text("decision") == "ALLOW").ToList();
        Assert.Equal(40, allowed.Count);
        foreach (var (n, told) in answers.Index().Where(a => allowed.Contains(a.Item)))
        {
            var claims = (await w.Api.Post("/v1/sats/verification", new { sat = told.Text("sat") })).Is(HttpStatusCode.OK).Json;
            Assert.Equal("sat_" + told.Text("spendRequestId")[4..], claims["jti"]!.GetValue<string>());
            var again = (await w.Spend(1_000, key: $"spend-{n}")).Is(HttpStatusCode.OK);
            Assert.Equal(Claims(told), Claims(again));
        }
        Assert.Equal((100, 0), (await w.Facts("spend.decided"), await w.Facts("test.poison")));
        await w.BooksAreRight();
    }

    private static string Claims(Answer spend) => SatTests.Parts(spend.Text("sat")).Claims.ToJsonString();

    /// <summary>Its amount breaks a check of the table, which only the database sees.</summary>
    private sealed class Poison(Actor actor) : Command<string>(actor)
    {
        public override Result<string> Decide(OpenBook book)
        {
            var order = new Order
            {
                Id = Guid.CreateVersion7(),
                Kind = DisbursementKind.AgentSpend,
                Amount = 0,
                Currency = "IDR",
                Fee = 0,
                Rail = "simulator",
            };
            var decision = new Decision(Verdict.Deny, "POISON", []);
            book.Insert(DisbursementTable.Instance, order.Id,
                Disbursing.Made(order, book.Actor, decision, DisbursementState.Denied, null, null, book.At));
            book.Record("test.poison", order.Id, 1, new { });
            return "booked";
        }
    }
}

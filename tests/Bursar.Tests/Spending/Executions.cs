using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>Workspaces that pay through an executor, and what becomes of their spends.</summary>
public static class Executions
{
    /// <summary>A workspace whose default handle is this executor, with a budget of a million a day.</summary>
    public static async Task<(Workspace W, string Handle)> With(this Product product, FakeExecutor executor, bool autoExecute = false)
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 1_000_000 });
        var made = (await w.Api.Post("/v1/handles", new
        {
            name = "Backend", type = "external_executor", url = executor.Url, authToken = FakeExecutor.Token, isDefault = true, autoExecute,
        })).Is(HttpStatusCode.Created);
        executor.Secret = made.Text("signingSecret");
        return (w, made.Text("id"));
    }

    /// <summary>The time until the next signing secret signs has passed.</summary>
    public static Task SecretChangesNow(this Workspace w) => w.Product.Execute(
        "update bursar.handles set next_secret_from = now() where workspace_id = $1 and next_secret_from is not null",
        w.Book.Workspace.Value);

    public static async Task<(string Id, Answer Answer)> Execute(this Workspace w, long amount = 50_000)
    {
        var asked = (await w.Spend(amount)).Is(HttpStatusCode.OK);
        Assert.Equal("ALLOW", asked.Text("decision"));
        var id = asked.Text("spendRequestId");
        return (id, await w.Api.Post($"/v1/spend-requests/{id}/execution", new { sat = asked.Text("sat") }));
    }

    public static async Task<Answer> Becomes(this Workspace w, string spend, string state, int seconds = 20)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            var now = await w.Api.Get($"/v1/spend-requests/{spend}");
            if (now.Text("state") == state) return now;
            await Task.Delay(100);
        }
        Assert.Fail($"{spend} is not {state} after {seconds} s: {(await w.Api.Get($"/v1/spend-requests/{spend}")).Body}");
        return null!;
    }
}

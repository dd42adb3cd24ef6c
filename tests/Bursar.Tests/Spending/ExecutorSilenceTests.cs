using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>Executors that answer badly or not at all: one payment at most, nothing freed that may have been paid.</summary>
public sealed class ExecutorSilenceTests(Product product)
{
    public static TheoryData<string> Silences() => ["reset", "500", "garbage", "redirect", "pending", "contradiction", "no id", "empty"];

    [Theory, MemberData(nameof(Silences))]
    public async Task whatever_tells_nothing_is_unknown_keeps_its_hold_and_is_resolved_by_asking(string how)
    {
        using var executor = new FakeExecutor { Knows = false };
        executor.Answer = how switch
        {
            "reset" => FakeExecutor.Resets,
            "500" => FakeExecutor.Says(500, """{"success":false,"errorCode":"OOPS"}"""),
            "garbage" => FakeExecutor.Says(200, "<html>hello</html>"),
            "redirect" => FakeExecutor.Says(307, """{"success":true,"transactionId":"x","status":"completed"}"""),
            "pending" => FakeExecutor.Says(200, """{"success":true,"transactionId":"x","status":"pending"}"""),
            "contradiction" => FakeExecutor.Says(200, """{"success":false,"errorCode":"NO","success":true}"""),
            "no id" => FakeExecutor.Says(200, """{"success":true,"status":"completed"}"""),
            _ => FakeExecutor.Says(200, ""),
        };
        var (w, _) = await product.With(executor);
        var (id, answer) = await w.Execute(600_000);
        Assert.Equal("unknown", answer.Is(HttpStatusCode.Accepted).Text("state"));
        Assert.Equal("EXCEEDS_DAILY_LIMIT", (await w.Spend(600_000)).Text("decisionReason"));
        (await w.Api.Post($"/v1/spend-requests/{id}/cancellation", new { })).Refuses("state_conflict");
        executor.Knows = true;
        var settled = await w.Becomes(id, "succeeded");
        Assert.NotNull(settled.Json["completedAt"]);
        Assert.Single(executor.Payments);
        Assert.Equal((1, 0), (executor.Posts, executor.Unsigned));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_executor_that_pays_and_hangs_is_asked_and_one_that_drips_too()
    {
        using var hanging = new FakeExecutor { Answer = FakeExecutor.Hangs };
        using var dripping = new FakeExecutor { Answer = FakeExecutor.Drips };
        var (w, _) = await product.With(hanging);
        var (v, _) = await product.With(dripping);
        var both = await Task.WhenAll(w.Execute(600_000), v.Execute(600_000));
        foreach (var (world, spend) in new[] { (w, both[0]), (v, both[1]) })
        {
            Assert.Equal("executing", spend.Answer.Is(HttpStatusCode.Accepted).Text("state"));
            Assert.Equal("EXCEEDS_DAILY_LIMIT", (await world.Spend(600_000)).Text("decisionReason"));
        }
        await w.Becomes(both[0].Id, "succeeded", 40);
        await v.Becomes(both[1].Id, "succeeded", 40);
        Assert.Equal((1, 1), (hanging.Posts, dripping.Posts));
        Assert.Single(hanging.Payments);
        Assert.Single(dripping.Payments);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task one_that_was_never_reached_has_not_paid_and_one_that_lost_the_call_says_so()
    {
        var gone = new FakeExecutor();
        var (w, _) = await product.With(gone);
        gone.Dispose();
        var (_, unreached) = await w.Execute();
        Assert.Equal(("failed", "EXECUTOR_UNREACHABLE"), (unreached.Is(HttpStatusCode.OK).Text("state"), unreached.Text("failureReason")));
        using var forgetful = new FakeExecutor { Pays = false, Answer = FakeExecutor.Resets };
        var (v, _) = await product.With(forgetful);
        var (id, _) = await v.Execute();
        Assert.Equal("NOT_RECEIVED", (await v.Becomes(id, "failed")).Text("failureReason"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_kept_connection_that_breaks_after_the_call_proves_nothing()
    {
        using var executor = new FakeExecutor();
        var (w, handle) = await product.With(executor);
        // The health check leaves an idle connection behind; the call goes out on it.
        (await w.Api.Post($"/v1/handles/{handle}/health-check", new { })).Is(HttpStatusCode.OK);
        (executor.Answer, executor.Knows) = (FakeExecutor.Resets, false);
        var (id, answer) = await w.Execute();
        Assert.Equal("unknown", answer.Text("state"));
        executor.Knows = true;
        await w.Becomes(id, "succeeded");
        Assert.Equal(1, executor.Posts);
    }
}

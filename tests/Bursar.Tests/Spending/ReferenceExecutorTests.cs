using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>samples/executor as docs/api/handles.md offers it, in Node: somebody else's reading of the contract.</summary>
public sealed class ReferenceExecutorTests(Product product)
{
    [Fact]
    public async Task the_reference_executor_pays_remembers_over_a_kill_and_refuses_what_is_not_signed()
    {
        var (port, file) = (RunningProgram.FreePort(), Path.Combine(Path.GetTempPath(), $"executor-{Guid.CreateVersion7():N}.jsonl"));
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 1_000_000 });
        var handle = (await w.Api.Post("/v1/handles", new
        {
            name = "Node", type = "external_executor", url = $"http://127.0.0.1:{port}/pay", authToken = FakeExecutor.Token,
                isDefault = true,
        })).Is(HttpStatusCode.Created);
        var path = $"/v1/handles/{handle.Text("id")}";
        Assert.Equal("unreachable", Health(await w.Api.Post(path + "/health-check", new { })));
        try
        {
            string id;
            using (await Start(port, file, handle.Text("signingSecret"), out var executor))
            {
                Assert.Equal("healthy", Health(await w.Api.Post(path + "/health-check", new { })));
                (id, var paid) = await w.Execute();
                Assert.Equal("succeeded", paid.Is(HttpStatusCode.OK).Text("state"));
                executor.Kill();
                await executor.WaitForExitAsync();
            }
            // After a restart it still knows what it paid, and what never came it refuses for good.
            using (await Start(port, file, handle.Text("signingSecret"), out var executor))
            {
                var lines = await File.ReadAllLinesAsync(file);
                Assert.Equal(2, lines.Length);
                Assert.Contains(id.Replace("spr_", "tx_sat_"), lines[1]);
                // A rotated secret that it does not know yet: the call is refused, which tells nothing, and so is each question.
                (await w.Api.Post(path + "/secret-rotation", new { afterMinutes = 0 })).Is(HttpStatusCode.OK);
                var (_, refused) = await w.Execute();
                Assert.Equal("unknown", refused.Is(HttpStatusCode.Accepted).Text("state"));
                Assert.Equal("unhealthy", Health(await w.Api.Post(path + "/health-check", new { })));
                Assert.Equal(2, (await File.ReadAllLinesAsync(file)).Length);
                executor.Kill();
            }
            // With time to learn it, it is never at a loss: it takes both, and Bursar changes from one to the other.
            var next = (await w.Api.Post(path + "/secret-rotation", new { afterMinutes = 0 })).Text("signingSecret");
            var later = (await w.Api.Post(path + "/secret-rotation", new { afterMinutes = 60 })).Text("signingSecret");
            using (await Start(port, file, $"{next},{later}", out var executor))
            {
                Assert.Equal("healthy", Health(await w.Api.Post(path + "/health-check", new { })));
                await w.SecretChangesNow();
                Assert.Equal("healthy", Health(await w.Api.Post(path + "/health-check", new { })));
                executor.Kill();
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Health(Answer handle) => handle.Is(HttpStatusCode.OK).Json["health"]!["status"]!.GetValue<string>();

    private static Task<Process> Start(int port, string file, string secret, out Process executor)
    {
        var start = new ProcessStartInfo("node",
            [Path.Combine(Repository.Root, "samples/executor/executor.mjs")]) { RedirectStandardOutput = true };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["EXECUTOR_TOKEN"] = FakeExecutor.Token;
        start.Environment["EXECUTOR_SECRET"] = secret;
        start.Environment["EXECUTOR_FILE"] = file;
        executor = Process.Start(start)!;
        return Ready(executor);
    }

    private static async Task<Process> Ready(Process executor)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal("executor ready", await executor.StandardOutput.ReadLineAsync(limit.Token));
        return executor;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>
/// npm's jose in a process of Node, with nothing of ours but the address of the key set: a token a line in, a verdict a line out.
/// </summary>
public sealed class JoseVerifier : IAsyncDisposable
{
    // Its cooldown is 30 s between two reads of the set, which the test has no time for.
    private const string Script = """
        import(process.argv[1]).then(({ createRemoteJWKSet, jwtVerify }) => {
          const keys = createRemoteJWKSet(new URL(process.argv[2]), { cooldownDuration: 500 });
          const wanted = { issuer: 'bursar', audience: process.argv[3], typ: 'sat+jwt', algorithms: ['ES256'], clockTolerance: 60 };
          require('readline').createInterface({ input: process.stdin }).on('line', async sat => {
            try {
              const { payload, protectedHeader } = await jwtVerify(sat, keys, wanted);
              console.log(JSON.stringify({ sat, kid: protectedHeader.kid, amount: payload.amount }));
            } catch (e) { console.log(JSON.stringify({ sat, error: e.code + ': ' + e.message })); }
          });
          console.log('ready');
        });
        """;

    private readonly Process process;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> waiting = [];

    private JoseVerifier(Process process) => this.process = process;

    public static async Task<JoseVerifier> Start(Uri address, string handle)
    {
        var library = Path.Combine(NodeModules.Of("jose"), "dist", "webapi", "index.js");
        var process = Process.Start(new ProcessStartInfo("node",
            ["-e", Script, library, new Uri(address, "/.well-known/jwks.json").ToString(), handle])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        var verifier = new JoseVerifier(process);
        _ = verifier.Listen();
        return verifier;
    }

    /// <summary>The kid of the key that it verified with; throws with jose's own words otherwise.</summary>
    public async Task<string> Verify(string sat)
    {
        var told = waiting.GetOrAdd(sat, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (process) process.StandardInput.WriteLine(sat);
        var verdict = await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return verdict.TryGetProperty("error", out var error) ? throw new InvalidOperationException(error.GetString())
            : verdict.GetProperty("kid").GetString()!;
    }

    private async Task Listen()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var verdict = JsonSerializer.Deserialize<JsonElement>(line);
            if (waiting.TryRemove(verdict.GetProperty("sat").GetString()!, out var asked)) asked.SetResult(verdict);
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

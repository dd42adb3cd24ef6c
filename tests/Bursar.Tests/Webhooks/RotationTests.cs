using System.Diagnostics;
using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Webhooks;

/// <summary>
/// A secret changes while deliveries flow: a receiver that holds the old one and a receiver that holds the new one verify all of them.
/// </summary>
public sealed class RotationTests(Product product)
{
    private const int Transfers = 120;

    [Fact]
    public async Task a_rotation_under_load_leaves_no_delivery_unverifiable()
    {
        await using var receiver = await Receiver.Start();
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "transfer.*" } })).Is(HttpStatusCode.Created);
        receiver.Secret = endpoint.Text("secret");
        await RotateWhileSending(w, endpoint.Text("id"), rotated => receiver.Secret = rotated, () => receiver.Accepted);
        Assert.Equal(0, receiver.Refused);
        Assert.Equal(Transfers, receiver.Subjects("transfer.succeeded").Count);
    }

    /// <summary>The same with the library that receivers use: npm's standardwebhooks, which <c>./bursar test</c> installs.</summary>
    [Fact]
    public async Task the_library_of_the_standard_verifies_every_delivery_of_a_rotation()
    {
        var modules = Environment.GetEnvironmentVariable("BURSAR_STANDARDWEBHOOKS") is { Length: > 0 } given ? given
            : Path.Combine(Repository.Root, "artifacts", "node", "node_modules");
        Assert.True(Directory.Exists(Path.Combine(modules, "standardwebhooks")),
            "npm's standardwebhooks is not there: ./bursar test installs it, or npm install --prefix artifacts/node standardwebhooks");
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        await using var node = await NodeReceiver.Start(modules);
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = node.Url, events = new[] { "transfer.*" } })).Is(HttpStatusCode.Created);
        await node.Tell(endpoint.Text("secret"));
        await RotateWhileSending(w, endpoint.Text("id"), secret =>
            node.Tell(secret).GetAwaiter().GetResult(), () => node.Counts().GetAwaiter().GetResult().Taken);
        var (taken, refused) = await node.Counts();
        Assert.Equal(0, refused);
        Assert.Equal(2 * Transfers, taken);
    }

    private static async Task RotateWhileSending(Workspace w, string endpoint, Action<string> change, Func<int> taken)
    {
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < Transfers / 4; i++) (await w.Transfer(10_000)).Is(HttpStatusCode.Created);
        }));
        for (var i = 0; i < 200 && taken() < 20; i++) await Task.Delay(10);
        var rotated = (await w.Api.Post($"/v1/webhook-endpoints/{endpoint}/secret-rotation",
            new { overlapHours = 24 })).Is(HttpStatusCode.OK);
        Assert.NotNull(rotated.Json["previousSecretUntil"]);
        // For a while the receiver has the old secret and Bursar both, then the receiver is given the new one, in the middle of it all.
        var before = taken();
        for (var i = 0; i < 300 && taken() < before + 40; i++) await Task.Delay(10);
        change(rotated.Text("secret"));
        await sending;
        for (var i = 0; i < 200 && taken() < 2 * Transfers; i++) await Task.Delay(50);
        // A third secret in the overlap would leave somebody behind; ending it at once is for one that leaked.
        (await w.Api.Post($"/v1/webhook-endpoints/{endpoint}/secret-rotation", new { })).Refuses("state_conflict");
        var ended = (await w.Api.Post($"/v1/webhook-endpoints/{endpoint}/secret-rotation", new { overlapHours = 0 })).Is(HttpStatusCode.OK);
        Assert.Null(ended.Json["previousSecretUntil"]);
    }

    /// <summary>A process of Node that verifies with the library, and forgets nothing.</summary>
    private sealed class NodeReceiver(Process process, string url) : IAsyncDisposable
    {
        private const string Script = """
            const { Webhook } = require('standardwebhooks'), http = require('http'), fs = require('fs');
            let secret = '', taken = 0, refused = 0;
            const server = http.createServer((request, response) => {
              const parts = [];
              request.on('data', part => parts.push(part)).on('end', () => {
                const body = Buffer.concat(parts).toString();
                if (request.url === '/secret') { secret = body; return response.end(); }
                if (request.url === '/counts') return response.end(taken + ' ' + refused);
                try { new Webhook(secret).verify(body, request.headers); taken++; response.writeHead(204).end(); }
                catch { refused++; response.writeHead(400).end(); }
              });
            }).listen(0, '127.0.0.1', () => console.log(server.address().port));
            """;

        private readonly HttpClient http = new() { BaseAddress = new Uri(url) };

        public string Url => url + "/hook";

        public static async Task<NodeReceiver> Start(string modules)
        {
            var info = new ProcessStartInfo("node", ["-e", Script]) { RedirectStandardOutput = true };
            info.Environment["NODE_PATH"] = modules;
            var process = Process.Start(info)!;
            var port = await process.StandardOutput.ReadLineAsync();
            return new NodeReceiver(process, $"http://127.0.0.1:{port}");
        }

        public async Task Tell(string secret) => (await http.PostAsync("/secret", new StringContent(secret))).EnsureSuccessStatusCode();

        public async Task<(int Taken, int Refused)> Counts()
        {
            var numbers = (await http.GetStringAsync("/counts")).Split(' ').Select(n =>
                int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            return (numbers[0], numbers[1]);
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

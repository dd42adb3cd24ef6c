using System.Diagnostics;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Webhooks;

/// <summary>The receiver that npm's standardwebhooks makes, in a process of Node.</summary>
public sealed class NodeReceiver : VerifyingReceiver
{
    private const string Script = """
        const { Webhook } = require('standardwebhooks'), http = require('http');
        const seen = new Set();
        let secret = '', repeated = 0, refused = 0, last;
        const server = http.createServer((request, response) => {
          const parts = [];
          request.on('data', part => parts.push(part)).on('end', () => {
            const body = Buffer.concat(parts).toString(), id = request.headers['webhook-id'];
            if (request.url === '/secret') { secret = body; return response.end(); }
            if (request.url === '/counts') return response.end([seen.size, repeated, refused].join(' '));
            if (request.url === '/last') return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(last));
            try { new Webhook(secret).verify(body, request.headers); }
            catch { refused++; return response.writeHead(400).end(); }
            if (seen.has(id)) { repeated++; return response.writeHead(200).end(); }
            seen.add(id);
            last = { id, timestamp: request.headers['webhook-timestamp'], signature: request.headers['webhook-signature'], body };
            response.writeHead(204).end();
          });
        }).listen(0, '127.0.0.1', () => console.log(server.address().port));
        """;

    private readonly Process process;

    private NodeReceiver(Process process, string address) : base(address) => this.process = process;

    /// <summary>With the library that <c>./bursar test</c> has installed.</summary>
    public static async Task<VerifyingReceiver> Start()
    {
        var info = new ProcessStartInfo("node", ["-e", Script]) { RedirectStandardOutput = true };
        NodeModules.Of("standardwebhooks");
        info.Environment["NODE_PATH"] = NodeModules.Folder;
        var process = Process.Start(info)!;
        return new NodeReceiver(process, $"http://127.0.0.1:{await process.StandardOutput.ReadLineAsync()}");
    }

    protected override async ValueTask Stop()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

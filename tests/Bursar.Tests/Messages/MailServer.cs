using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bursar.Tests.Messages;

/// <summary>A mail server on a local port that keeps what it gets, or answers DATA with what <see cref="Refusal"/> says.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private int tries;

    public MailServer()
    {
        listener.Start();
        running = Run();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public ConcurrentQueue<string> Mails { get; } = new();
    public ConcurrentQueue<string> Recipients { get; } = new();
    public string? Refusal { get; set; }
    public int Tries => tries;

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = Serve(client);
            }
        }
        catch (OperationCanceledException) { /* stopped */ }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mail.test");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("RCPT", StringComparison.Ordinal)) Recipients.Enqueue(line);
                if (line == "DATA")
                {
                    Interlocked.Increment(ref tries);
                    if (Refusal is { } refusal) { await writer.WriteLineAsync(refusal); continue; }
                    await writer.WriteLineAsync("354 go on");
                    var text = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } part && part != ".") text.Append(part).Append('\n');
                    Mails.Enqueue(text.ToString());
                }
                await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await running;
        stopping.Dispose();
    }
}

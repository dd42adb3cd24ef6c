using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bursar.Tests.Webhooks;

/// <summary>Reads a request's head and small body, then does as it was told and hangs up.</summary>
public sealed class ZooReceiver : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Func<Socket, CancellationToken, Task> act;
    private int calls;

    public ZooReceiver(Func<Socket, CancellationToken, Task> act)
    {
        this.act = act;
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook";
        _ = Accept();
    }

    public static Task Hang(Socket socket, CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    public static async Task Drip(Socket socket, CancellationToken ct)
    {
        await Write(socket, "HTTP/1.1 200 OK\r\n\r\n", ct);
        while (true)
        {
            await Write(socket, "a", ct);
            await Task.Delay(200, ct);
        }
    }

    public static Task Reset(Socket socket, CancellationToken ct)
    {
        socket.LingerState = new LingerOption(true, 0);
        return Task.CompletedTask;
    }

    public static async Task Endless(Socket socket, CancellationToken ct)
    {
        await Write(socket, "HTTP/1.1 500 No\r\n\r\n", ct);
        var chunk = new byte[64 * 1024];
        while (true) await socket.SendAsync(chunk, ct);
    }

    public static Func<Socket, CancellationToken, Task> Text(string answer) => (socket, ct) => Write(socket, answer, ct);

    private static async Task Write(Socket socket, string text, CancellationToken ct) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), ct);

    public string Url { get; }
    public int Calls => Volatile.Read(ref calls);

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptSocketAsync(end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task Serve(Socket socket)
    {
        Interlocked.Increment(ref calls);
        using (socket)
            try
            {
                var head = new StringBuilder();
                var buffer = new byte[8192];
                while (!head.ToString().EndsWith('}'))
                {
                    var length = await socket.ReceiveAsync(buffer, end.Token);
                    if (length == 0) return;
                    head.Append(Encoding.ASCII.GetString(buffer, 0, length));
                }
                await act(socket, end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
    }
}

using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;

namespace Bursar;

/// <summary>The two ways to serve: <c>up</c>, the first look with demo data, and <c>serve</c>, production.</summary>
public static class Serving
{
    public static async Task<int> Up(int port, bool demo, CancellationToken ct) => await Run(port, createKey: true, demo, ct);

    public static async Task<int> Serve(int port, CancellationToken ct)
    {
        if (Settings.Read() is { KeyFile: null })
        {
            await Console.Error.WriteLineAsync(
                "bursar: serve needs BURSAR_KEY_FILE: the path of the installation's key file (./bursar up made one in .bursar/key)");
            return 1;
        }
        return await Run(port, createKey: false, demo: false, ct);
    }

    private static async Task<int> Run(int port, bool createKey, bool demo, CancellationToken ct)
    {
        var (database, sealer, settings) = await Installation.Open(createKey, ct);
        var url = $"http://127.0.0.1:{port}";
        var outbound = OutboundRules.Read(firstLook: createKey) with
        {
            OwnPort = port,
            OwnHost = Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var own) ? own.IdnHost : null,
        };
        var messages = MessageSettings.Read(firstLook: createKey);
        if (!messages.Mailbox && messages.Smtp is null)
            await Console.Error.WriteLineAsync("bursar: no BURSAR_SMTP_HOST: e-mail waits until there is one, and expires");
        await using (var app = Server.Build(database, sealer, outbound, messages, url, TrustedProxies.Read()))
        {
            await app.StartAsync(ct);
            if (demo) await Demo.Ensure(app.Services, Console.Out);
            Console.WriteLine($"bursar ready {url}");
            await app.WaitForShutdownAsync(CancellationToken.None);
        }
        await database.DisposeAsync();
        if (settings.Db is null) await PrivateCluster.StopIfIdle(settings.Data);
        return 0;
    }
}

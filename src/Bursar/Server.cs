using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar;

/// <summary>The serving process: Kestrel with bounded everything, the frame around each request, rooms, workers.</summary>
public static class Server
{
    private const int BodyMax = 1_000_000;

    public static WebApplication Build(Database database, Sealer sealer, string url)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "bursar", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyMax;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.AddBursar(database, sealer).AddWorkers();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(9));
        var app = builder.Build();
        app.UseFrame();
        app.UseRouting();
        app.MapRooms();
        return app;
    }
}

using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Bursar;

/// <summary>The serving process: Kestrel with bounded everything, the frame around each request, rooms, workers.</summary>
public static class Server
{
    private const int BodyMax = 1_000_000;

    public static WebApplication Build(
        Database database, Sealer sealer, OutboundRules outbound, MessageSettings messages, string url, TrustedProxies? proxies = null) =>
        Pipeline(Parts(database, sealer, outbound, messages, url), proxies);

    public static WebApplicationBuilder Parts(
        Database database, Sealer sealer, OutboundRules outbound, MessageSettings messages, string url)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "bursar",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            // The ring is sealed by our own repository (KeyRing), which the framework cannot know.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyMax;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.AddBursar(database, sealer, outbound, messages).AddWorkers();
        builder.Services.AddRouting();
        builder.Services.AddUi();
        builder.Services.AddDataProtection().SetApplicationName("bursar");
        builder.Services.Configure<KeyManagementOptions>(o => o.XmlRepository = new KeyRing(database, sealer));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(9));
        return builder;
    }

    public static WebApplication Pipeline(WebApplicationBuilder builder, TrustedProxies? proxies = null)
    {
        var app = builder.Build();
        (proxies ?? TrustedProxies.None).Use(app);
        Frame.ErrorPage = PageDoor.ShowError;
        app.Services.GetRequiredService<ApiLog>().Use(app);
        app.UseFrame();
        app.UseUi();
        app.UseRouting();
        app.UsePages();
        app.UseAntiforgery();
        app.MapUi();
        app.MapRooms();
        app.MapRazorComponents<App>();
        return app;
    }
}

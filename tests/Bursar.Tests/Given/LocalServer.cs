using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Bursar.Tests.Given;

/// <summary>A small server of a test's own: the other side of what Bursar calls.</summary>
public static class LocalServer
{
    public static WebApplication Make()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    /// <summary>Starts on a free port and tells its address.</summary>
    public static async Task<string> Listen(this WebApplication app)
    {
        await app.StartAsync();
        return app.Urls.First();
    }
}

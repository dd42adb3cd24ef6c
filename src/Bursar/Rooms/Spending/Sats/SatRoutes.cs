using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>Spend authorization tokens and the keys that sign them.</summary>
public static class SatRoutes
{
    public const string KeySetPath = "/.well-known/jwks.json";

    public static void Add(IServiceCollection services) =>
        services.AddSingleton<SatKeyChanges>().AddSingleton<SatKeys>().AddSingleton<SatIssuer>().AddSingleton<SatReader>().AddSingleton<UseSat>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        UseSat.Map(routes);
        routes.MapGet(KeySetPath, async (HttpContext http, SatKeys keys, SatIssuer issuer) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            await Api.WriteJson(http, 200, Json.Write(new JwkSet(issuer.Issuer, await keys.Published())));
        });
    }
}

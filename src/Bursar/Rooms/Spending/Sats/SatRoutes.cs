using Bursar.Core.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>Spend authorization tokens and the keys that sign them.</summary>
public static class SatRoutes
{
    public const string KeySetPath = "/.well-known/jwks.json";

    public static void Add(IServiceCollection services) =>
        services.AddSingleton(SatKeyAge.Read()).AddSingleton<SatKeyChanges>().AddSingleton<SatKeyVerb>().AddSingleton<SatKeys>()
            .AddSingleton<SatIssuer>().AddSingleton<SatReader>().AddSingleton<UseSat>()
            .AddSingleton(new SettingsTab(7, "Connector keys", "settings/connector-keys", Permission.ManageApi));

    public static void AddWorkers(IServiceCollection services) =>
        services.AddHostedService<ExpireAuthorizations>().AddHostedService<RotateSatKeys>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        UseSat.Map(routes);
        routes.MapGet(KeySetPath, async (HttpContext http, SatKeys keys, SatIssuer issuer) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            await Api.WriteJson(http, 200, Json.Write(new JwkSet(issuer.Issuer, [.. (await keys.Published()).Select(k => k.Jwk)])));
        });
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Developers;

/// <summary>
/// What a system needs to talk to Bursar: keys, IP rules, webhook endpoints, deliveries, the event feed, the log of calls.
/// </summary>
public static class Room
{
    public static void Add(IServiceCollection services) =>
        services.AddSingleton(new NavItem("Workspace", 3, "Developer", "developers", "code", Permission.ManageApi));

    public static void Map(IEndpointRouteBuilder routes)
    {
        DeveloperForms.Map(routes);
        WebhookForms.Map(routes);
        KeyRoutes.Map(routes);
        WebhookRoutes.Map(routes);
    }
}

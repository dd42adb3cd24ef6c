using Bursar.Core.Access;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Operator;

/// <summary>Whoever runs the installation: who is let in, and at a first look the messages that went nowhere.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Apply>();
        services.AddSingleton<Applications>();
        services.AddSingleton(new NavItem("", 1, "Applications", "/operator/applications", "inbox", Permission.None));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Apply.Map(routes);
        ApplicationForms.Map(routes);
        if (routes.ServiceProvider.GetRequiredService<MessageSettings>().Mailbox) Mailbox.Map(routes);
    }
}

using Bursar.Platform.Messages;

namespace Bursar.Rooms.Operator;

/// <summary>Whoever runs the installation: who is let in, and at a first look the messages that went nowhere.</summary>
public static class Room
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<MessageSettings>().Mailbox) Mailbox.Map(routes);
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;
using Bursar.Rooms.Operator.Payouts;
using Bursar.Rooms.Operator.Rails;

namespace Bursar.Rooms.Operator;

/// <summary>
/// Whoever runs the installation: who is let in, the rails and what waits at them, and at a first look the messages that went nowhere.
/// </summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Apply>();
        services.AddSingleton<Applications>();
        services.AddSingleton(new NavItem("", 1, "Applications", "/operator/applications", "inbox", Permission.None));
        services.AddSingleton<PayoutReads>();
        services.AddSingleton<TellOutcome>();
        services.AddSingleton(new NavItem("", 2, "Payouts", "/operator/payouts", "send", Permission.None));
        services.AddSingleton<RailSetup>();
        services.AddSingleton<TakeRailCallback>();
        services.AddSingleton(new NavItem("", 3, "Rails", "/operator/rails", "bank", Permission.None));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Apply.Map(routes);
        ApplicationForms.Map(routes);
        PayoutForms.Map(routes);
        RailForms.Map(routes);
        TakeRailCallback.Map(routes);
        if (routes.ServiceProvider.GetRequiredService<MessageSettings>().Mailbox) Mailbox.Map(routes);
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>The banks and how they are, within the room of money out.</summary>
public static class BankRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<BankList>();
        services.AddSingleton<SetTestBank>();
        services.AddSingleton(new NavItem("", 4, "Banks", LiveBanks.Home, "building", Permission.None));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        BankList.Map(routes);
        SetTestBank.Map(routes);
        LiveBanks.Map(routes);
    }

    public static void AddWorkers(IServiceCollection services) => services.AddHostedService<TellBooks>();
}

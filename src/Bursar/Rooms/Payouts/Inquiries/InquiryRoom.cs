using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>Whose account it is, within the room of money out.</summary>
public static class InquiryRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(InquireAccount.Kept);
        services.AddSingleton<AccountHolders>();
        services.AddSingleton<IAccountHolders>(s => s.GetRequiredService<AccountHolders>());
        services.AddSingleton<InquireAccount>();
        services.AddSingleton<SimulateInquiry>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        InquireAccount.Map(routes);
        SimulateInquiry.Map(routes);
    }

    public static void AddWorkers(IServiceCollection services) => services.AddHostedService<AskAgain>();
}

using Bursar.Core.Access;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;
using Bursar.Rooms.Operator.Receiving;
using Bursar.Rooms.Operator.Statements;
using Bursar.Rooms.Operator.Payouts;
using Bursar.Rooms.Operator.Plans;
using Bursar.Rooms.Operator.Rails;
using Bursar.Rooms.Operator.Rates;

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
        services.AddSingleton<KeepAccounts>();
        services.AddSingleton(new NavItem("Move money", 2, "Statements", "/operator/statements", "upload", Permission.None));
        services.AddSingleton(new NavItem("Move money", 3, "Suspense", "/operator/suspense", "alert", Permission.None));
        services.AddSingleton(new NavItem("Move money", 4, "Reconciliation", "/operator/reconciliation", "check-circle", Permission.None));
        services.AddSingleton(new NavItem(
            "Move money", 5, "Receiving accounts", "/operator/receiving-accounts", "bank", Permission.None));
        services.AddSingleton<HouseJournal>();
        services.AddSingleton(new NavItem("Move money", 6, "House ledger", "/operator/ledger", "list", Permission.None));
        services.AddSingleton(new NavItem("", 1, "Applications", "/operator/applications", "inbox", Permission.None));
        services.AddSingleton<PayoutReads>();
        services.AddSingleton<TellOutcome>();
        services.AddSingleton(new NavItem("", 2, "Payouts", "/operator/payouts", "send", Permission.None));
        services.AddSingleton<PlanDeskReads>();
        services.AddSingleton<KeepPlans>();
        services.AddSingleton(new NavItem("", 7, "Plans", "/operator/plans", "doc", Permission.None));
        services.AddSingleton<RailSetup>();
        services.AddSingleton<TakeRailCallback>();
        services.AddSingleton(new NavItem("", 5, "Rails", "/operator/rails", "link", Permission.None));
        services.AddSingleton<SetPrices>();
        services.AddSingleton(new NavItem("", 6, "Rates", RateForms.Home, "coin", Permission.None));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Apply.Map(routes);
        ApplicationForms.Map(routes);
        StatementForms.Map(routes);
        SuspenseForms.Map(routes);
        AccountForms.Map(routes);
        PayoutForms.Map(routes);
        RailForms.Map(routes);
        PlanForms.Map(routes);
        TakeRailCallback.Map(routes);
        RateForms.Map(routes);
        if (routes.ServiceProvider.GetRequiredService<MessageSettings>().Mailbox) Mailbox.Map(routes);
    }
}

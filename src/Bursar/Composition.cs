using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Platform.Access;
using Bursar.Platform.Audit;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Ledger;
using Bursar.Platform.LedgerView;
using Bursar.Platform.Messages;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Outbound;
using Bursar.Platform.Statements;
using Bursar.Platform.Webhooks;
using Bursar.Rails.BankFile;
using Bursar.Rails.Http;
using Bursar.Rails.Manual;
using Bursar.Rails.Simulator;

namespace Bursar;

/// <summary>The composition root: which parts there are and how they hang together. Each room adds itself in its Room.cs.</summary>
public static class Composition
{
    /// <summary>Everything that verbs and the server share: the database, posting, the platform's verbs and the rooms' slices.</summary>
    public static IServiceCollection AddBursar(
        this IServiceCollection services, Database database, Sealer sealer, OutboundRules outbound, MessageSettings messages)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddSingleton(sealer);
        services.AddSingleton(outbound);
        services.AddSingleton(messages);
        services.AddSingleton<Wakeup>();
        services.AddSingleton<IReadOnlyList<IConsumer>>(s => [.. s.GetServices<IConsumer>()]);
        foreach (var queue in new[] { DisbursementConsumer.OfProgram, DisbursementConsumer.OfOperator })
            services.AddSingleton<IConsumer>(s => new DisbursementConsumer(s.GetRequiredService<DisbursementShapes>(), queue));
        services.AddSingleton<IConsumer, WebhookConsumer>();
        foreach (var fact in new IFact[] { Principals.Instance, PolicyFacts.Instance, PlanFacts.Instance, WebhookFacts.Instance })
            services.AddSingleton(fact);
        services.AddSingleton(s => new FactCache([.. s.GetServices<IFact>()]));
        services.AddSingleton<Admission>(Principals.Admit);
        foreach (var kept in new[]
            { Sessions.Kept, OneTimeCodes.Kept, SignInTries.Kept, PasswordLinks.Kept, MessageQueue.Kept, IdempotencyTable.Kept, ApiLog.Kept,
                Deliveries.Kept, ParkedCallbacks.Kept })
            services.AddSingleton(kept);
        services.AddSingleton<Posting>();
        services.AddSingleton<IPosting>(s => s.GetRequiredService<Posting>());
        services.AddSingleton<ControlChanges>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<DailyHeads>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<Exports>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SignInTries>();
        services.AddSingleton<RefusedSignIns>();
        services.AddSingleton<OwnAccount>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<StepUps>();
        services.AddSingleton<PasswordLinks>();
        services.AddSingleton<Profiles>();
        services.AddSingleton<KeyDirectory>();
        services.AddSingleton<Callers>();
        Contract.Add(services);
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<IpRuleList>();
        services.AddSingleton<ApiLog>();
        services.AddSingleton<OperatorSessions>();
        services.AddSingleton<Members>();
        services.AddSingleton<Memberships>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<WorkspaceReads>();
        services.AddSingleton<MoneyCodes>();
        services.AddSingleton<WorkspaceSetup>();
        services.AddSingleton<Policies>();
        services.AddSingleton<PolicyReads>();
        services.AddSingleton<PlanReads>();
        services.AddSingleton<LedgerReads>();
        services.AddSingleton<LedgerViewReads>();
        services.AddSingleton<DueDeliveries>();
        services.AddSingleton<Endpoints>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<ValidationTokens>();
        services.AddSingleton<OutboundClient>();
        services.AddSingleton<OutboundProbe>();
        services.AddSingleton<WebhookDoctor>();
        services.AddSingleton<MessageQueue>();
        services.AddSingleton<MailFiles>();
        services.AddSingleton<SiteAddress>();
        if (messages.Smtp is { } smtp) services.AddSingleton<IMessageSender>(new SmtpSender(smtp));
        AddGateway(services, MessageChannel.Sms, messages.Sms);
        AddGateway(services, MessageChannel.WhatsApp, messages.WhatsApp);
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<Callbacks>();
        services.AddSingleton<ProductCallbacks>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton(RetrySchedule.Read());
        services.AddSingleton<ReceivingAmounts>();
        services.AddSingleton<ReceivingAccounts>();
        services.AddSingleton<House>();
        services.AddSingleton<TopUpCandidates>();
        services.AddSingleton<SentPayments>();
        services.AddSingleton<CreditMatches>();
        services.AddSingleton<ImportStatement>();
        services.AddSingleton<SuspenseDesk>();
        services.AddSingleton<StatementReads>();
        services.AddSingleton<CollectionShapes>();
        services.AddSingleton<DisbursementShapes>();
        services.AddSingleton<PayoutRouting>();
        services.AddSingleton<RailNews>();
        services.AddSingleton<PaymentFiles>();
        services.AddSingleton<BankStatuses>();
        services.AddSingleton<LiveBankStatuses>();
        services.AddSingleton<ApprovalSubjects>();
        services.AddSingleton<IPayoutRail, SimulatorRail>();
        services.AddSingleton<IPayoutRail, HttpRail>();
        services.AddSingleton<IPayoutRail, ManualRail>();
        services.AddSingleton<IPayoutRail, BankFileRail>();
        services.AddSingleton<IPayoutRail, SimulatorAbroad>();
        services.AddSingleton<IRateSource, SimulatorRates>();
        services.AddSingleton<LiveRates>();
        Rooms.Workspaces.Room.Add(services);
        Rooms.Developers.Room.Add(services);
        Rooms.Spending.Room.Add(services);
        Rooms.Payouts.Room.Add(services);
        Rooms.Deposits.Room.Add(services);
        Rooms.Approvals.Room.Add(services);
        Rooms.Operator.Room.Add(services);
        return services;
    }

    private static void AddGateway(IServiceCollection services, MessageChannel channel, GatewaySettings? settings)
    {
        if (settings is null) return;
        services.AddSingleton<IMessageSender>(s => new GatewaySender(channel, settings, s.GetRequiredService<OutboundClient>()));
    }

    /// <summary>The workers of a serving process.</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services)
    {
        services.AddHostedService<ExecuteDisbursements>();
        services.AddHostedService<ExecuteAtSetUpRails>();
        services.AddHostedService<ApplyParkedCallbacks>();
        services.AddHostedService<ExpireApprovals>();
        services.AddHostedService(s => s.GetRequiredService<RefusedSignIns>());
        services.AddHostedService<SendPasswordLinks>();
        services.AddHostedService<Housekeeping>();
        services.AddHostedService<ExpireCollections>();
        services.AddHostedService(s => s.GetRequiredService<CreditMatches>());
        services.AddHostedService<Rooms.Deposits.WarnOfLowDeposits>();
        Rooms.Spending.Room.AddWorkers(services);
        Rooms.Payouts.Room.AddWorkers(services);
        services.AddHostedService<Rooms.Approvals.MailApprovals>();
        services.AddHostedService<FanOut>();
        services.AddHostedService(s => s.GetRequiredService<Refusals>());
        services.AddHostedService<SignHeads>();
        services.AddHostedService<Deliver>();
        services.AddHostedService(s => s.GetRequiredService<ApiLog>());
        services.AddHostedService<SendMessages>();
        return services;
    }

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        Rooms.Workspaces.Room.Map(routes);
        Rooms.Developers.Room.Map(routes);
        Rooms.Deposits.Room.Map(routes);
        Rooms.Payouts.Room.Map(routes);
        Rooms.Approvals.Room.Map(routes);
        Rooms.Spending.Room.Map(routes);
        Contract.Map(routes);
        Rooms.Operator.Room.Map(routes);
        routes.MapGet("/health/live", () => "ok");
        routes.MapGet("/health/ready", Ready);
    }

    private static async Task<IResult> Ready(Database database)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync();
        return Results.Text("ok");
    }
}

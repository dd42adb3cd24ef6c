using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.BankDirectory;
using Bursar.Rooms.Payouts.Batches;
using Bursar.Rooms.Payouts.Beneficiaries;
using Bursar.Rooms.Payouts.Evidence;
using Bursar.Rooms.Payouts.Inquiries;
using Bursar.Rooms.Payouts.International;
using Bursar.Rooms.Payouts.International.Information;
using Bursar.Rooms.Payouts.Receipts;
using Bursar.Rooms.Payouts.Refunds;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts;

/// <summary>Money out: transfers to Indonesian banks, virtual accounts and e-wallets.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(GatheringTable.Guards(Transfer.Shape));
        services.AddSingleton<TransferReads>();
        services.AddSingleton<TransferTrail>();
        services.AddSingleton<CreateTransfer>();
        services.AddSingleton<CancelTransfer>();
        services.AddSingleton<SimulateOutcome>();
        services.AddSingleton<TransferReview>();
        services.AddSingleton<BankList>();
        services.AddSingleton<SetTestBank>();
        services.AddSingleton(InquireAccount.Kept);
        services.AddSingleton<AccountHolders>();
        services.AddSingleton<IAccountHolders>(s => s.GetRequiredService<AccountHolders>());
        services.AddSingleton<InquireAccount>();
        services.AddSingleton<SimulateInquiry>();
        services.AddSingleton<BeneficiaryReads>();
        services.AddSingleton<SaveBeneficiary>();
        services.AddSingleton(new NavItem("", 2, "Banks", LiveBanks.Home, "list", Permission.None));
        BatchRoom.Add(services);
        ReceiptRoom.Add(services);
        EvidenceRoom.Add(services);
        RefundRoom.Add(services);
        services.AddSingleton(new NavItem("Move money", 1, "Money transfer", "transfers", "send", Permission.ViewTransactions));
        InternationalRoom.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        CreateTransfer.Map(routes);
        CancelTransfer.Map(routes);
        TransferForms.Map(routes);
        TransferReport.Map(routes);
        SimulateOutcome.Map(routes);
        BatchRoom.Map(routes);
        ReceiptRoom.Map(routes);
        EvidenceRoom.Map(routes);
        RefundRoom.Map(routes);
        routes.MapGet("/v1/transfers", (HttpContext http, TransferReads reads, WorkspaceReads workspaces) => Api.Call(http, async actor =>
            await reads.List(actor, TransferQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<Transfer>>("List transfers", query: TransferQuery.Parameters);
        routes.MapGet("/v1/transfers/{id}", (HttpContext http, string id, TransferReads reads) => Api.Call(http, async actor =>
            TransferId.TryParse(id, out var transfer) ? await reads.Get(actor, transfer) : Errors.Missing()))
            .Describe<Transfer>("Get a transfer");
        InternationalRoom.Map(routes);
        BankList.Map(routes);
        SetTestBank.Map(routes);
        LiveBanks.Map(routes);
        InquireAccount.Map(routes);
        SimulateInquiry.Map(routes);
        BeneficiaryRoutes.Map(routes);
        BeneficiaryForms.Map(routes);
    }

    /// <summary>The room's workers of a serving process.</summary>
    public static void AddWorkers(IServiceCollection services)
    {
        services.AddHostedService<TellBooks>();
        services.AddHostedService<AskAgain>();
        services.AddHostedService<MailQuestions>();
        BatchRoom.AddWorkers(services);
        ReceiptRoom.AddWorkers(services);
    }

    private static readonly (string Bank, string Account, long Amount, string Remark)[] DemoTransfers =
    [
        ("mandiri", "1370004807", 10_450_300, "Vendor invoice"), ("bri", "0206015843", 1_539_000, "Courier fee"),
        ("bsm", "7101235797", 2_705_000, "Consulting"), ("dana", "081234569250", 2_110_900, "Travel"),
        ("ovo", "081298767239", 1_801_000, "Refund 88120"), ("bca", "5270993153", 17_449_500, "Invoice 2291"),
        ("gopay", "081355550000", 203_000, "Inactive wallet"), ("bni", "8099904763", 1_775_300, "Travel"),
        ("bca", "5270990001", 758_000, "Slow answer"),
        ("bca", "5270997481", 3_000_000, "Stock"),
    ];

    private static readonly NewBeneficiary[] DemoBeneficiaries =
        [new("bni", "8099904763", "Kopi Gayo Mandiri"), new("dana", "081298760001", "Courier, Bandung")];

    /// <summary>Demo transfers of every outcome and two payees, asked for by a key through the room's own verbs.</summary>
    public static async Task MakeDemo(IServiceProvider services, Actor key)
    {
        foreach (var (bank, account, amount, remark) in DemoTransfers)
            await services.GetRequiredService<CreateTransfer>().Handle(
                key, new CreateTransfer.Request(amount, bank, account, remark), Bodies.Bind($"demo-{account}", "demo", new { }));
        foreach (var payee in DemoBeneficiaries) await services.GetRequiredService<SaveBeneficiary>().Create(key, payee);
        await DemoAbroad.Make(services, key);
    }
}

using Bursar.Core.Access;
using Bursar.Platform.Http;
using Bursar.Rooms.Payouts.BankDirectory;
using Bursar.Rooms.Payouts.Batches;
using Bursar.Rooms.Payouts.Beneficiaries;
using Bursar.Rooms.Payouts.Evidence;
using Bursar.Rooms.Payouts.Inquiries;
using Bursar.Rooms.Payouts.International;
using Bursar.Rooms.Payouts.Receipts;
using Bursar.Rooms.Payouts.Refunds;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts;

/// <summary>Money out: one by one, by file and abroad, to whom, with what it leaves behind.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        TransferRoom.Add(services);
        BatchRoom.Add(services);
        InternationalRoom.Add(services);
        BeneficiaryRoom.Add(services);
        InquiryRoom.Add(services);
        BankRoom.Add(services);
        RefundRoom.Add(services);
        ReceiptRoom.Add(services);
        EvidenceRoom.Add(services);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        TransferRoom.Map(routes);
        BatchRoom.Map(routes);
        InternationalRoom.Map(routes);
        BeneficiaryRoom.Map(routes);
        InquiryRoom.Map(routes);
        BankRoom.Map(routes);
        RefundRoom.Map(routes);
        ReceiptRoom.Map(routes);
        EvidenceRoom.Map(routes);
    }

    /// <summary>The room's workers of a serving process.</summary>
    public static void AddWorkers(IServiceCollection services)
    {
        BatchRoom.AddWorkers(services);
        InternationalRoom.AddWorkers(services);
        InquiryRoom.AddWorkers(services);
        BankRoom.AddWorkers(services);
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

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Rooms.Deposits;
using Bursar.Rooms.Payouts;

namespace Bursar;

/// <summary>Demo money, made through the product's own verbs: a top-up that was paid and transfers of every outcome.</summary>
public static class DemoMoney
{
    private static readonly (string Bank, string Account, long Amount, string Remark)[] Transfers =
    [
        ("mandiri", "1370004807", 10_450_300, "Vendor invoice"), ("bri", "0206015843", 1_539_000, "Courier fee"), ("bsm", "7101235797", 2_705_000, "Consulting"),
        ("dana", "081234569250", 2_110_900, "Travel"), ("ovo", "081298767239", 1_801_000, "Refund 88120"), ("bca", "5270993153", 17_449_500, "Invoice 2291"),
        ("gopay", "081355550000", 203_000, "Inactive wallet"), ("bni", "8099904763", 1_775_300, "Travel"), ("bca", "5270990001", 758_000, "Slow answer"),
        ("bca", "5270997481", 3_000_000, "Stock"),
    ];

    public static async Task Make(IServiceProvider services, Actor admin)
    {
        var key = Bodies.Bind("demo", "demo", new { });
        var topUp = await services.GetRequiredService<CreateTopUp>().Handle(admin, new CreateTopUp.Request(250_000_000, "bca", "First deposit"), key with { Key = "demo-top-up" });
        Invariant.Hold(topUp.Ok);
        await services.GetRequiredService<ChangeTopUp>().Pay(admin, new ChangeTopUp.Payment(topUp.Value.Value.Id.ToString()));
        var made = await services.GetRequiredService<ApiKeys>().Create(admin, new NewApiKey("Demo key", KeyScope.Full));
        var caller = await services.GetRequiredService<KeyDirectory>().Find(Core.Signing.ApiKeySecret.Hash(made.Value.Key!), cached: false);
        var system = admin with { Kind = PrincipalKind.ApiKey, Principal = caller!.Principal, Credential = caller.Id, Name = caller.Name, Permissions = caller.Permissions };
        foreach (var (bank, account, amount, remark) in Transfers)
            await services.GetRequiredService<CreateTransfer>().Handle(system, new CreateTransfer.Request(amount, bank, account, remark), key with { Key = $"demo-{account}" });
    }
}

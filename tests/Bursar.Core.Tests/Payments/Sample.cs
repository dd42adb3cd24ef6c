using Bursar.Core.Currencies;
using Bursar.Core.Payments;
using FsCheck;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Payments;

/// <summary>A payment file of one payment, and generated ones of many.</summary>
internal static class Sample
{
    public static readonly PaymentOrder Order =
        new("dsb-1", 150_000, "Siti Aminah", "1234567890", new PaymentBank("CENAIDJA"), "Invoice 7");

    public static readonly PaymentFile Simple = new(
        "BURSAR-20260310-1", new DateTimeOffset(2026, 3, 10, 9, 30, 0, TimeSpan.FromHours(7)), new DateOnly(2026, 3, 11),
        new PaymentDebtor("PT Kopi Nusantara", "9876543210", new PaymentBank("BMRIIDJA")), Currency.Idr) { Payments = [Order] };

    public static PaymentFile With(params PaymentOrder[] payments) => Simple with { Payments = payments };

    public static Gen<PaymentFile> Files() =>
        from orders in (
            from amount in Gen.OneOf(Gen.Choose(1, 99), Gen.Choose(1, int.MaxValue))
            from name in Gen.Elements("Siti Aminah", "Ünal & Söhne", "José Peña", "O'Brien <Ltd>", "A")
            from account in Gen.Elements("1234567890", "DE89370400440532013000", "0")
            from bank in Gen.Elements(new PaymentBank("CENAIDJA"), new PaymentBank("DEUTDEFF500"), new PaymentBank(MemberCode: "014"))
            from remark in Gen.Elements(null, "", "Invoice 7", "Gaji “Maret” 50%".Replace("%", ""), new string('x', 140))
            select (amount, name, account, bank, remark)).NonEmptyListOf()
        from currency in Gen.Elements("IDR", "USD", "KWD")
        select Simple with
        {
            Currency = Currency.Get(currency),
            Payments = [.. orders.Select((o, i) => new PaymentOrder($"dsb-{i}", o.amount, o.name, o.account, o.bank, o.remark))],
        };

    public static string Written(PaymentFile file)
    {
        using var output = new MemoryStream();
        var sum = Pain001.Write(file, output);
        Assert.True(sum.Ok, sum.Ok ? null : string.Join('\n', sum.Error.Fields.Select(f => $"{f.Field} {f.Code}")));
        Assert.Equal(file.Payments.Sum(p => p.Amount), sum.Value);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }
}

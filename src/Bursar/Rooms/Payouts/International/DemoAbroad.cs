using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Results;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.International;

/// <summary>Demo transfers abroad: one that arrives, one that is refused, one on its way; asked for by a key through the room's own verbs.</summary>
public static class DemoAbroad
{
    private static readonly (string Country, string Currency, long Amount, string Name, string Bank, string[] Numbers)[] Wanted =
    [
        ("SGP", "SGD", 42_000, "Tan Wei Ling", "Merlion Bank", ["accountNumber", "0721905514", "swiftBic", "MERLSGSG"]),
        ("DEU", "EUR", 35_050, "Greta Lindemann", "Spreebank", ["iban", "DE89370400440532013000", "swiftBic", "SPREDEBB"]),
        ("GBR", "GBP", 12_000, "Oliver Hughes", "Thames Bank", ["accountNumber", "31920000", "sortCode", "401122"]),
        ("AUS", "AUD", 60_000, "Ruby Walker", "Bondi Bank", ["accountNumber", "5270006", "bsbNumber", "062000"]),
    ];

    public static async Task Make(IServiceProvider services, Actor key)
    {
        foreach (var (country, currency, amount, name, bank, numbers) in Wanted)
        {
            var quote = await services.GetRequiredService<CreateQuote>()
                .Handle(key, new(country, currency, amount, CorridorType.C2c), CancellationToken.None);
            var beneficiary = new Dictionary<string, string?>
            {
                ["fullName"] = name,
                ["bankName"] = bank,
                ["address"] = "12 Harbour Street",
                ["city"] = "Harbour",
                ["province"] = "Coast",
                ["nationality"] = country,
                ["relationship"] = "friend",
                ["remittancePurpose"] = "education",
                ["sourceOfFunds"] = "savings",
            };
            foreach (var number in numbers.Chunk(2)) beneficiary[number[0]] = number[1];
            var sent = await services.GetRequiredService<CreateInternationalTransfer>().Handle(key,
                new(quote.Value.Id, CorridorType.C2c, beneficiary, Sender, Remark: "Tuition"), Bodies.Bind($"demo-{country}", "demo", new { }));
            Invariant.Hold(sent.Ok);
        }
    }

    private static readonly Dictionary<string, string?> Sender = new()
    {
        ["fullName"] = "Sari Wibowo",
        ["address"] = "Jalan Kopi 12",
        ["city"] = "Jakarta",
        ["country"] = "IDN",
        ["phone"] = "+6281234567890",
        ["email"] = "sari@demo.test",
        ["job"] = "Shop owner",
        ["placeOfBirth"] = "Bandung",
        ["dateOfBirth"] = "1988-04-17",
        ["identityType"] = "passport",
        ["identityNumber"] = "X1234567",
    };
}

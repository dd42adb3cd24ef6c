using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

public sealed class CorridorTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);

    public static TheoryData<string, CorridorType> Ways()
    {
        var data = new TheoryData<string, CorridorType>();
        foreach (var corridor in Corridor.All)
            foreach (var type in corridor.Types) data.Add(corridor.Country.Code, type);
        return data;
    }

    [Fact]
    public void there_are_51_destinations_with_the_types_that_they_take()
    {
        Assert.Equal(51, Corridor.All.Count);
        Assert.Equal(35, Corridor.All.Count(c => c.Currency.Code == "EUR"));
        string Types(string country) => string.Join(' ', Corridor.Find(country)!.Types).ToLowerInvariant();
        Assert.Equal("c2c b2b", Types("CHN"));
        Assert.Equal("c2c c2b", Types("LVA"));
        Assert.Equal("b2c b2b", Types("PHL"));
        Assert.Equal("b2c b2b", Types("VNM"));
        Assert.All(Corridor.All.Where(c => c.Country.Code is not ("CHN" or "LVA" or "PHL" or "VNM")), c => Assert.Equal(4, c.Types.Count));
        Assert.All(Corridor.All, c => Assert.True(c.Fee > 0 && c.Min > 0 && c.Max > c.Min && c.IsActive));
        // Every bank is found by something: an IBAN, a BIC or a number of its country.
        Assert.All(Corridor.All, c => Assert.Contains(c.Identifiers, i => i.IsRequired));
        Assert.All(Corridor.All, c => Assert.True(c.Account is not null || c.Identifiers.Any(i => i.Name == "iban")));
    }

    [Theory, MemberData(nameof(Ways))]
    public void valid_fields_are_kept_and_each_required_one_is_missed_by_its_pointer(string country, CorridorType type)
    {
        var form = CorridorForm.Of(Corridor.Find(country)!, type)!;
        foreach (var (fields, at) in new[] { (form.Beneficiary, "/beneficiary"), (form.Sender, "/sender") })
        {
            var valid = FieldSamples.Of(form.Corridor, fields);
            Assert.Empty(Read(form, fields, valid, at).Errors);
            foreach (var field in fields)
            {
                var without = valid.Where(v => v.Key != field.Name).ToDictionary(v => v.Key, v => v.Value);
                var errors = Read(form, fields, without, at).Errors;
                if (field.Required) Assert.Equal([$"{at}/{field.Name}"], errors.Select(e => e.Field));
                else Assert.Empty(errors);
                var broken = new Dictionary<string, string?>(valid) { [field.Name] = "\u202Ebroken\u0000" };
                Assert.Equal([$"{at}/{field.Name}"], Read(form, fields, broken, at).Errors.Select(e => e.Field));
            }
            Assert.Equal([$"{at}/extra"], Read(form, fields, new(valid) { ["extra"] = "1" }, at).Errors.Select(e => e.Field));
        }
        Assert.Equal(type is CorridorType.B2b or CorridorType.B2c, form.Sender.Count == 0 && form.NeedsAttachment);
    }

    [Theory]
    [InlineData("DEU", "iban", "GB29NWBK60161331926819", "begins with DE")]
    [InlineData("DEU", "iban", "DE89370400440532013001", "not valid")]
    [InlineData("USA", "achCode", "021000022", "proves")]
    [InlineData("USA", "achCode", "000000000", "proves")]
    [InlineData("IND", "ifsCode", "HDFC1001234", "a zero")]
    [InlineData("GBR", "accountNumber", "1234567", "8 digits")]
    [InlineData("GBR", "nationality", "GB", "Three letters")]
    [InlineData("GBR", "relationship", "enemy", "Choose one")]
    [InlineData("SGP", "swiftBic", "DBS", "8 or 11")]
    public void a_wrong_number_is_refused_in_words(string country, string field, string value, string says)
    {
        var form = CorridorForm.Of(Corridor.Find(country)!, CorridorType.B2b)!;
        var given = FieldSamples.Of(form.Corridor, form.Beneficiary);
        given[field] = value;
        var error = Assert.Single(Read(form, form.Beneficiary, given, "/beneficiary").Errors);
        Assert.Equal($"/beneficiary/{field}", error.Field);
        Assert.Contains(says, error.Detail);
    }

    [Fact]
    public void codes_are_kept_as_banks_write_them()
    {
        var form = CorridorForm.Of(Corridor.Find("DEU")!, CorridorType.B2b)!;
        var given = FieldSamples.Of(form.Corridor, form.Beneficiary);
        given["iban"] = "de89 3704 0044 0532 0130 00";
        var kept = Read(form, form.Beneficiary, given, "/beneficiary").Kept;
        Assert.Equal("DE89370400440532013000", CorridorForm.AccountOf(kept));
        Assert.Equal("TESTDE22", form.BankOf(kept));
    }

    [Fact]
    public void the_cost_is_the_least_rupiah_that_buys_the_amount() => Property.Holds(
        ArbMap.Default.GeneratorFor<long>().SelectMany(a => ArbMap.Default.GeneratorFor<long>(), (a, b) =>
            (Minor: 1 + Math.Abs(a % 1_000_000_000_000), Rate: 1 + Math.Abs(b % 30_000_000_000_000))),
        pair =>
        {
            foreach (var currency in new[] { Currency.Get("USD"), Currency.Get("JPY"), Currency.Get("KWD") })
            {
                var exact = (Int128)pair.Minor * pair.Rate;
                Int128 unit = 1_000_000;
                for (var i = 0; i < currency.Exponent; i++) unit *= 10;
                var cost = new ExchangeRate(pair.Rate).CostOf(new Money(pair.Minor, currency));
                if (cost is { } rupiah) Assert.True(rupiah * unit >= exact && (rupiah - 1) * unit < exact);
                else Assert.True(exact > Money.Max * unit);
            }
        });

    [Theory]
    [InlineData(16_250_250_000, "16250.25")]
    [InlineData(633_489, "0.633489")]
    [InlineData(15_000_000_000, "15000")]
    public void a_rate_is_written_exactly(long millionths, string text) => Assert.Equal(text, new ExchangeRate(millionths).ToString());

    [Theory]
    // Friday 13:59 and 14:01 in Berlin; Saturday; Singapore after its cut-off.
    [InlineData("DEU", "2026-11-20T12:59:00Z", "2026-11-23")]
    [InlineData("DEU", "2026-11-20T13:01:00Z", "2026-11-24")]
    [InlineData("DEU", "2026-11-21T08:00:00Z", "2026-11-24")]
    [InlineData("SGP", "2026-11-20T09:59:00Z", "2026-11-20")]
    [InlineData("SGP", "2026-11-20T10:01:00Z", "2026-11-23")]
    [InlineData("USA", "2026-11-18T15:00:00Z", "2026-11-20")]
    public void the_cut_off_there_decides_the_day_of_arrival(string country, string now, string day) => Assert.Equal(
        DateOnly.ParseExact(day, "yyyy-MM-dd", null),
        Corridor.Find(country)!.Arrival(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    private static (Dictionary<string, string> Kept, List<FieldError> Errors) Read(
        CorridorForm form, IReadOnlyList<CorridorField> fields, Dictionary<string, string?> given, string at)
    {
        var errors = new List<FieldError>();
        return (form.Read(fields, given, at, Today, errors), errors);
    }
}

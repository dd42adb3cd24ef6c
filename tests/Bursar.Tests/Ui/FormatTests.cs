using Bursar.Core.Currencies;
using Bursar.Platform.Ui;

namespace Bursar.Tests.Ui;

public sealed class FormatTests
{
    [Theory]
    [InlineData(1_250_000, "IDR", "Rp\u00A01.250.000")]
    [InlineData(-1_250_000, "IDR", "\u2212Rp\u00A01.250.000")]
    [InlineData(0, "IDR", "Rp\u00A00")]
    [InlineData(125_000, "USD", "USD\u00A01.250,00")]
    [InlineData(1_250, "JPY", "JPY\u00A01.250")]
    [InlineData(1_250_500, "KWD", "KWD\u00A01.250,500")]
    [InlineData(24_000_000_000, "IDRT", "240.000.000\u00A0IDRT")]
    [InlineData(150, "IDRT", "1,50\u00A0IDRT")]
    public void money_reads_as_people_here_write_it(long minor, string currency, string text) =>
        Assert.Equal(text, MoneyText.Full(new Money(minor, Currency.Get(currency))));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(75_000, "75\u00A0rb")]
    [InlineData(225_000_000, "225\u00A0jt")]
    [InlineData(1_500_000_000, "1,5\u00A0M")]
    public void an_axis_is_short(long minor, string text) => Assert.Equal(text, MoneyText.Axis(Money.Idr(minor)));

    [Theory]
    [InlineData("1.250.000", 1_250_000)]
    [InlineData("1250000", 1_250_000)]
    [InlineData(" Rp 1.250.000 ", 1_250_000)]
    [InlineData("rp1.250.000", 1_250_000)]
    [InlineData("Rp. 500", 500)]
    [InlineData("IDR 7", 7)]
    public void an_amount_is_read_however_it_is_typed(string text, long minor)
    {
        Assert.True(MoneyInput.TryParse(text, out var money));
        Assert.Equal(Money.Idr(minor), money);
    }

    [Theory]
    [InlineData("1,5"), InlineData("1.5"), InlineData("1.25.000"), InlineData("1,250,000"), InlineData(".500"), InlineData("1..000")]
    [InlineData("0"), InlineData("-5"), InlineData(""), InlineData(null), InlineData("Rp"), InlineData("12a"), InlineData("1.250.000,")]
    [InlineData("1000000000000001"), InlineData("99999999999999999999999999"), InlineData("1250.000")]
    public void an_amount_that_could_mean_two_things_is_refused(string? text) => Assert.False(MoneyInput.TryParse(text, out _));

    [Theory]
    [InlineData("1.250,50", 125_050), InlineData("3", 300), InlineData("USD 0,5", 50)]
    public void decimals_follow_the_currency(string text, long minor)
    {
        Assert.True(MoneyInput.TryParse(text, Currency.Get("USD"), out var money));
        Assert.Equal(minor, money.Minor);
    }

    [Fact]
    public void what_is_shown_can_be_typed_back()
    {
        foreach (var minor in (long[])[1, 999, 1_000, 12_345_678, Money.Max])
            foreach (var code in (string[])["IDR", "USD", "KWD", "IDRT"])
            {
                var money = new Money(minor, Currency.Get(code));
                Assert.True(MoneyInput.TryParse(MoneyText.Full(money), money.Currency, out var back), MoneyText.Full(money));
                Assert.Equal(money, back);
            }
    }

    [Fact]
    public void times_are_those_of_the_workspace()
    {
        var at = new DateTimeOffset(2026, 11, 20, 16, 40, 51, TimeSpan.Zero);
        Assert.Equal("20 Nov 2026, 23:40", DisplayZone.Wib.Long(at, new()));
        Assert.Equal("21 Nov, 00:40", DisplayZone.Of("Asia/Makassar").Short(at, at, new()));
        Assert.Equal("21 Nov 2026, 01:40", DisplayZone.Wit.Short(at, at.AddYears(1), new()));
        var american = new TimeFormat(DateOrder.Mdy, 12, WeekStart.Sunday);
        Assert.Equal("Nov 20, 2026, 11:40 PM", DisplayZone.Wib.Long(at, american));
        Assert.Equal("2026-11-20, 23:40", DisplayZone.Wib.Long(at, new TimeFormat(DateOrder.Ymd)));
        Assert.Equal(new DateOnly(2026, 11, 15), american.WeekOf(new DateOnly(2026, 11, 20)));
        Assert.Equal(new DateOnly(2026, 11, 16), new TimeFormat().WeekOf(new DateOnly(2026, 11, 16)));
        Assert.Equal(new DateOnly(2026, 11, 14), new TimeFormat(WeekStart: WeekStart.Saturday).WeekOf(new DateOnly(2026, 11, 20)));
        Assert.Equal("WITA", DisplayZone.Of("Asia/Makassar").Name(at));
        Assert.Equal("UTC+7", DisplayZone.Wib.Offset(at));
        Assert.Same(DisplayZone.Wib, DisplayZone.Of("Nowhere/Land"));
        Assert.Equal(new DateTimeOffset(2026, 11, 19, 17, 0, 0, TimeSpan.Zero), DisplayZone.Wib.Start(new DateOnly(2026, 11, 20)));
    }

    [Theory]
    [InlineData("/live/home", "/live/home"), InlineData("//evil.test", "/"), InlineData("https://evil.test", "/")]
    [InlineData("/\\evil.test", "/"), InlineData("", "/"), InlineData(null, "/")]
    public void only_a_path_of_this_site_is_returned_to(string? back, string target) => Assert.Equal(target, UiSetup.LocalOr(back, "/"));
}

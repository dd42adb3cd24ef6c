using System.Globalization;
using Bursar.Core.Currencies;

namespace Bursar.Platform.Ui;

/// <summary>
/// Money as people here read it. The process runs without culture data, so the format is fixed: point between groups, comma before
/// decimals, U+00A0 after the currency so that it never breaks, U+2212 as minus so that it is as wide as a digit.
/// </summary>
public static class MoneyText
{
    private const char Space = '\u00A0';
    private const char Minus = '\u2212';

    private static readonly NumberFormatInfo Format = new()
    {
        NumberGroupSeparator = ".",
        NumberDecimalSeparator = ",",
        NumberGroupSizes = [3],
        NegativeSign = "\u2212",
    };

    /// <summary>"Rp 1.250.000", "−Rp 1.250.000", "USD 1.250,00", "240.000.000 IDRT".</summary>
    public static string Full(Money money) => IsToken(money.Currency)
        ? Sign(money) + Digits(money) + Space + money.Currency.Code
        : Sign(money) + Symbol(money.Currency) + Space + Digits(money);

    /// <summary>The digits alone, without sign or currency; a token shows its decimals only when it has some.</summary>
    public static string Digits(Money money)
    {
        var value = decimal.Abs(Value(money));
        var decimals = IsToken(money.Currency) && value == decimal.Truncate(value) ? 0 : money.Currency.Exponent;
        return value.ToString("N" + decimals, Format);
    }

    /// <summary>For an axis: "225 jt" (juta, million), "1,5 M" (miliar, billion), "75 rb" (ribu, thousand).</summary>
    public static string Axis(Money money)
    {
        var value = decimal.Abs(Value(money));
        var (unit, word) = value switch
        {
            >= 1_000_000_000 => (1_000_000_000m, "M"),
            >= 1_000_000 => (1_000_000m, "jt"),
            >= 1_000 => (1_000m, "rb"),
            _ => (1m, ""),
        };
        var digits = (value / unit).ToString("0.##", Format);
        return Sign(money) + (word.Length == 0 ? digits : digits + Space + word);
    }

    /// <summary>A count: "5.000"; above <paramref name="cap"/> "10.000+".</summary>
    public static string Count(long count, long cap = 10_000) =>
        count > cap ? cap.ToString("N0", Format) + "+" : count.ToString("N0", Format);

    public static string Symbol(Currency currency) => currency == Currency.Idr ? "Rp" : currency.Code;

    public static bool IsToken(Currency currency) => currency == Currency.Idrt;

    public static string Sign(Money money) => money.Minor < 0 ? Minus.ToString() : "";

    private static decimal Value(Money money)
    {
        decimal value = money.Minor;
        for (var i = 0; i < money.Currency.Exponent; i++) value /= 10;
        return value;
    }
}

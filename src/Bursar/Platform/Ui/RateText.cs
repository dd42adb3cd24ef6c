using Bursar.Core.Currencies;
using Bursar.Core.Rails;

namespace Bursar.Platform.Ui;

/// <summary>Exchange rates as people read and type them: a point between groups, a comma before decimals, as with money.</summary>
public static class RateText
{
    /// <summary>Rupiah counted in millionths, as rates are kept.</summary>
    private static readonly Currency Millionths = Currency.Idr with { Exponent = 6 };

    /// <summary>"SGD 1 = Rp 12.826,75", from the exact decimal that an offer holds.</summary>
    public static string Of(string currency, string rate) => $"{currency}\u00A01 = {Rupiah(rate)}";

    /// <summary>"Rp 12.826,75".</summary>
    public static string Rupiah(string rate)
    {
        var parts = rate.Split('.');
        var whole = MoneyText.Digits(Money.Idr(long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)));
        return $"Rp\u00A0{whole}{(parts.Length == 2 ? "," + parts[1] : "")}";
    }

    /// <summary>As it is typed: "12826,75".</summary>
    public static string Typed(ExchangeRate rate) => rate.ToString().Replace('.', ',');

    public static bool TryParse(string? text, out ExchangeRate rate)
    {
        var ok = MoneyInput.TryParse(text, Millionths, out var typed);
        rate = new ExchangeRate(typed.Minor);
        return ok;
    }
}

using System.Globalization;
using Bursar.Core.Currencies;

namespace Bursar.Core.Rails;

/// <summary>
/// Rupiah for one major unit of a currency, in millionths of a rupiah: exact, whatever is multiplied with it. 16250.25 is 16_250_250_000.
/// </summary>
public readonly record struct ExchangeRate(long Millionths)
{
    private const long Scale = 1_000_000;

    /// <summary>
    /// What an amount costs in rupiah, a begun rupiah whole: the least number of rupiah that buys it. Null past what may be sent.
    /// </summary>
    public long? CostOf(Money bought)
    {
        var unit = (Int128)Scale;
        for (var i = 0; i < bought.Currency.Exponent; i++) unit *= 10;
        var cost = ((Int128)bought.Minor * Millionths + unit - 1) / unit;
        return cost <= Money.Max ? (long)cost : null;
    }

    /// <summary>"16250.25": a decimal point, no needless zero.</summary>
    public override string ToString()
    {
        var fraction = (Millionths % Scale).ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0');
        var whole = (Millionths / Scale).ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 ? whole : $"{whole}.{fraction}";
    }
}

/// <summary>Who sells foreign money in test mode, and for how much. Asked for each quote; the quote keeps the answer.</summary>
public interface IRateSource
{
    /// <summary>Null where this currency is not sold.</summary>
    Task<ExchangeRate?> Of(string currency, CancellationToken ct);
}

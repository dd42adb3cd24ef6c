using System.Diagnostics.CodeAnalysis;

namespace Bursar.Core.Currencies;

/// <summary>A currency or token and the number of digits behind its point. IDR has none: Indonesian rails count whole rupiah.</summary>
public sealed record Currency(string Code, int Exponent)
{
    public static readonly Currency Idr = new("IDR", 0);
    /// <summary>Kept at 2 digits in the ledger, whatever the network counts.</summary>
    public static readonly Currency Idrt = new("IDRT", 2);

    private static readonly Dictionary<string, Currency> All = new[]
    {
        Idr, Idrt, new Currency("USD", 2), new Currency("SGD", 2), new Currency("MYR", 2), new Currency("JPY", 0), new Currency("EUR", 2),
        new Currency("KWD", 3), new Currency("AED", 2), new Currency("AUD", 2), new Currency("CNY", 2), new Currency("GBP", 2),
        new Currency("HKD", 2), new Currency("INR", 2), new Currency("KRW", 0), new Currency("PHP", 2), new Currency("SAR", 2),
        new Currency("THB", 2), new Currency("TRY", 2), new Currency("VND", 0),
    }.ToDictionary(c => c.Code, StringComparer.Ordinal);

    /// <summary>Every currency there is, rupiah first.</summary>
    public static IReadOnlyCollection<Currency> Known => All.Values;

    public static bool TryGet(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is not null && All.TryGetValue(code, out currency);
    }

    public static Currency Get(string code) => All[code];

    public override string ToString() => Code;
}

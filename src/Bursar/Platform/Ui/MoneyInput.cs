using Bursar.Core.Currencies;

namespace Bursar.Platform.Ui;

/// <summary>
/// Reads an amount that a person typed: "1.250.000", "1250000", "Rp 1.250.000"; for currencies with decimals also "1.250,50".
/// A point only groups and must group by three: "1.5" might mean two different amounts, so it is refused, like "1,5" for rupiah.
/// </summary>
public static class MoneyInput
{
    public static bool TryParse(string? text, out Money money) => TryParse(text, Currency.Idr, out money);

    public static bool TryParse(string? text, Currency currency, out Money money)
    {
        money = default;
        if (text is null || text.Length > 40) return false;
        var body = Bare(text, currency);
        var comma = body.IndexOf(',');
        var whole = comma < 0 ? body : body[..comma];
        var fraction = comma < 0 ? [] : body[(comma + 1)..];
        if (comma >= 0 && (fraction.Length == 0 || fraction.Length > currency.Exponent)) return false;
        if (!TryGroups(whole, out var minor)) return false;
        for (var i = 0; i < currency.Exponent; i++)
        {
            var digit = i < fraction.Length ? fraction[i] : '0';
            if (!char.IsAsciiDigit(digit)) return false;
            minor = minor * 10 + (digit - '0');
            if (minor > Money.Max) return false;
        }
        if (minor < 1) return false;
        money = new Money(minor, currency);
        return true;
    }

    private static ReadOnlySpan<char> Bare(string text, Currency currency)
    {
        var body = text.AsSpan().Trim();
        foreach (var mark in (ReadOnlySpan<string>)[MoneyText.Symbol(currency), currency.Code])
        {
            if (body.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) return body[mark.Length..].TrimStart(" .\u00A0");
            if (body.EndsWith(mark, StringComparison.OrdinalIgnoreCase)) return body[..^mark.Length].TrimEnd();
        }
        return body;
    }

    private static bool TryGroups(ReadOnlySpan<char> whole, out long value)
    {
        value = 0;
        if (whole.Length == 0) return false;
        var grouped = whole.Contains('.');
        for (var i = 0; i < whole.Length; i++)
        {
            var left = whole.Length - i;
            if (grouped && left % 4 == 0)
            {
                if (whole[i] != '.' || i == 0) return false;
                continue;
            }
            if (!char.IsAsciiDigit(whole[i])) return false;
            value = value * 10 + (whole[i] - '0');
            if (value > Money.Max) return false;
        }
        return true;
    }
}

using Bursar.Core.Currencies;
using Bursar.Core.Results;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>What agents and people name as amounts: any currency that is known.</summary>
public static class AmountCheck
{
    public static Error? Wrong(long amount, string currency, string currencyField = "/currency")
    {
        if (!Currency.TryGet(currency, out var known))
            return new Error(Errors.CurrencyUnsupported, "This currency is not known.")
            { Fields = [new(currencyField, "currency_unsupported", "ISO code, such as IDR.")] };
        return Money.Parse(amount, known) is { Ok: false } range ? range.Error : null;
    }
}

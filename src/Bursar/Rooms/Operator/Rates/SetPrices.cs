using System.Globalization;
using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Operator.Rates;

/// <summary>
/// The operator's word on what is sold abroad in live mode. A slip of a digit is money lost on every quote, so a rate that leaps is asked
/// about once more.
/// </summary>
public sealed class SetPrices(LiveRates rates)
{
    public static readonly IReadOnlyList<Currency> Currencies =
        [.. Corridor.All.Select(c => c.Currency).Distinct().OrderBy(c => c.Code, StringComparer.Ordinal)];

    /// <summary>Rate and hours as typed; <paramref name="Sure"/>: it really differs that much from the last one.</summary>
    public sealed record Rate(string Currency, string Value, string Hours, bool Sure);

    public async Task<Result<LiveRate>> Set(Desk desk, Rate asked)
    {
        var errors = new List<FieldError>();
        var known = Currencies.FirstOrDefault(c => c.Code == asked.Currency);
        if (known is null) errors.Add(new("/currency", "unknown", "Choose a currency."));
        if (!RateText.TryParse(asked.Value, out var rate)) errors.Add(new("/rate", "invalid", "Rupiah for one unit, as 16.703,45."));
        if (!int.TryParse(asked.Hours, NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || hours is < 1 or > LiveRates.HoursMax)
            errors.Add(new("/hours", "invalid", $"1 to {LiveRates.HoursMax} hours."));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        var before = (await rates.AtDesk()).Rates.GetValueOrDefault(known!.Code);
        if (before is not null && !asked.Sure && Leaps(before.Rate.Millionths, rate.Millionths))
            return Errors.Field("/sure", "required",
                $"This is more than a tenth away from the last rate, {RateText.Of(known.Code, before.Rate.ToString())}.");
        await rates.SetRate(known.Code, rate, hours, desk.Name, desk.Person);
        return (await rates.AtDesk()).Rates[known.Code];
    }

    /// <summary>Sells this currency to nobody from now on, until a rate is set again.</summary>
    public async Task<Result<LiveRate>> Withdraw(Desk desk, string currency)
    {
        if (!(await rates.AtDesk()).Rates.TryGetValue(currency, out var last)) return Errors.Missing();
        await rates.SetRate(currency, last.Rate, 0, desk.Name, desk.Person);
        return last;
    }

    /// <summary>Serves the destination, or with <paramref name="all"/> every destination of its currency, on these terms.</summary>
    public async Task<Result<Corridor>> Serve(Desk desk, string country, Func<string, string> typed, bool isActive, bool all)
    {
        if (Corridor.Find(country) is not { } corridor) return Errors.Missing();
        var errors = new List<FieldError>();
        long Amount(string name, Currency currency)
        {
            if (MoneyInput.TryParse(typed(name), currency, out var money)) return money.Minor;
            errors.Add(new("/" + name, "invalid", $"Write it as {MoneyText.Full(new Money(corridor.Max, currency))}."));
            return 0;
        }
        // A fee of nothing is a fee, too.
        var fee = typed("fee").Trim() == "0" ? 0 : Amount("fee", Currency.Idr);
        var (min, max) = (Amount("min", corridor.Currency), Amount("max", corridor.Currency));
        if (errors.Count == 0 && max < min) errors.Add(new("/max", "too_small", "No less than the least amount."));
        if (!Json.TryParse<CorridorSpeed>(typed("speed"), out var speed)) errors.Add(new("/speed", "unknown", "Choose one of the list."));
        if (!TimeOnly.TryParseExact(typed("cutOff"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var cutOff))
            errors.Add(new("/cutOff", "invalid", "As 14:30."));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        string[] served = all
            ? [.. Corridor.All.Where(c => c.Currency == corridor.Currency && c.IsActive).Select(c => c.Country.Code)] : [country];
        await rates.SetTerms(served, new LiveTerms(country, fee, min, max, speed, cutOff, isActive, default), desk.Name, desk.Person);
        return corridor;
    }

    private static bool Leaps(long before, long after) => Int128.Abs((Int128)after - before) * 10 > before;
}

using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// A destination as it is sold in one mode: on which terms, and at which rate until when. <paramref name="Rate"/> is null where none holds.
/// </summary>
public sealed record Offered(Corridor Corridor, ExchangeRate? Rate, DateTimeOffset? RateUntil)
{
    public bool IsOpen => Corridor.IsActive && Rate is not null;
}

/// <summary>
/// What can be bought right now. Test mode sells what corridors.csv says at the simulator's rates; live mode only what the operator set,
/// while it holds, and only where a rail carries it: a rate that nobody stands behind is worse than none.
/// </summary>
public sealed class Offers(IRateSource simulator, LiveRates live, PayoutRouting routing, TimeProvider time)
{
    public async Task<IReadOnlyList<Offered>> All(Mode mode)
    {
        var all = new List<Offered>(Corridor.All.Count);
        var prices = mode == Mode.Live ? await live.Prices() : null;
        foreach (var corridor in Corridor.All)
        {
            if (prices is null) all.Add(new(corridor, await simulator.Of(corridor.Currency.Code, CancellationToken.None), null));
            else
            {
                var rate = prices.Rates.GetValueOrDefault(corridor.Currency.Code);
                var holds = rate is not null && rate.Holds(time.NowMicros());
                all.Add(new(Served(prices, corridor), holds ? rate!.Rate : null, holds ? rate!.GoodUntil : null));
            }
        }
        return all;
    }

    public async Task<Offered> Of(Mode mode, Corridor corridor) => (await All(mode)).First(o => o.Corridor.Country == corridor.Country);

    /// <summary>The rail that carries it, in what arrives: files and Indonesian banks do not reach abroad.</summary>
    public Task<Result<string>> Rail(Mode mode, string currency) =>
        routing.For(mode, DisbursementKind.InternationalTransfer, currency, "bank");

    /// <summary>A destination is closed until the operator has said on which terms it is served.</summary>
    private static Corridor Served(LivePrices prices, Corridor corridor) =>
        corridor.IsActive && prices.Terms.TryGetValue(corridor.Country.Code, out var terms)
            ? terms.On(corridor) : corridor with { IsActive = false };
}

using System.Collections.Frozen;
using Bursar.Core.Rails;

namespace Bursar.Rails.Simulator;

/// <summary>The rates of test mode: of the right size, and the same for ever, so that a test can count on them.</summary>
public sealed class SimulatorRates : IRateSource
{
    private static readonly FrozenDictionary<string, ExchangeRate> Rates = new Dictionary<string, ExchangeRate>
    {
        ["EUR"] = new(19_214_350_000),
        ["AUD"] = new(10_871_400_000),
        ["CNY"] = new(2_339_125_000),
        ["HKD"] = new(2_147_310_000),
        ["INR"] = new(188_412_700),
        ["JPY"] = new(107_583_420),
        ["MYR"] = new(4_021_990_000),
        ["PHP"] = new(283_664_150),
        ["SAR"] = new(4_453_870_000),
        ["SGD"] = new(12_826_750_000),
        ["KRW"] = new(11_437_925),
        ["THB"] = new(514_905_330),
        ["TRY"] = new(394_271_800),
        ["AED"] = new(4_548_215_000),
        ["GBP"] = new(21_873_640_000),
        ["USD"] = new(16_703_450_000),
        ["VND"] = new(633_489),
    }.ToFrozenDictionary();

    public Task<ExchangeRate?> Of(string currency, CancellationToken ct) =>
        Task.FromResult<ExchangeRate?>(Rates.TryGetValue(currency, out var rate) ? rate : null);
}

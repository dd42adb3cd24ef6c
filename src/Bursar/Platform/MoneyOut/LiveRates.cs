using System.Globalization;
using Bursar.Core.Corridors;
using Bursar.Core.Rails;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>What one whole unit of a currency costs in live mode, and until when; it is sold to nobody after that.</summary>
public sealed record LiveRate(string Currency, ExchangeRate Rate, DateTimeOffset SetAt, DateTimeOffset GoodUntil)
{
    public bool Holds(DateTimeOffset now) => now < GoodUntil;
}

/// <summary>On what terms a destination is served in live mode; <see cref="Corridor"/> says what each means.</summary>
public sealed record LiveTerms(
    string Country, long Fee, long Min, long Max, CorridorSpeed Speed, TimeOnly CutOff, bool IsActive, DateTimeOffset SetAt)
{
    public Corridor On(Corridor corridor) =>
        corridor with { Fee = Fee, Min = Min, Max = Max, Speed = Speed, CutOff = CutOff, IsActive = IsActive };
}

/// <summary>Rates and terms of live mode by currency and country: the newest that the operator set of each (decision 56).</summary>
public sealed record LivePrices(IReadOnlyDictionary<string, LiveRate> Rates, IReadOnlyDictionary<string, LiveTerms> Terms);

/// <summary>A change as the operator's history shows it: of a rate where it has a currency, else of a destination's terms.</summary>
public sealed record PriceChange
{
    public string? Currency { get; init; }
    public long? Rate { get; init; }
    public DateTimeOffset? GoodUntil { get; init; }
    public string? Country { get; init; }
    public long? Fee { get; init; }
    public long? MinAmount { get; init; }
    public long? MaxAmount { get; init; }
    public bool? Active { get; init; }
    public DateTimeOffset SetAt { get; init; }
    public required string SetBy { get; init; }
}

/// <summary>What is sold abroad in live mode: set by the operator, read for each quote. Nothing is ever changed, only set anew.</summary>
public sealed class LiveRates(Database database, TimeProvider time)
{
    /// <summary>Nobody may sell a rate for longer.</summary>
    public const int HoursMax = 168;
    public const int HistoryMax = 200;
    private const string Clock = "HH:mm";

    private const string Newest = """
        select distinct on (currency) currency, rate, set_at, good_until from live_rates order by currency, change_id desc;
        select distinct on (country) country, fee, min_amount, max_amount, speed, cut_off, active, set_at from live_terms
        order by country, change_id desc
        """;

    public Task<LivePrices> Prices() => Prices(database.App);

    /// <summary>The same at the operator's desk.</summary>
    public Task<LivePrices> AtDesk() => Prices(database.Desk);

    private static async Task<LivePrices> Prices(Npgsql.NpgsqlDataSource door)
    {
        await using var connection = await door.OpenConnectionAsync();
        await using var grid = await connection.QueryMultipleAsync(Newest);
        var rates = await grid.ReadAsync<(string Currency, long Rate, DateTimeOffset SetAt, DateTimeOffset GoodUntil)>();
        var terms = await grid.ReadAsync<TermsRow>();
        return new LivePrices(
            rates.ToDictionary(r => r.Currency, r => new LiveRate(r.Currency, new(r.Rate), r.SetAt, r.GoodUntil)),
            terms.ToDictionary(t => t.Country, t => new LiveTerms(t.Country, t.Fee, t.MinAmount, t.MaxAmount,
                Json.Parse<CorridorSpeed>(t.Speed), TimeOnly.ParseExact(t.CutOff, Clock, CultureInfo.InvariantCulture), t.Active, t.SetAt)));
    }

    /// <summary>Sells at this rate from now on, for so many hours; none: it is withdrawn.</summary>
    public async Task SetRate(string currency, ExchangeRate rate, int hours, string by, Guid person)
    {
        var now = time.NowMicros();
        await using var connection = await database.Desk.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into live_rates (currency, rate, set_at, good_until, set_by, person_id)
            values (@currency, @rate, @now, @until, @by, @person)
            """, new { currency, rate = rate.Millionths, now, until = now + TimeSpan.FromHours(hours), by, person });
    }

    /// <summary>Serves these destinations on these terms from now on.</summary>
    public async Task SetTerms(IReadOnlyList<string> countries, LiveTerms terms, string by, Guid person)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into live_terms (country, fee, min_amount, max_amount, speed, cut_off, active, set_at, set_by, person_id)
            select c, @Fee, @Min, @Max, @speed, @cutOff, @IsActive, @now, @by, @person from unnest(@countries) c
            """, new
        {
            countries = countries.ToArray(),
            terms.Fee,
            terms.Min,
            terms.Max,
            speed = Json.Name(terms.Speed),
            cutOff = terms.CutOff.ToString(Clock, CultureInfo.InvariantCulture),
            terms.IsActive,
            now = time.NowMicros(),
            by,
            person,
        });
    }

    /// <summary>Who changed what, newest first.</summary>
    public async Task<IReadOnlyList<PriceChange>> History()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<PriceChange>("""
            select * from (
                select currency, rate, good_until, null as country, null::bigint as fee, null::bigint as min_amount,
                    null::bigint as max_amount, null::boolean as active, set_at, set_by from live_rates
                union all
                select null, null, null, country, fee, min_amount, max_amount, active, set_at, set_by from live_terms) c
            order by set_at desc, currency, country limit @HistoryMax
            """, new { HistoryMax })).AsList();
    }

    private sealed record TermsRow
    {
        public required string Country { get; init; }
        public long Fee { get; init; }
        public long MinAmount { get; init; }
        public long MaxAmount { get; init; }
        public required string Speed { get; init; }
        public required string CutOff { get; init; }
        public bool Active { get; init; }
        public DateTimeOffset SetAt { get; init; }
    }
}

using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// A destination as the API shows it, in the mode of whoever asks. <paramref name="Rate"/>: rupiah for one whole unit of the currency, null
/// where none holds; <paramref name="RateUntil"/>: when it ends, null where it does not. <paramref name="Active"/>: it can be quoted now.
/// <paramref name="Fields"/> when one country and one type were asked for: what its transfers hold.
/// </summary>
public sealed record CorridorResource(
    string Country, string Name, string Currency, int Exponent, IReadOnlyList<CorridorType> Types, long Fee, long Min, long Max,
    CorridorSpeed Speed, string Zone, string CutOff, DateOnly Arrival, ArrivalWords Words, string? Rate, DateTimeOffset? RateUntil, bool Active,
    CorridorFieldSet? Fields);

/// <summary>How long it takes, to show to people.</summary>
public sealed record ArrivalWords(string En, string Id);

public sealed record CorridorFieldSet(
    IReadOnlyList<CorridorFieldResource> Beneficiary, IReadOnlyList<CorridorFieldResource> Sender, bool Attachment);

/// <summary>A field: its name below beneficiary or sender, and the same checks that the API makes.</summary>
public sealed record CorridorFieldResource(
    string Name, string Label, FieldKind Kind, bool Required, int MinLength, int MaxLength, string? Pattern, string? Hint,
    IReadOnlyList<FieldOption> Options)
{
    public static CorridorFieldResource Of(CorridorField f) =>
        new(f.Name, f.Label, f.Kind, f.Required, f.MinLength, f.MaxLength, f.Pattern, f.Hint, f.Options);
}

/// <summary>GET /v1/corridors: where money can be sent, and with ?country=&amp;type= what is asked there.</summary>
public sealed class ListCorridors(Offers offers, TimeProvider time)
{
    private static readonly QueryParameter[] Parameters =
    [
        new("country", typeof(string), "Only this destination, by the three letters of ISO 3166."),
        QueryParameter.AnyOf<CorridorType>("type", "Only destinations that take it; with country the fields of its transfers besides."),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/corridors", (HttpContext http, ListCorridors slice) =>
            Api.Call(http, actor => slice.Handle(actor, http.Request.Query)))
            .Describe<Listing<CorridorResource>>("List corridors", query: Parameters);

    public async Task<Result<Listing<CorridorResource>>> Handle(Actor actor, IQueryCollection query)
    {
        var country = query["country"].ToString();
        var types = query["type"].OfType<string>().Where(t => t.Length > 0).ToList();
        var wanted = types.Select(t => Json.TryParse<CorridorType>(t, out var type) ? type : (CorridorType?)null).ToList();
        if (wanted.Contains(null))
            return new Error(Errors.InvalidParameter, "type is c2c, c2b, b2c or b2b.")
            {
                Fields = [new("type", "invalid", "c2c, c2b, b2c or b2b.")],
            };
        var found = (await offers.All(actor.Book.Mode)).Where(o => country.Length == 0 || o.Corridor.Country.Code == country)
            .Where(o => wanted.Count == 0 || wanted.Any(t => o.Corridor.Types.Contains(t!.Value)));
        var form = country.Length > 0 && wanted is [{ } one] ? one : (CorridorType?)null;
        return new Listing<CorridorResource>([.. found.Select(o => Of(o, form))]);
    }

    private CorridorResource Of(Offered offered, CorridorType? form)
    {
        var c = offered.Corridor;
        return new(
            c.Country.Code, c.Country.Name, c.Currency.Code, c.Currency.Exponent, c.Types, c.Fee, c.Min, c.Max, c.Speed, c.Zone.Id,
            c.CutOff.ToString("HH:mm", CultureInfo.InvariantCulture), c.Arrival(time.GetUtcNow()),
            new(Language.English.Say(InternationalWords.Speed(c.Speed)), Language.Indonesian.Say(InternationalWords.Speed(c.Speed))),
            offered.Rate?.ToString(), offered.RateUntil, offered.IsOpen,
            form is { } type && CorridorForm.Of(c, type) is { } fields
                ? new([.. fields.Beneficiary.Select(CorridorFieldResource.Of)], [.. fields.Sender.Select(CorridorFieldResource.Of)],
                    fields.NeedsAttachment)
                : null);
    }
}

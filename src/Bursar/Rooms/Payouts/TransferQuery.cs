using System.Globalization;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts;

/// <summary>
/// What a transfer list is filtered by, the same for API, page and CSV, all of it in the URL. Values that make no sense are ignored and
/// named in <see cref="Ignored"/>. Dates without a time are local days of the workspace's zone.
/// </summary>
public sealed record TransferQuery
{
    public string? Search { get; init; }
    public IReadOnlyList<DisbursementState> States { get; init; } = [];
    public IReadOnlyList<string> Destinations { get; init; } = [];
    public IReadOnlyList<string> Banks { get; init; } = [];
    public IReadOnlyList<string> Via { get; init; } = [];
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public DateTimeOffset? CompletedFrom { get; init; }
    public DateTimeOffset? CompletedTo { get; init; }
    public long? AmountFrom { get; init; }
    public long? AmountTo { get; init; }
    public string? AccountNumber { get; init; }
    public string? Reference { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;
    public IReadOnlyList<string> Ignored { get; init; } = [];

    private static readonly string[] DestinationTypes = ["bank", "va", "e_wallet"];
    private static readonly string[] Doors = ["dashboard", "api"];

    public static readonly QueryParameter[] Parameters =
    [
        new("search", typeof(string), "Transaction id, account number, amount, beneficiary name or remark."),
        QueryParameter.AnyOf<DisbursementState>("state", "Only these states."),
        new("destinationType", typeof(string), "bank, va or e_wallet.", Repeats: true),
        new("bankCode", typeof(string), "A code of GET /v1/banks.", Repeats: true),
        new("createdVia", typeof(string), "dashboard or api.", Repeats: true),
        new("createdFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("createdTo", typeof(string), "To this local day, the day included, or before this moment."),
        new("completedFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("completedTo", typeof(string), "To this local day, the day included, or before this moment."),
        new("amountFrom", typeof(long), "At least this amount."),
        new("amountTo", typeof(long), "At most this amount."),
        new("accountNumber", typeof(string), "Exactly this account."),
        new("reference", typeof(string), "Exactly this reference."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static TransferQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var ignored = new List<string>();
        return new TransferQuery
        {
            Search = Text("search"),
            States =
            [
                .. Many("state")
                    .Select(v => Json.TryParse<DisbursementState>(v, out var s) ? s : Ignore<DisbursementState?>("state"))
                    .OfType<DisbursementState>(),
            ],
            Destinations = Known("destinationType", DestinationTypes),
            Banks = Many("bankCode"),
            Via = Known("createdVia", Doors),
            CreatedFrom = Moment("createdFrom", false),
            CreatedTo = Moment("createdTo", true),
            CompletedFrom = Moment("completedFrom", false),
            CompletedTo = Moment("completedTo", true),
            AmountFrom = Number("amountFrom"),
            AmountTo = Number("amountTo"),
            AccountNumber = Text("accountNumber"),
            Reference = Text("reference"),
            Cursor = Text("cursor") ?? Text("after"),
            Before = Text("before"),
            Limit = (int)Math.Clamp(Number("limit") ?? 50, 1, 200),
            Ignored = ignored,
        };

        string? Text(string name) =>
            query.TryGetValue(name, out StringValues v) && v.ToString().Trim() is { Length: > 0 and <= 200 } text ? text : null;

        List<string> Many(string name) => [.. query[name].OfType<string>().Where(v => v.Length is > 0 and <= 100).Take(50)];

        List<string> Known(string name, string[] values)
        {
            var given = Many(name);
            if (given.Except(values).Any()) ignored.Add(name);
            return [.. given.Intersect(values)];
        }

        long? Number(string name)
        {
            if (Text(name) is not { } text) return null;
            var digits = text.Replace("Rp", "", StringComparison.OrdinalIgnoreCase).Replace(".", "", StringComparison.Ordinal).Trim();
            return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Ignore<long?>(name);
        }

        DateTimeOffset? Moment(string name, bool end)
        {
            if (Text(name) is not { } text) return null;
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                && day.Year is > 1970 and < 9000)
                return Core.Time.Calendar.StartOf(end ? day.AddDays(1) : day, zone);
            return text.Contains('T', StringComparison.Ordinal)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at.ToUniversalTime() : Ignore<DateTimeOffset?>(name);
        }

        T? Ignore<T>(string name)
        {
            ignored.Add(name);
            return default;
        }
    }
}

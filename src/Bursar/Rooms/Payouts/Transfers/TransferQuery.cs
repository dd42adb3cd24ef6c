using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Transfers;

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
        var read = new QueryReader(query, zone);
        return new TransferQuery
        {
            Search = read.Text("search"),
            States = read.Known<DisbursementState>("state"),
            Destinations = read.Known("destinationType", DestinationTypes),
            Banks = read.Many("bankCode"),
            Via = read.Known("createdVia", Doors),
            CreatedFrom = read.Moment("createdFrom", false),
            CreatedTo = read.Moment("createdTo", true),
            CompletedFrom = read.Moment("completedFrom", false),
            CompletedTo = read.Moment("completedTo", true),
            AmountFrom = read.Number("amountFrom"),
            AmountTo = read.Number("amountTo"),
            AccountNumber = read.Text("accountNumber"),
            Reference = read.Text("reference"),
            Cursor = read.Text("cursor") ?? read.Text("after"),
            Before = read.Text("before"),
            Limit = read.Limit,
            Ignored = read.Ignored,
        };
    }
}

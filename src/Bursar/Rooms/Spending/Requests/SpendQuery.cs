using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Receipts;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// What the log of spend requests is filtered by, the same for API, page and CSV, all of it in the URL. Values that make no sense are
/// ignored and named in <see cref="Ignored"/>.
/// </summary>
public sealed record SpendQuery
{
    /// <summary>The decision as it stands now, on the wire's words.</summary>
    public static readonly IReadOnlyList<string> DecisionWords = ["ALLOW", "DENY", "REQUIRE_APPROVAL"];

    /// <summary>Besides the names of anomalies: those with any, and those with one that is open.</summary>
    public const string Any = "any", Open = "open";
    public static readonly IReadOnlyList<string> AnomalyWords = [Any, Open, .. AnomalyKinds.All];

    public string? Search { get; init; }
    public IReadOnlyList<string> Agents { get; init; } = [];
    public string? Merchant { get; init; }
    public IReadOnlyList<string> Decisions { get; init; } = [];
    public IReadOnlyList<DisbursementState> States { get; init; } = [];
    public IReadOnlyList<string> Anomalies { get; init; } = [];
    public string? Currency { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public long? AmountFrom { get; init; }
    public long? AmountTo { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public static readonly QueryParameter[] Parameters =
    [
        new("search", typeof(string), "A spend request, approval or token id, an agent's id, or a merchant."),
        new("agentId", typeof(string), "Only these agents.", Repeats: true),
        new("merchant", typeof(string), "Exactly this merchant, in any case."),
        new("decision", typeof(string), "ALLOW, DENY or REQUIRE_APPROVAL, as it stands now.", Repeats: true),
        QueryParameter.AnyOf<DisbursementState>("state", "Only these states."),
        new("anomaly", typeof(string), "Only with an anomaly of these names; any, or open.", Repeats: true),
        new("currency", typeof(string), "Only in this currency."),
        new("createdFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("createdTo", typeof(string), "To this local day, the day included, or before this moment."),
        new("amountFrom", typeof(long), "At least this amount."),
        new("amountTo", typeof(long), "At most this amount."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static SpendQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var read = new QueryReader(query, zone);
        return new SpendQuery
        {
            Search = read.Text("search"),
            Agents = read.Many("agentId"),
            Merchant = read.Text("merchant"),
            Decisions = read.Known("decision", DecisionWords),
            States = read.Known<DisbursementState>("state"),
            Anomalies = read.Known("anomaly", AnomalyWords),
            Currency = read.Text("currency"),
            CreatedFrom = read.Moment("createdFrom", false),
            CreatedTo = read.Moment("createdTo", true),
            AmountFrom = read.Number("amountFrom"),
            AmountTo = read.Number("amountTo"),
            Cursor = read.Text("cursor"),
            Limit = read.Limit,
            Ignored = read.Ignored,
        };
    }
}

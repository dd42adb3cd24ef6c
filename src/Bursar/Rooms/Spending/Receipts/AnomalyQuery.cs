using Bursar.Platform.Http;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>What the list of anomalies is filtered by. Values that make no sense are ignored; days are the workspace's.</summary>
public sealed record AnomalyQuery
{
    public IReadOnlyList<string> Kinds { get; init; } = [];
    public IReadOnlyList<AnomalyState> States { get; init; } = [];
    public string? AgentId { get; init; }
    public Guid? SpendRequest { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;

    public static readonly QueryParameter[] Parameters =
    [
        new("kind", typeof(string), "Only these names, such as MISSING_RECEIPT.", Repeats: true),
        QueryParameter.AnyOf<AnomalyState>("state", "Only these states."),
        new("agentId", typeof(string), "Only this agent's."),
        new("spendRequestId", typeof(string), "Only of this spend request."),
        new("createdFrom", typeof(string), "Opened from this local day or moment (RFC 3339)."),
        new("createdTo", typeof(string), "Opened to this local day, the day included, or before this moment."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static AnomalyQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var read = new QueryReader(query, zone);
        return new AnomalyQuery
        {
            Kinds = read.Known("kind", AnomalyKinds.All),
            States = read.Known<AnomalyState>("state"),
            AgentId = read.Text("agentId"),
            SpendRequest = SpendRequestId.TryParse(read.Text("spendRequestId"), out var spend) ? spend.Value : null,
            From = read.Moment("createdFrom", false),
            To = read.Moment("createdTo", true),
            Cursor = read.Text("cursor"),
            Limit = read.Limit,
        };
    }
}

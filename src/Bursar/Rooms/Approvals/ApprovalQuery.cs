using System.Globalization;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Approvals;

/// <summary>What the queue is filtered by, the same for API and page; amounts in minor units.</summary>
public sealed record ApprovalQuery
{
    public IReadOnlyList<ApprovalState> States { get; init; } = [];
    public IReadOnlyList<string> Kinds { get; init; } = [];
    public IReadOnlyList<string> AgentIds { get; init; } = [];
    /// <summary>Without those of batches, which are decided where the batch is.</summary>
    public bool Alone { get; init; }
    public long? AmountFrom { get; init; }
    public long? AmountTo { get; init; }
    public string? Cursor { get; init; }
    public int Limit { get; init; } = 50;

    private const int ValuesMax = 50;

    public static readonly QueryParameter[] Parameters =
    [
        QueryParameter.AnyOf<ApprovalState>("state", "Only these states."),
        new("kind", typeof(string), "Only these kinds: money_transfer, international_transfer, agent_spend, refund.", Repeats: true),
        new("agentId", typeof(string), "Only what these agents asked for.", Repeats: true),
        new("amountFrom", typeof(long), "At least this amount."), new("amountTo", typeof(long), "At most this amount."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static ApprovalQuery Parse(IQueryCollection query)
    {
        return new ApprovalQuery
        {
            States = [.. Many("state").Select(s => Json.TryParse<ApprovalState>(s, out var state) ? state : (ApprovalState?)null)
                .OfType<ApprovalState>()],
            Kinds = Many("kind"),
            AgentIds = Many("agentId"),
            AmountFrom = Number("amountFrom"),
            AmountTo = Number("amountTo"),
            Cursor = query["cursor"],
            Limit = (int)Math.Clamp(Number("limit") ?? 50, 1, 200),
        };

        List<string> Many(string name) => [.. query[name].OfType<string>().Where(v => v.Length is > 0 and <= 100).Take(ValuesMax)];

        long? Number(string name) =>
            long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}

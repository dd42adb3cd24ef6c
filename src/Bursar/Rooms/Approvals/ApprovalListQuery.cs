using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Approvals;

/// <summary>The queue's own URL: what waits at one path, what is resolved at another.</summary>
public sealed class ApprovalListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> KindOptions =
    [
        new("money_transfer", "Money transfer"), new("international_transfer", "International transfer"), new("agent_spend", "Agent spend"),
        new("refund", "Refund"),
    ];
    public static readonly IReadOnlyList<Option> EndOptions =
        [new("approved", "Approved"), new("rejected", "Rejected"), new("expired", "Expired"), new("cancelled", "Cancelled")];

    private const int WaitingMax = 200;

    private ApprovalListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, bool resolved) : base(path, query)
    {
        var kinds = Choices("kind", [.. KindOptions.Select(o => o.Value)]);
        var agent = Text("agentId", 100);
        var ends = resolved ? Choices("state", [.. EndOptions.Select(o => o.Value)]) : [];
        Sortable();
        Data = new ApprovalQuery
        {
            States = resolved
                ? [.. (ends.Count > 0 ? ends : EndOptions.Select(o => o.Value)).Select(Json.Parse<ApprovalState>)]
                : [ApprovalState.Pending],
            Kinds = kinds,
            AgentIds = agent is null ? [] : [agent],
            Alone = !resolved,
            Cursor = resolved ? After : null,
            Limit = resolved ? 50 : WaitingMax,
        };
    }

    public ApprovalQuery Data { get; }

    public static ApprovalListQuery Waiting(string path, IEnumerable<KeyValuePair<string, StringValues>> query) => new(path, query, false);

    public static ApprovalListQuery Resolved(string path, IEnumerable<KeyValuePair<string, StringValues>> query) => new(path, query, true);

    /// <summary>This list with the question whether to approve or reject one.</summary>
    public string Ask(string verdict, ApprovalId id) =>
        $"{Closed}{(Closed.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{verdict}={id}";
}

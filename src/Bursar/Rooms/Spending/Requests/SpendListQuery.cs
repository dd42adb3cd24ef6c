using Bursar.Core.Currencies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Spending.Receipts;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>The log's own URL: its links come from here, and so does what the list and its report read.</summary>
public sealed class SpendListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> DecisionOptions =
        [new("ALLOW", "Allowed"), new("REQUIRE_APPROVAL", "Needs approval"), new("DENY", "Denied")];

    public static readonly IReadOnlyList<Option> AnomalyOptions =
        [new(SpendQuery.Any, "Any anomaly"), new(SpendQuery.Open, "Open anomaly"), .. AnomalyListQuery.KindOptions];

    /// <summary>Statuses by the word that people see.</summary>
    public static readonly IReadOnlyList<Option> StateOptions =
    [
        .. new[]
        {
            DisbursementState.PendingApproval, DisbursementState.Approved, DisbursementState.Executing, DisbursementState.Unknown,
            DisbursementState.Succeeded, DisbursementState.Failed, DisbursementState.Denied, DisbursementState.Rejected,
            DisbursementState.Expired, DisbursementState.Cancelled, DisbursementState.Reversed,
        }.GroupBy(s => StateWord.Of(Thing.Disbursement, Json.Name(s)).Word).Select(g => new Option(Json.Name(g.First()), g.Key)),
    ];

    public SpendListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query)
    {
        var search = Text("search");
        var agent = Text("agentId");
        var merchant = Text("merchant");
        var decisions = Choices("decision", [.. SpendQuery.DecisionWords]);
        var states = Choices("state", [.. StateOptions.Select(o => o.Value)]);
        var (least, most) = (Amount("amountFrom", Currency.Idr)?.Minor, Amount("amountTo", Currency.Idr)?.Minor);
        Data = new SpendQuery
        {
            Search = search,
            Agents = agent is null ? [] : [agent],
            Merchant = merchant,
            Decisions = decisions,
            States = [.. states.SelectMany(StatesOf)],
            Anomalies = Choices("anomaly", [.. SpendQuery.AnomalyWords]),
            CreatedFrom = Day("createdFrom") is { } from ? zone.Start(from) : null,
            CreatedTo = Day("createdTo") is { } to ? zone.Start(to.AddDays(1)) : null,
            AmountFrom = least,
            AmountTo = most,
            // Amounts are typed in rupiah: then only those are meant.
            Currency = least is null && most is null ? null : Currency.Idr.Code,
            Cursor = After,
            Before = Before,
        };
        Sortable();
    }

    public SpendQuery Data { get; }

    /// <summary>One word may be several states.</summary>
    private static IEnumerable<DisbursementState> StatesOf(string state)
    {
        var word = StateWord.Of(Thing.Disbursement, state).Word;
        return Enum.GetValues<DisbursementState>().Where(s => StateWord.Of(Thing.Disbursement, Json.Name(s)).Word == word);
    }
}

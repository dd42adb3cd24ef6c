using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Transfers;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.International;

/// <summary>The URL of the list of transfers abroad: its links come from here, and so does what the list and its report read.</summary>
public sealed class InternationalListQuery : ListQuery
{
    public InternationalListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query)
    {
        DateTimeOffset? Start(DateOnly? day, int later) => day is { } d ? zone.Start(d.AddDays(later)) : null;
        Data = new InternationalQuery
        {
            Search = Text("search"),
            BeneficiaryName = Text("beneficiaryName"),
            States = [.. Choices("state", [.. TransferListQuery.StateOptions.Select(o => o.Value)]).SelectMany(StatesOf).Distinct()],
            CreatedFrom = Start(Day("createdFrom"), 0),
            CreatedTo = Start(Day("createdTo"), 1),
            Cursor = After,
            Before = Before,
        };
        Sortable();
    }

    public InternationalQuery Data { get; }

    /// <summary>One word on screen may be several states.</summary>
    private static DisbursementState[] StatesOf(string word) => word == "processing"
        ? [DisbursementState.Approved, DisbursementState.Executing, DisbursementState.Unknown]
        : [Json.Parse<DisbursementState>(word)];
}

using Bursar.Core.Currencies;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>The transfer list's own URL: its links come from here, and so does what the list and its report read.</summary>
public sealed class TransferListQuery : ListQuery
{
    private const string Processing = "processing";

    /// <summary>Statuses by the word that people see; one word may be several states.</summary>
    public static readonly IReadOnlyList<Option> StateOptions =
    [
        new("pending_approval", "Waiting for approval"), new(Processing, "Processing"), new("unknown", "Bank has not answered"),
            new("succeeded", "Successful"),
        new("failed", "Failed"), new("rejected", "Rejected"), new("cancelled", "Cancelled"), new("expired", "Expired"),
            new("reversed", "Returned"),
    ];

    public static readonly IReadOnlyList<Option> DestinationOptions = [new("bank", "Bank"), new("va", "Virtual account"),
        new("e_wallet", "E-wallet")];
    public static readonly IReadOnlyList<Option> ViaOptions = [new("dashboard", "Dashboard"), new("api", "API")];
    private static readonly string[] BankCodes = [.. Banks.All.Select(b => b.Code)];

    private readonly TransferQuery data;

    public TransferListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query)
    {
        var search = Text("search");
        var states = Choices("state", Values(StateOptions));
        var destinations = Choices("destinationType", Values(DestinationOptions));
        var banks = Choices("bankCode", BankCodes);
        var via = Choices("createdVia", Values(ViaOptions));
        data = new TransferQuery
        {
            Search = search,
            States = [.. states.SelectMany(StatesOf).Distinct()],
            Destinations = destinations,
            Banks = banks,
            Via = via,
            CreatedFrom = Start(Day("createdFrom"), zone, 0),
            CreatedTo = Start(Day("createdTo"), zone, 1),
            CompletedFrom = Start(Day("completedFrom"), zone, 0),
            CompletedTo = Start(Day("completedTo"), zone, 1),
            AmountFrom = Amount("amountFrom", Currency.Idr)?.Minor,
            AmountTo = Amount("amountTo", Currency.Idr)?.Minor,
            Cursor = After,
            Before = Before,
        };
        Sortable();
    }

    public TransferQuery Data => data;

    private static IEnumerable<DisbursementState> StatesOf(string word) => word == Processing
        ? [DisbursementState.Approved, DisbursementState.Executing, DisbursementState.Unknown]
        : [Platform.Data.Json.Parse<DisbursementState>(word)];

    private static DateTimeOffset? Start(DateOnly? day, DisplayZone zone, int later) => day is { } d ? zone.Start(d.AddDays(later)) : null;

    private static string[] Values(IReadOnlyList<Option> options) => [.. options.Select(o => o.Value)];
}

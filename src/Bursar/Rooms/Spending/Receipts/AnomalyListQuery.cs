using Bursar.Platform.Data;
using Bursar.Platform.Ui;
using Bursar.Rooms.Spending.Requests;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Spending.Receipts;

/// <summary>The URL of the page of anomalies.</summary>
public sealed class AnomalyListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> KindOptions =
    [
        new(AnomalyKinds.AmountMismatch, "More was paid"), new(AnomalyKinds.CurrencyMismatch, "Another currency was paid"),
        new(AnomalyKinds.MerchantMismatch, "Another merchant was paid"), new(AnomalyKinds.LateReceipt, "Late receipt"),
        new(AnomalyKinds.MissingReceipt, "Missing receipt"), new(AnomalyKinds.DuplicateProviderTx, "One payment for two requests"),
        new(AnomalyKinds.NotAuthorized, "Paid without authorization"), new(AnomalyKinds.ReceiptWithoutSat, "Receipt without its token"),
        new(AnomalyKinds.SecondReceipt, "Second receipt"),
    ];

    public static readonly IReadOnlyList<Option> StateOptions =
        [new("open", "Open"), new("explained", "Explained"), new("dismissed", "Dismissed")];

    public AnomalyListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query) =>
        Data = new AnomalyQuery
        {
            Kinds = Choices("kind", [.. AnomalyKinds.All]),
            States = [.. Choices("state", "open", "explained", "dismissed").Select(Json.Parse<AnomalyState>)],
            AgentId = Text("agentId"),
            SpendRequest = SpendRequestId.TryParse(Text("spendRequestId"), out var spend) ? spend.Value : null,
            From = Day("createdFrom") is { } from ? zone.Start(from) : null,
            To = Day("createdTo") is { } to ? zone.Start(to.AddDays(1)) : null,
            Cursor = After,
            Before = Before,
        };

    public AnomalyQuery Data { get; }
}

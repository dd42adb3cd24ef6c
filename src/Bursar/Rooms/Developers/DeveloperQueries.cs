using Bursar.Platform.Ui;
using Bursar.Platform.Webhooks;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Developers;

/// <summary>The URL of "API log".</summary>
public sealed class ApiLogQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> Outcomes = [new("failed", "Refused or failed")];

    public ApiLogQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, IReadOnlyList<Option> keys) : base(path, query)
    {
        Key = ApiKeyId.TryParse(Choice("keyId", [.. keys.Select(k => k.Value)]) ?? "", out var id) ? id : null;
        FailedOnly = Choice("outcome", "failed") is not null;
        Sortable();
    }

    public ApiKeyId? Key { get; }
    public bool FailedOnly { get; }
}

/// <summary>The URL of "Deliveries".</summary>
public sealed class DeliveryListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> StateOptions =
        [.. Deliveries.States.Select(s => new Option(s, StateWord.Of(Thing.Delivery, s).Word))];

    public DeliveryListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone,
        IReadOnlyList<Option> endpoints) : base(path, query)
    {
        Data = new DeliveryQuery
        {
            States = Choices("state", [.. Deliveries.States]),
            Endpoint = WebhookEndpointId.TryParse(Choice("endpointId", [.. endpoints.Select(e => e.Value)]) ?? "", out var id) ? id : null,
            EventType = Text("eventType", 60),
            CreatedFrom = Day("createdFrom") is { } from ? zone.Start(from) : null,
            CreatedTo = Day("createdTo") is { } to ? zone.Start(to.AddDays(1)) : null,
            Cursor = After,
        };
        Sortable();
    }

    public DeliveryQuery Data { get; }
}

/// <summary>The URL of "Events": where the feed is read on.</summary>
public sealed class FeedListQuery : ListQuery
{
    public FeedListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query) => Sortable();
}

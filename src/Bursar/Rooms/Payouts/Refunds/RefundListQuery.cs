using Bursar.Platform.Data;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>The URL of the refund history.</summary>
public sealed class RefundListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> StateOptions =
        [.. Enum.GetValues<RefundState>().Select(s => new Option(Json.Name(s), StateWord.Of(Thing.Refund, Json.Name(s)).Word))];

    public RefundListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query)
    {
        var states = Choices("state", [.. StateOptions.Select(o => o.Value)]);
        Data = new RefundQuery([.. states.Select(Json.Parse<RefundState>)], Text("resource"), After, 50);
        Sortable();
    }

    public RefundQuery Data { get; }
}

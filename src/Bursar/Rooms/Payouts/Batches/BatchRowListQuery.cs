using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>The rows of one batch as its page's URL asks for them.</summary>
public sealed class BatchRowListQuery : ListQuery
{
    public BatchRowListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query)
    {
        var states = Choices("state", [.. BatchWords.StateOptions.Select(o => o.Value)]);
        Data = new BatchRowQuery
        {
            // One word on the page is two states of a transfer.
            States = [.. states.SelectMany(s => s == "approved" ? ["approved", "executing"] : new[] { s })],
            Flag = Choice("flag", [.. BatchWords.FlagOptions.Select(o => o.Value)]),
            After = int.TryParse(After, System.Globalization.NumberStyles.None, null, out var line) ? line : 0,
        };
        Sortable();
    }

    public BatchRowQuery Data { get; }
}

using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Deposits;

/// <summary>What a list of top-ups is filtered by.</summary>
public sealed record TopUpQuery
{
    public IReadOnlyList<CollectionState> States { get; init; } = [];
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>The URL of "Top-up history".</summary>
public sealed class TopUpListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> StateOptions =
        [.. Enum.GetValues<CollectionState>().Select(s => new Option(Json.Name(s), StateWord.Of(Thing.TopUp, Json.Name(s)).Word))];

    public TopUpListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query)
    {
        var states = Choices("state", [.. StateOptions.Select(o => o.Value)]);
        Data = new TopUpQuery
        {
            States = [.. states.Select(Json.Parse<CollectionState>)],
            CreatedFrom = Start(Day("createdFrom"), zone, 0),
            CreatedTo = Start(Day("createdTo"), zone, 1),
            Cursor = After,
            Before = Before,
        };
        Sortable();
    }

    public TopUpQuery Data { get; }

    private static DateTimeOffset? Start(DateOnly? day, DisplayZone zone, int later) => day is { } d ? zone.Start(d.AddDays(later)) : null;
}

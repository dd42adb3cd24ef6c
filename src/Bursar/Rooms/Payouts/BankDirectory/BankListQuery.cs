using Bursar.Core.Rails;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>The URL of the page of banks.</summary>
public sealed class BankListQuery : ListQuery
{
    public BankListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query)
    {
        Search = Text("search");
        Conditions = [.. Choices("status", [.. BankWords.Conditions.Select(o => o.Value)]).Select(Json.Parse<BankCondition>)];
        Sortable();
    }

    public string? Search { get; }
    public IReadOnlyList<BankCondition> Conditions { get; }
}

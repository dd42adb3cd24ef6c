namespace Bursar.Platform.Books;

/// <summary>The tables of one batch, by the table's description: what commands want read, what they found and what they changed.</summary>
public sealed class Reads
{
    private readonly Dictionary<IBookTable, ITableState> states = [];

    public IEnumerable<ITableState> States => states.Values;

    public TableState<TKey, TRow> Of<TKey, TRow>(BookTable<TKey, TRow> table) where TKey : notnull where TRow : class
    {
        if (states.TryGetValue(table, out var known)) return (TableState<TKey, TRow>)known;
        var state = table.NewState();
        states.Add(table, state);
        return (TableState<TKey, TRow>)state;
    }
}

using Bursar.Core.Access;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// A kind of row that commands read under the book lock and write set-based. A table is a description without state; each batch
/// holds its rows in a <see cref="TableState{TKey,TRow}"/>.
/// </summary>
public abstract class BookTable<TKey, TRow> : IBookTable where TKey : notnull where TRow : class
{
    /// <summary>The statement that reads the wanted keys of all books of the batch; null when nothing is ever read by key.</summary>
    public abstract NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, TKey Key)> wanted);
    public abstract (BookKey Book, TKey Key, TRow Row) Read(NpgsqlDataReader reader);
    public virtual NpgsqlBatchCommand? Insert(IReadOnlyList<(BookKey Book, TKey Key, TRow Row)> rows) => null;
    public virtual NpgsqlBatchCommand? Update(IReadOnlyList<(BookKey Book, TKey Key, TRow Row)> rows) => null;

    public ITableState NewState() => new TableState<TKey, TRow>(this);
}

public interface IBookTable
{
    ITableState NewState();
}

/// <summary>What the lane needs of a table's rows, whatever they are.</summary>
public interface ITableState
{
    void AddSelect(NpgsqlBatch batch);
    Task ReadRows(NpgsqlDataReader reader, IReadOnlyDictionary<BookKey, LockedBook> obtained, CancellationToken ct);
    void AddWrites(NpgsqlBatch batch);
    void Mark();
    void Undo();
    bool Wanted { get; }
}

public sealed class TableState<TKey, TRow>(BookTable<TKey, TRow> table) : ITableState where TKey : notnull where TRow : class
{
    private readonly HashSet<(BookKey, TKey)> wanted = [];
    private readonly Dictionary<(BookKey, TKey), Cell> cells = [];
    private readonly List<((BookKey, TKey) Key, Cell Before)> log = [];

    public bool Wanted => wanted.Count > 0;

    public void Want(BookKey book, TKey key) => wanted.Add((book, key));

    public TRow? Find(BookKey book, TKey key) => cells.TryGetValue((book, key), out var cell) ? cell.Row : null;

    /// <summary>A row that this command makes.</summary>
    public void Insert(BookKey book, TKey key, TRow row) => Put((book, key), new Cell(row, New: true, Dirty: true));

    /// <summary>The new form of a row that was read or made before.</summary>
    public void Update(BookKey book, TKey key, TRow row) => Put((book, key), cells[(book, key)] with { Row = row, Dirty = true });

    public IEnumerable<(TKey Key, TRow Row)> All(BookKey book) =>
        cells.Where(c => c.Key.Item1 == book).Select(c => (c.Key.Item2, c.Value.Row!));

    private void Put((BookKey, TKey) key, Cell cell)
    {
        log.Add((key, cells.GetValueOrDefault(key)));
        cells[key] = cell;
    }

    public void Mark() => log.Clear();

    public void Undo()
    {
        for (var i = log.Count - 1; i >= 0; i--)
        {
            if (log[i].Before.Row is null) cells.Remove(log[i].Key);
            else cells[log[i].Key] = log[i].Before;
        }
        log.Clear();
    }

    public void AddSelect(NpgsqlBatch batch) => batch.BatchCommands.Add(table.Select([.. wanted]));

    public async Task ReadRows(NpgsqlDataReader reader, IReadOnlyDictionary<BookKey, LockedBook> obtained, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            var (book, key, row) = table.Read(reader);
            // Rows of a book whose lock was not obtained were read without it: worthless.
            if (obtained.ContainsKey(book)) cells[(book, key)] = new Cell(row, New: false, Dirty: false);
        }
    }

    public void AddWrites(NpgsqlBatch batch)
    {
        List<(BookKey, TKey, TRow)>? made = null, changed = null;
        foreach (var (key, cell) in cells)
        {
            if (!cell.Dirty) continue;
            if (cell.New) (made ??= []).Add((key.Item1, key.Item2, cell.Row!));
            else (changed ??= []).Add((key.Item1, key.Item2, cell.Row!));
        }
        if (made is not null && table.Insert(made) is { } insert) batch.BatchCommands.Add(insert);
        if (changed is not null && table.Update(changed) is { } update) batch.BatchCommands.Add(update);
    }

    private readonly record struct Cell(TRow? Row, bool New, bool Dirty);
}

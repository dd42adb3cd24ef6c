using System.Collections.Concurrent;
using Bursar.Core.Access;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// Something that decisions need and that only changes with the book's control version: members and keys, policies, endpoints.
/// Whoever changes it raises the version under the book lock, so a cached copy of the locked version is the truth.
/// </summary>
public abstract class Fact<T> : IFact where T : class
{
    public T Of(OpenBook book) => Of(book.Facts);

    public T Of(BookFacts facts) => (T)facts.Get(this);

    /// <summary>One or more statements; $1 is the workspace, $2 the mode.</summary>
    protected abstract IReadOnlyList<string> Statements { get; }
    protected abstract Task<T> Read(NpgsqlDataReader reader, CancellationToken ct);

    IReadOnlyList<string> IFact.Statements => Statements;
    async Task<object> IFact.Read(NpgsqlDataReader reader, CancellationToken ct) => await Read(reader, ct);
}

public interface IFact
{
    IReadOnlyList<string> Statements { get; }
    Task<object> Read(NpgsqlDataReader reader, CancellationToken ct);
}

/// <summary>The facts of one book at one control version.</summary>
public sealed class BookFacts(long version, IReadOnlyDictionary<IFact, object> values)
{
    public static readonly BookFacts None = new(-1, new Dictionary<IFact, object>());

    public long Version { get; } = version;

    public object Get(IFact fact) => values[fact];
}

/// <summary>Facts by book, bounded; read anew when the locked book shows another version.</summary>
public sealed class FactCache(IReadOnlyList<IFact> facts)
{
    private const int BooksMax = 8192;
    private readonly ConcurrentDictionary<BookKey, BookFacts> cache = new();

    public async Task Fill(NpgsqlConnection connection, IEnumerable<LockedBook> books, CancellationToken ct)
    {
        foreach (var book in books)
        {
            if (!cache.TryGetValue(book.Key, out var known) || known.Version != book.ControlVersion)
            {
                known = await Load(connection, book.Key, book.ControlVersion, ct);
                if (cache.Count >= BooksMax) cache.Clear();
                cache[book.Key] = known;
            }
            book.Facts = known;
        }
    }

    private async Task<BookFacts> Load(NpgsqlConnection connection, BookKey book, long version, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var fact in facts)
            foreach (var statement in fact.Statements)
                batch.BatchCommands.Add(Data.Sql.Command(
                    statement, Data.Sql.Value(book.Workspace.Value), Data.Sql.Value((short)book.Mode)));
        var values = new Dictionary<IFact, object>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        foreach (var fact in facts)
        {
            values[fact] = await fact.Read(reader, ct);
            await reader.NextResultAsync(ct);
        }
        return new BookFacts(version, values);
    }
}

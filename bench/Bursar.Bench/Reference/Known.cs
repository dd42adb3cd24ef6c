using System.Collections.Concurrent;
using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Ledger;
using Bursar.Rooms.Spending.Agents;
using Npgsql;

namespace Bursar.Bench.Reference;

/// <summary>
/// A book as a form remembers it that decides before it asks the database: the figures may be behind, the policies may not
/// (<see cref="ControlVersion"/> is compared when it writes).
/// </summary>
internal sealed record Known(BookFacts Facts, long ControlVersion, List<(PolicyId Key, Usage Row)> Usage,
    List<(AccountCode Key, Account Row)> Accounts, List<(string Key, Agent Row)> Agents)
{
    public static Known Of(LockedBook book, Reads rows) => new(book.Facts, book.ControlVersion,
        [.. rows.Of(UsageTable.Instance).All(book.Key)], [.. rows.Of(AccountTable.Instance).All(book.Key)],
        [.. rows.Of(AgentTable.Instance).All(book.Key)]);

    public (LockedBook Book, Reads Rows) Open(BookKey key)
    {
        var rows = new Reads();
        foreach (var (policy, row) in Usage) rows.Of(UsageTable.Instance).Insert(key, policy, row);
        foreach (var (code, row) in Accounts) rows.Of(AccountTable.Instance).Insert(key, code, row);
        foreach (var (agent, row) in Agents) rows.Of(AgentTable.Instance).Insert(key, agent, row);
        return (new LockedBook(key, default, ControlVersion, 0, new byte[32]) { Facts = Facts }, rows);
    }
}

/// <summary>The books that a form has met.</summary>
internal sealed class Memory(NpgsqlDataSource source, SameDecision same)
{
    private readonly ConcurrentDictionary<BookKey, Known> books = new();

    public async ValueTask<Known> Recall(Command command, bool again = false)
    {
        if (!again && books.TryGetValue(command.Book, out var known)) return known;
        await using var connection = await source.OpenConnectionAsync();
        var (book, rows) = await same.Read(connection, command, forUpdate: false);
        return books[command.Book] = Known.Of(book, rows);
    }

    public void Keep(LockedBook book, Reads rows) => books[book.Key] = Known.Of(book, rows);
}

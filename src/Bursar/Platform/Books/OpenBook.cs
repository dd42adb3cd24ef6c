using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;

namespace Bursar.Platform.Books;

/// <summary>A locked book as one command sees it: its time, its facts, its rows, its journal.</summary>
public sealed class OpenBook(LockedBook book, Actor actor, Reads reads, BatchWrites writes, IReadOnlyList<IConsumer> consumers)
{
    public BookKey Key => book.Key;
    public Actor Actor => actor;
    public BookFacts Facts => book.Facts;

    /// <summary>Booking time of this command: never before anything the book has booked.</summary>
    public DateTimeOffset At => book.LastBookedAt;

    /// <summary>The last entry that this command booked.</summary>
    public JournalEntry LastEntry => writes.Journal[^1];

    public TRow? Find<TKey, TRow>(BookTable<TKey, TRow> table, TKey key) where TKey : notnull where TRow : class =>
        reads.Of(table).Find(Key, key);

    /// <summary>Every row of this book that the batch has read or made.</summary>
    public IEnumerable<(TKey Key, TRow Row)> All<TKey, TRow>(BookTable<TKey, TRow> table) where TKey : notnull where TRow : class =>
        reads.Of(table).All(Key);

    public void Insert<TKey, TRow>(BookTable<TKey, TRow> table, TKey key, TRow row) where TKey : notnull where TRow : class =>
        reads.Of(table).Insert(Key, key, row);

    public void Update<TKey, TRow>(BookTable<TKey, TRow> table, TKey key, TRow row) where TKey : notnull where TRow : class =>
        reads.Of(table).Update(Key, key, row);

    /// <summary>
    /// Books a public fact: the event feed, webhooks and audit. <paramref name="data"/> is what GET of the subject returns.
    /// </summary>
    public void Publish(string type, Guid subject, int version, object data) => Publish(type, subject, version, Json.Write(data));

    public void Publish(string type, Guid subject, int version, string json) => Append(type, true, subject, version, json);

    /// <summary>Books a fact that only the audit shows.</summary>
    public void Record(string type, Guid subject, int version, object data) => Append(type, false, subject, version, Json.Write(data));

    /// <summary>Books a fact that only the audit shows. It stays even when the command that noted it is refused.</summary>
    public void Note(string type, Guid subject, object data) => writes.Notes.Add((type, subject, Json.Write(data)));

    internal void Append(string type, bool isPublic, Guid subject, int version, string json)
    {
        var entry = JournalEntry.Append(book, EventId.New(At), type, isPublic, subject, version, actor, json);
        writes.Journal.Add(entry);
        foreach (var consumer in consumers)
            if (consumer.Wants(this, entry))
                writes.Outbox.Add(new OutboxRow(Key, entry.Position, consumer.Number, subject, At + consumer.Delay));
    }

    /// <summary>Adds a ledger transfer; only Platform/Ledger calls this.</summary>
    public void Book(LedgerTransfer transfer) => writes.Ledger.Add(new LedgerRow(Key, transfer));
}

using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// One transaction of the lane, two round trips: [begin · lock books · read rows] [writes · commit]. The lock is a statement of its own,
/// so the reads behind it take a fresh snapshot; what was read for a book that was not obtained is dropped.
/// </summary>
internal sealed class LaneBatch(
    NpgsqlConnection connection, List<Waiting> items, FactCache facts, IReadOnlyList<IConsumer> consumers, Admission admission)
{
    private readonly Reads reads = new();
    private readonly BatchWrites writes = new();
    private readonly Dictionary<BookKey, LockedBook> books = [];

    public List<Waiting> Taken { get; } = [];
    public List<Waiting> Skipped { get; } = [];
    public bool CommitSent { get; private set; }
    public bool WroteOutbox => writes.Outbox.Count > 0;

    public async Task Post(bool wait)
    {
        foreach (var item in items)
        {
            item.Decided = null;
            item.Bug = null;
            if (item.Command.Idempotency is { } key) reads.Of(IdempotencyTable.Instance).Want(item.Command.Book, KeyOf(item.Command, key));
            item.Command.Plan(reads);
        }
        await LockAndRead(wait);
        await facts.Fill(connection, books.Values, CancellationToken.None);
        foreach (var item in items)
        {
            if (!books.TryGetValue(item.Command.Book, out var book))
            {
                if (wait && !await Exists(item.Command.Book)) item.Decided = Errors.Missing();
                else { Skipped.Add(item); continue; }
            }
            else Decide(item, book);
            Taken.Add(item);
        }
        await Write();
    }

    private async Task LockAndRead(bool wait)
    {
        var keys = items.Select(i => i.Command.Book).Distinct().Order().ToArray();
        // Waiting is for one book only, the oldest command's, while nothing else is held: no circle can form.
        if (wait) keys = [items[0].Command.Book];
        var states = reads.States.Where(s => s.Wanted).ToList();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command("begin"));
        batch.BatchCommands.Add(Sql.Command(wait ? LockWaiting : LockFree, Sql.Array(keys, k => k.Workspace.Value),
            Sql.Array(keys, k => (short)k.Mode)));
        foreach (var state in states) state.AddSelect(batch);
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var book = LockedBook.Read(reader);
            books.Add(book.Key, book);
        }
        foreach (var state in states)
        {
            await reader.NextResultAsync();
            await state.ReadRows(reader, books, CancellationToken.None);
        }
    }

    private void Decide(Waiting item, LockedBook book)
    {
        var command = item.Command;
        var before = (book.LastBookedAt, book.Position, book.Head, book.Dirty);
        if (item.At > book.LastBookedAt) book.LastBookedAt = item.At;
        writes.Mark();
        foreach (var state in reads.States) state.Mark();
        var open = new OpenBook(book, command.Actor, reads, writes, consumers);
        try
        {
            item.Decided = Answer(command, open);
        }
        catch (Exception e)
        {
            item.Bug = e;
        }
        if (item.Bug is null && item.Decided!.Value.Ok)
        {
            Keep(open);
            return;
        }
        (book.LastBookedAt, book.Position, book.Head, book.Dirty) = before;
        foreach (var state in reads.States) state.Undo();
        writes.Undo();
        if (item.Bug is not null || writes.Notes.Count == 0) return;
        if (item.At > book.LastBookedAt) book.LastBookedAt = item.At;
        Keep(open);
    }

    /// <summary>Notes stay whatever the command comes to.</summary>
    private void Keep(OpenBook open)
    {
        foreach (var (type, subject, data) in writes.Notes) open.Append(type, false, subject, 1, data);
    }

    private Result<Outcome> Answer(Command command, OpenBook open)
    {
        if (!command.HasHappened && admission(open, command.Needs) is { } refused) return refused;
        if (command.Idempotency is not { } key) return Boxed(command.DecideBoxed(open));
        if (open.Find(IdempotencyTable.Instance, KeyOf(command, key)) is { } stored)
        {
            if (!stored.RequestHash.AsSpan().SequenceEqual(key.RequestHash))
                return new Error(Errors.IdempotencyKeyReused, "This Idempotency-Key belongs to another request.");
            return new Outcome(System.Text.Json.JsonSerializer.Deserialize(stored.Response, command.AnswerType, Json.Options)!,
                stored.Response, true);
        }
        var answer = Boxed(command.DecideBoxed(open));
        if (answer.Ok)
            open.Insert(IdempotencyTable.Instance, KeyOf(command, key), new StoredAnswer(key.RequestHash, answer.Value.Json, open.At));
        return answer;
    }

    private static Result<Outcome> Boxed(Result<object> answer) => answer.Map(value => new Outcome(value, Json.Write(value), false));

    private static (Guid, string, string) KeyOf(Command command, IdempotencyKey key) => (command.Actor.Principal, key.Route, key.Key);

    private async Task Write()
    {
        await using var batch = new NpgsqlBatch(connection);
        var dirty = books.Values.Where(b => b.Dirty).OrderBy(b => b.Key).ToList();
        if (dirty.Count > 0) batch.BatchCommands.Add(LockedBook.Write(dirty));
        foreach (var state in reads.States) state.AddWrites(batch);
        writes.AddTo(batch);
        var changed = batch.BatchCommands.Count > 0;
        // Whatever is written leaves a journal row: that is how an unknown commit is looked up.
        Invariant.Hold(!changed || writes.Journal.Count > 0);
        batch.BatchCommands.Add(Sql.Command(changed ? "commit" : "rollback"));
        CommitSent = changed;
        await batch.ExecuteNonQueryAsync();
        CommitSent = false;
    }

    /// <summary>
    /// After a lost commit: takes the lock of one of the books, which waits out the old backend, and looks the last row up.
    /// </summary>
    public async Task<bool> WasCommitted(NpgsqlConnection again)
    {
        var last = writes.Journal[^1];
        await using var batch = new NpgsqlBatch(again);
        batch.BatchCommands.Add(Sql.Command("begin"));
        batch.BatchCommands.Add(Sql.Command(LockWaiting,
            Sql.Value(new[] { last.Book.Workspace.Value }), Sql.Value(new[] { (short)last.Book.Mode })));
        batch.BatchCommands.Add(Sql.Command("select 1 from journal where workspace_id = $1 and mode = $2 and position = $3 and hash = $4",
            Sql.Value(last.Book.Workspace.Value), Sql.Value((short)last.Book.Mode), Sql.Value(last.Position), Sql.Value(last.Hash)));
        batch.BatchCommands.Add(Sql.Command("rollback"));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        return await reader.ReadAsync();
    }

    private async Task<bool> Exists(BookKey key)
    {
        await using var command = new NpgsqlCommand("select 1 from books where workspace_id = $1 and mode = $2", connection);
        command.Parameters.Add(Sql.Value(key.Workspace.Value));
        command.Parameters.Add(Sql.Value((short)key.Mode));
        return await command.ExecuteScalarAsync() is not null;
    }

    private const string LockTail = """
        from unnest($1::uuid[], $2::smallint[]) u(w, m) join books b on b.workspace_id = u.w and b.mode = u.m
        order by b.workspace_id, b.mode for update of b
        """;
    private const string LockFree = $"select {LockedBook.Columns} {LockTail} skip locked";
    private const string LockWaiting = $"select {LockedBook.Columns} {LockTail}";
}

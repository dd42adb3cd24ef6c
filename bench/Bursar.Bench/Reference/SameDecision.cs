using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Bench.Reference;

/// <summary>What every form takes from the product: rows, facts, admission, the command's own decision. Only posting differs.</summary>
internal sealed class SameDecision(FactCache facts, IReadOnlyList<IConsumer> consumers, Admission admission, TimeProvider time)
{
    private const string Book = $"select {LockedBook.Columns} from books b where b.workspace_id = $1 and b.mode = $2";

    /// <summary>The command's book and rows, each statement a round trip of its own.</summary>
    public async Task<(LockedBook Book, Reads Rows)> Read(NpgsqlConnection connection, Command command, bool forUpdate)
    {
        var rows = new Reads();
        if (command.Idempotency is { } key) rows.Of(IdempotencyTable.Instance).Want(command.Book, KeyOf(command, key));
        command.Plan(rows);
        var book = await Lock(connection, command.Book, forUpdate);
        foreach (var state in rows.States.Where(s => s.Wanted))
        {
            await using var batch = new NpgsqlBatch(connection);
            state.AddSelect(batch);
            await using var reader = await batch.ExecuteReaderAsync();
            await state.ReadRows(reader, new Dictionary<BookKey, LockedBook> { [book.Key] = book }, CancellationToken.None);
        }
        await facts.Fill(connection, [book], CancellationToken.None);
        return (book, rows);
    }

    private static async Task<LockedBook> Lock(NpgsqlConnection connection, BookKey key, bool forUpdate)
    {
        await using var batch = new NpgsqlBatch(connection);
        // Npgsql sends a "begin" together with what follows it.
        if (forUpdate) batch.BatchCommands.Add(Sql.Command("begin"));
        batch.BatchCommands.Add(Sql.Command(
            forUpdate ? Book + " for update" : Book, Sql.Value(key.Workspace.Value), Sql.Value((short)key.Mode)));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.ReadAsync();
        return LockedBook.Read(reader);
    }

    /// <summary>The answer and its JSON; what is to be written stands in <paramref name="rows"/> and <paramref name="writes"/>.</summary>
    public Result<Answer<T>> Decide<T>(Command<T> command, LockedBook book, Reads rows, BatchWrites writes) where T : class
    {
        var now = time.NowMicros();
        if (now > book.LastBookedAt) book.LastBookedAt = now;
        var open = new OpenBook(book, command.Actor, rows, writes, consumers);
        if (admission(open, command.Needs) is { } refused) return refused;
        var key = command.Idempotency!;
        Invariant.Hold(open.Find(IdempotencyTable.Instance, KeyOf(command, key)) is null);
        var answer = command.Decide(open);
        if (!answer.Ok) return answer.Error;
        var json = Json.Write(answer.Value);
        open.Insert(IdempotencyTable.Instance, KeyOf(command, key), new StoredAnswer(key.RequestHash, json, open.At));
        return new Answer<T>(answer.Value, json, false);
    }

    private static (Guid, string, string) KeyOf(Command command, IdempotencyKey key) => (command.Actor.Principal, key.Route, key.Key);
}

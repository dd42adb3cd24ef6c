using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// Changes what decisions depend on: a policy, key, member, role, endpoint, switch. Rare, so it runs alone: under the same book locks
/// as the lane, raising the control version, so that everything decided after it obeys it, in every process.
/// </summary>
public sealed class ControlChanges(
    Database database, FactCache facts, IReadOnlyList<IConsumer> consumers, Admission admission, Wakeup wakeup, TimeProvider time)
{
    /// <summary>
    /// Locks the actor's book, or both books of the workspace, and runs
    /// <paramref name="change"/>; an error rolls everything back but notes.
    /// </summary>
    public async Task<Result<T>> Apply<T>(Actor actor, Permission needs, bool bothModes, Func<ControlScope, Task<Result<T>>> change)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var books = await Lock(connection, actor.Book, bothModes);
        if (books.Count == 0) return Errors.Missing();
        await facts.Fill(connection, books, CancellationToken.None);
        var now = time.NowMicros();
        foreach (var book in books) if (now > book.LastBookedAt) book.LastBookedAt = now;
        var writes = new BatchWrites();
        writes.Mark();
        var own = books.Single(b => b.Key == actor.Book);
        var open = new OpenBook(own, actor, new Reads(), writes, consumers);
        var scope = new ControlScope(connection, open);
        if (admission(open, needs) is { } denied) return denied;
        var result = await change(scope);
        if (!result.Ok) return result;
        foreach (var (type, subject, data) in writes.Notes) open.Append(type, false, subject, 1, data);
        foreach (var book in books)
        {
            book.ControlVersion++;
            book.Dirty = true;
        }
        Invariant.Hold(writes.Journal.Count > 0);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(LockedBook.Write(books));
        writes.AddTo(batch);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        wakeup.Signal();
        return result;
    }

    /// <summary>
    /// For a change of what many workspaces share, inside its transaction and after it: locks their books in the lane's order and raises
    /// their versions. Their journals do not tell of it; whoever changes such a thing keeps its history.
    /// </summary>
    public static async Task Raise(NpgsqlConnection connection, IReadOnlyList<Guid> workspaces)
    {
        await connection.ExecuteAsync(
            "select from books where workspace_id = any(@workspaces) order by workspace_id, mode for update", new { workspaces });
        await connection.ExecuteAsync(
            "update books set control_version = control_version + 1 where workspace_id = any(@workspaces)", new { workspaces });
    }

    private static async Task<List<LockedBook>> Lock(NpgsqlConnection connection, BookKey key, bool bothModes)
    {
        await using var command = new NpgsqlCommand($"""
            select {LockedBook.Columns} from books b where b.workspace_id = $1 and b.mode = any($2)
            order by b.workspace_id, b.mode for update of b
            """, connection);
        command.Parameters.Add(Sql.Value(key.Workspace.Value));
        command.Parameters.Add(Sql.Value(bothModes ? new[] { (short)Mode.Test, (short)Mode.Live } : [(short)key.Mode]));
        await using var reader = await command.ExecuteReaderAsync();
        var books = new List<LockedBook>();
        while (await reader.ReadAsync()) books.Add(LockedBook.Read(reader));
        return books;
    }
}

/// <summary>What a control change works with: the connection of its transaction and the open book it journals in.</summary>
public sealed class ControlScope(NpgsqlConnection connection, OpenBook book)
{
    public OpenBook Book => book;
    public DateTimeOffset At => book.At;

    /// <summary>For what another part writes in the same transaction, such as a message.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Runs SQL with @workspace, @mode and @at given besides the arguments.</summary>
    public Task<int> Execute(string sql, object? args = null) => connection.ExecuteAsync(sql, Scoped(args));

    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? args = null) =>
        (await connection.QueryAsync<T>(sql, Scoped(args))).AsList();

    public Task<T?> Scalar<T>(string sql, object? args = null) => connection.ExecuteScalarAsync<T>(sql, Scoped(args));

    private DynamicParameters Scoped(object? args)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("workspace", book.Key.Workspace.Value);
        parameters.Add("mode", (short)book.Key.Mode);
        parameters.Add("at", book.At);
        return parameters;
    }
}

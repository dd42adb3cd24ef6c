using Bursar.Core.Results;
using Bursar.Platform.Books;
using Npgsql;

namespace Bursar.Bench.Reference;

/// <summary>
/// How it is usually written: one transaction per request, one statement after another. The statements are the product's own.
/// </summary>
internal sealed class Naive(NpgsqlDataSource source, SameDecision same) : IPosting
{
    public async Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class
    {
        await using var connection = await source.OpenConnectionAsync();
        var (book, rows) = await same.Read(connection, command, forUpdate: true);
        var writes = new BatchWrites();
        var answer = same.Decide(command, book, rows, writes);
        if (answer.Ok) await Write(connection, book, rows, writes);
        await Run(connection, Platform.Data.Sql.Command(answer.Ok ? "commit" : "rollback"));
        return answer;
    }

    private static async Task Write(NpgsqlConnection connection, LockedBook book, Reads rows, BatchWrites writes)
    {
        await using var all = new NpgsqlBatch(connection);
        all.BatchCommands.Add(LockedBook.Write([book]));
        foreach (var state in rows.States) state.AddWrites(all);
        writes.AddTo(all);
        foreach (NpgsqlBatchCommand statement in all.BatchCommands) await Run(connection, statement);
    }

    private static async Task Run(NpgsqlConnection connection, NpgsqlBatchCommand statement)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync();
    }
}

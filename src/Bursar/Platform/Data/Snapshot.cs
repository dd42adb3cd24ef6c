using System.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Data;

/// <summary>
/// Reads of one book as the app, in one moment that stands still: for exports, which read page after page. Disposing ends it.
/// </summary>
public sealed class Snapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Action ended;

    private Snapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, Action ended) =>
        (this.connection, this.transaction, this.ended) = (connection, transaction, ended);

    /// <param name="scope">Sets the book for the transaction.</param>
    /// <param name="ended">Called once the snapshot is gone.</param>
    internal static async Task<Snapshot> Begin(NpgsqlDataSource app, CommandDefinition scope, Action ended, CancellationToken ct)
    {
        var connection = await app.OpenConnectionAsync(ct);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // Between two pages it waits for whoever downloads; a reader who stands still for a minute loses the export, not we the snapshot.
        await connection.ExecuteAsync("set transaction read only; set local idle_in_transaction_session_timeout = '60s'");
        await connection.ExecuteAsync(scope);
        return new Snapshot(connection, transaction, ended);
    }

    public async Task<List<T>> Read<T>(string sql, object? args, Func<NpgsqlDataReader, T> row, CancellationToken ct = default)
    {
        await using var wrapped = await connection.ExecuteReaderAsync(new CommandDefinition(sql, args, transaction, cancellationToken: ct));
        var reader = (NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader;
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? args, CancellationToken ct = default) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, args, transaction, cancellationToken: ct))).AsList();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        ended();
    }
}

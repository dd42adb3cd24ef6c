using Bursar.Core.Access;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Data;

/// <summary>
/// The doors to PostgreSQL, one per database role (docs/operating.md). <see cref="App"/>: handlers, one book at a time under row-level
/// security. <see cref="Engine"/>: posting and workers, named tables, workspace in every statement. <see cref="Desk"/>: the operator's
/// console and those who ask it to be let in. <see cref="Lane"/>: the posting lane's own connections; <see cref="Queues"/>: what
/// claims from queue tables; both with pinned plans: left free, the planner takes a queue that was just empty for a small one,
/// picks scans, and keeps them while the table grows. <see cref="AtLeastOnce"/>: the same for work that is simply done again when a
/// crash of PostgreSQL takes its last moments back (webhooks, the log of calls): its commits do not wait for the disk.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const string Limits = "-c lock_timeout=3s -c idle_in_transaction_session_timeout=10s -c statement_timeout=15s";
    private const string PinnedPlans =
        " -c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c jit=off";

    public NpgsqlDataSource Login { get; }
    public NpgsqlDataSource App { get; }
    public NpgsqlDataSource Engine { get; }
    public NpgsqlDataSource Desk { get; }
    public NpgsqlDataSource Lane { get; }
    public NpgsqlDataSource Queues { get; }
    public NpgsqlDataSource AtLeastOnce { get; }

    public Database(string connectionString)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new UtcTimeHandler());
        Login = Source(connectionString, null, 2, "");
        App = Source(connectionString, "bursar_app", 24, Limits);
        Engine = Source(connectionString, "bursar_engine", 24, Limits);
        Desk = Source(connectionString, "bursar_desk", 4, Limits);
        Lane = Source(connectionString, "bursar_engine", 4, Limits + PinnedPlans);
        Queues = Source(connectionString, "bursar_engine", 12, Limits + PinnedPlans);
        AtLeastOnce = Source(connectionString, "bursar_engine", 12, Limits + PinnedPlans + " -c synchronous_commit=off");
    }

    /// <summary>Reads as the app, in one round trip: the book is set in the same implicit transaction as the query.</summary>
    public async Task<IReadOnlyList<T>> Query<T>(BookKey book, string sql, object? args = null, CancellationToken ct = default)
    {
        await using var connection = await App.OpenConnectionAsync(ct);
        await using var grid = await connection.QueryMultipleAsync(Scoped(book, sql, args, ct));
        await grid.ReadAsync();
        return (await grid.ReadAsync<T>()).AsList();
    }

    public async Task<T?> One<T>(BookKey book, string sql, object? args = null, CancellationToken ct = default)
    {
        var rows = await Query<T>(book, sql, args, ct);
        return rows.Count == 0 ? default : rows[0];
    }

    /// <summary>The same for rows that have a reader of their own.</summary>
    public async Task<List<T>> Read<T>(
        BookKey book, string sql, object? args, Func<NpgsqlDataReader, T> row, CancellationToken ct = default)
    {
        await using var connection = await App.OpenConnectionAsync(ct);
        await using var wrapped = await connection.ExecuteReaderAsync(Scoped(book, sql, args, ct));
        var reader = (NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader;
        await reader.NextResultAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }

    /// <summary>A snapshot of the book that stands still until it is disposed; <paramref name="ended"/> is called then.</summary>
    public Task<Snapshot> Freeze(BookKey book, Action ended, CancellationToken ct = default) =>
        Snapshot.Begin(App, Scoped(book, "", null, ct), ended, ct);

    private static CommandDefinition Scoped(BookKey book, string sql, object? args, CancellationToken ct)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("scope_workspace", book.Workspace.Value.ToString());
        parameters.Add("scope_mode", ((short)book.Mode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new CommandDefinition(
            "select set_config('bursar.workspace', @scope_workspace, true), set_config('bursar.mode', @scope_mode, true); " + sql,
            parameters, cancellationToken: ct);
    }

    private static NpgsqlDataSource Source(string connectionString, string? role, int poolMax, string options)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = poolMax,
            MaxAutoPrepare = 120,
            AutoPrepareMinUsages = 1,
            // The only thing a connection keeps is its role and the settings given here; scope is always transaction-local.
            NoResetOnClose = true,
            Timeout = 5,
            CommandTimeout = 20,
            SearchPath = "bursar,pg_temp",
            ApplicationName = "bursar",
            IncludeErrorDetail = false,
        };
        settings.Options = string.Join(' ', new[] { settings.Options, role is null ? null : $"-c role={role}", options }
            .Where(o => !string.IsNullOrEmpty(o)));
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Engine.DisposeAsync();
        await Desk.DisposeAsync();
        await Lane.DisposeAsync();
        await Queues.DisposeAsync();
        await AtLeastOnce.DisposeAsync();
        await Login.DisposeAsync();
    }
}

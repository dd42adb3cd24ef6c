using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Bursar.Platform.Data;

/// <summary>
/// The PostgreSQL that comes with <c>up</c> when no BURSAR_DB is set: a cluster of our own under the data folder, reached through a
/// Unix socket only, with stock durability. It outlives a killed Bursar and is adopted by the next one.
/// </summary>
public static class PrivateCluster
{
    private const int Port = 5432;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Shared locks on clusters in use, held as long as this process lives: nobody stops a cluster under a sibling.</summary>
    private static readonly ConcurrentDictionary<string, FileStream> InUse = new();

    private const string Configuration = """

        # Bursar's. Durability stays stock: fsync, synchronous_commit and full_page_writes are on.
        listen_addresses = ''
        port = 5432
        max_connections = 200
        shared_buffers = 256MB
        max_wal_size = 2GB
        logging_collector = on
        log_directory = '../log'
        log_filename = 'postgres-%a.log'
        log_truncate_on_rotation = on
        log_rotation_age = 1d
        log_rotation_size = 0
        timezone = 'UTC'
        log_timezone = 'UTC'

        """;

    /// <summary>Returns the connection string of the database <c>bursar</c>, making and starting whatever is missing.</summary>
    /// <exception cref="ClusterUnavailable">With one line for the person at the terminal.</exception>
    public static async Task<string> EnsureStarted(string dataFolder, TextWriter progress, CancellationToken ct)
    {
        Directory.CreateDirectory(dataFolder);
        dataFolder = await TruePath(dataFolder, ct);
        await using var only = await Lock(dataFolder, ct);
        await LetGo(dataFolder);
        var home = await ClusterHome.Settle(dataFolder, ct);
        var version = File.Exists(home.VersionFile) ? (await File.ReadAllTextAsync(home.VersionFile, ct)).Trim() : null;
        var programs = await PostgresPrograms.Find(version, ct);
        if (version is null)
        {
            await progress.WriteLineAsync($"making a PostgreSQL cluster in {home.Folder}");
            await Create(home, programs, ct);
        }

        var socket = await Start(dataFolder, home, programs, progress, ct);
        await CreateDatabase(socket, ct);
        InUse[dataFolder] = Open(InUseFile(dataFolder), FileShare.Read);
        return Connection(socket, "bursar");
    }

    /// <summary>
    /// For a graceful exit, after the caller closed its connections: stops the cluster unless another process or client still uses it.
    /// </summary>
    public static async Task StopIfIdle(string dataFolder)
    {
        using var patience = new CancellationTokenSource(Patience);
        var ct = patience.Token;
        dataFolder = await TruePath(dataFolder, ct);
        if (!File.Exists(InUseFile(dataFolder))) return;

        await using var only = await Lock(dataFolder, ct);
        await LetGo(dataFolder);
        await using var nobodyElse = TryHold(dataFolder);
        if (nobodyElse is null) return; // a sibling will stop the cluster when it leaves

        var home = await ClusterHome.Settle(dataFolder, ct);
        if (Live(home) is not { } socket || !await Idle(socket, ct)) return;
        var programs = await PostgresPrograms.Find((await File.ReadAllTextAsync(home.VersionFile, ct)).Trim(), ct);
        await home.Run($"{programs}/pg_ctl", ["stop", "-D", home.Data, "-m", "fast", "-w", "-t", "60"], ct);
    }

    private static async Task Create(ClusterHome home, string programs, CancellationToken ct)
    {
        // Made aside and moved in place when complete: a start cut short leaves nothing that looks like a cluster.
        var aside = home.Data + ".new";
        var made = new SystemProgram.Outcome(1, "");
        foreach (var locale in new[] { "C.UTF-8", "C" })
        {
            if (made.Ok) break;
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
            string[] arguments = ["-D", aside, "-U", "bursar", "-E", "UTF8", $"--locale={locale}", "--auth-local=trust",
                "--auth-host=reject"];
            made = await home.Run($"{programs}/initdb", arguments, ct);
        }

        if (!made.Ok) throw new ClusterUnavailable($"initdb failed: {LastLine(made.Output)}");
        await File.AppendAllTextAsync($"{aside}/postgresql.conf", Configuration, ct);
        Directory.Move(aside, home.Data);
    }

    /// <summary>Adopts a live postmaster, waits for one that recovers or stops, else starts one; until it answers on its socket.</summary>
    private static async Task<string> Start(string dataFolder, ClusterHome home, string programs, TextWriter progress, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        var trouble = "";
        while (waited.Elapsed < Patience)
        {
            if (Live(home) is { } socket)
            {
                if (await Refusal(socket, ct) is not { } refusal) return socket;
                trouble = refusal;
            }
            else
            {
                RemoveForeignPidFile(dataFolder, home);
                if (trouble.Length == 0) await progress.WriteLineAsync("starting PostgreSQL");
                var folder = await home.SocketFolder(ct);
                string[] arguments =
                    ["start", "-D", home.Data, "-l", Path.Combine(home.Folder, "start.log"), "-w", "-t", "60", "-o", $"-k '{folder}'"];
                var started = await home.Run($"{programs}/pg_ctl", arguments, ct);
                if (started.Ok) continue;

                // Processes of a killed postmaster hold its shared memory for a moment longer: try again.
                trouble = LastLine(started.Output);
                await Task.Delay(Pause * 5, ct);
            }

            await Task.Delay(Pause, ct);
        }

        throw new ClusterUnavailable($"PostgreSQL did not start within {Patience.TotalSeconds:0} s: {trouble}; its log is in {home.Log}.");
    }

    /// <summary>
    /// The socket folder of the postmaster that runs on this cluster, or null. A number in a pid file proves nothing (after a restart
    /// of the machine it is anybody's), so the process must name our folder on its command line.
    /// </summary>
    private static string? Live(ClusterHome home)
    {
        try
        {
            var lines = File.ReadAllLines(home.PidFile);
            if (!int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return null;
            var command = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            if (!command.Contains(home.Data)) return null;
            return lines.Length > 4 ? lines[4] : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A pid file left by a crash whose number another process has now would make PostgreSQL refuse to start.</summary>
    private static void RemoveForeignPidFile(string dataFolder, ClusterHome home)
    {
        if (!File.Exists(home.PidFile)) return;
        using var nobodyElse = TryHold(dataFolder);
        if (nobodyElse is null) return; // a sibling, perhaps in another container, uses a postmaster that we cannot see
        var pid = File.ReadLines(home.PidFile).FirstOrDefault();
        if (Directory.Exists($"/proc/{pid}")) File.Delete(home.PidFile);
    }

    /// <summary>Null when the server takes connections.</summary>
    private static async Task<string?> Refusal(string socket, CancellationToken ct)
    {
        if (socket.Length == 0) return "it has not opened its socket";
        try
        {
            await using var connection = await Connect(socket, ct);
            return null;
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }

    private static async Task<bool> Idle(string socket, CancellationToken ct)
    {
        if (await Refusal(socket, ct) is not null) return false;
        await using var connection = await Connect(socket, ct);
        await using var others = connection.CreateCommand();
        others.CommandText = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";

        // The caller's own connections take a moment to end on the server's side.
        for (var look = 0; look < 20; look++)
        {
            if ((long)(await others.ExecuteScalarAsync(ct))! == 0) return true;
            await Task.Delay(Pause, ct);
        }

        return false;
    }

    private static async Task CreateDatabase(string socket, CancellationToken ct)
    {
        await using var connection = await Connect(socket, ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select 1 from pg_database where datname = 'bursar'";
        if (await command.ExecuteScalarAsync(ct) is not null) return;
        command.CommandText = "create database bursar";
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<NpgsqlConnection> Connect(string socket, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(Connection(socket, "postgres") + ";Pooling=false");
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static string Connection(string socket, string database) =>
        new NpgsqlConnectionStringBuilder { Host = socket, Port = Port, Username = "bursar", Database = database, Timeout = 10 }.ToString();

    private static async Task<FileStream> Lock(string dataFolder, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return Open(Path.Combine(dataFolder, "postgres.lock"), FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(Pause, ct);
            }
            catch (IOException)
            {
                throw new ClusterUnavailable($"Another process has been starting the cluster in {dataFolder} for too long.");
            }
        }
    }

    private static async Task LetGo(string dataFolder)
    {
        if (InUse.TryRemove(dataFolder, out var held)) await held.DisposeAsync();
    }

    private static FileStream? TryHold(string dataFolder)
    {
        try
        {
            return Open(InUseFile(dataFolder), FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Without symbolic links: postmasters are recognised by the name of their folder.</summary>
    private static async Task<string> TruePath(string folder, CancellationToken ct)
    {
        var real = await SystemProgram.Run(null, "realpath", ["-m", Path.GetFullPath(folder)], ct);
        return real.Ok ? real.Output : Path.GetFullPath(folder);
    }

    private static string InUseFile(string dataFolder) => Path.Combine(dataFolder, "postgres.in-use");

    private static FileStream Open(string path, FileShare share) => new(path, FileMode.OpenOrCreate, FileAccess.Read, share);

    private static string LastLine(string output) => output.Split('\n')[^1].Trim();
}

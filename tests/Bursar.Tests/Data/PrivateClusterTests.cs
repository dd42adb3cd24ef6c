using System.Diagnostics;
using Bursar.Platform.Data;
using Npgsql;
using Xunit;

namespace Bursar.Tests.Data;

public sealed class PrivateClusterTests : IAsyncLifetime
{
    // Not CreateTempSubdirectory: that one is closed to the user who runs PostgreSQL when the tests run as root.
    private readonly string root = $"/tmp/bursar-test-{Guid.CreateVersion7():N}";
    private readonly List<string> used = [];
    private readonly List<string> outside = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(root);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var folder in used) await PrivateCluster.StopIfIdle(folder);
        foreach (var far in used.Select(f => Path.Combine(f, "postgres.path")).Where(File.Exists))
            Directory.Delete((await File.ReadAllTextAsync(far)).Trim(), recursive: true);
        foreach (var folder in outside) Directory.Delete(folder, recursive: true);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task starts_from_nothing_and_keeps_stock_durability()
    {
        var connection = await Start(root);

        Assert.Equal("bursar", await Ask(connection, "select current_database()"));
        Assert.Equal("UTF8", await Ask(connection, "select pg_encoding_to_char(encoding) from pg_database where datname = 'bursar'"));
        Assert.Equal("", await Ask(connection, "select current_setting('listen_addresses')"));
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
            Assert.Equal("on", await Ask(connection, $"select current_setting('{setting}')"));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(new NpgsqlConnectionStringBuilder(connection).Host!));
    }

    [Fact]
    public async Task adopts_a_live_one()
    {
        await Start(root);
        var before = Postmaster(root);

        var connection = await Start(root);

        Assert.Equal(before, Postmaster(root));
        Assert.Equal("1", await Ask(connection, "select 1::text"));
    }

    [Fact]
    public async Task recovers_after_the_postmaster_was_killed()
    {
        var connection = await Start(root);
        await Ask(connection, "create table kept as select 'yes' as word; select ''");
        using (var postmaster = Process.GetProcessById(Postmaster(root))) postmaster.Kill();

        connection = await Start(root);

        Assert.Equal("yes", await Ask(connection, "select word from kept"));
    }

    [Fact]
    public async Task starts_when_another_process_has_the_number_in_a_stale_pid_file()
    {
        await Start(root);
        await PrivateCluster.StopIfIdle(root);
        var pidFile = Path.Combine(root, "postgres/data/postmaster.pid");
        Assert.False(File.Exists(pidFile));
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n{root}/postgres/data\n1\n5432\n/tmp\n\n", Ct);

        var connection = await Start(root);

        Assert.NotEqual(Environment.ProcessId, Postmaster(root));
        Assert.Equal("1", await Ask(connection, "select 1::text"));
    }

    [Fact]
    public async Task two_starters_at_once_share_one_cluster()
    {
        var both = await Task.WhenAll(Start(root), Start(root));

        Assert.Equal(both[0], both[1]);
        Assert.Equal("1", await Ask(both[1], "select 1::text"));
    }

    [Fact]
    public async Task a_path_too_long_for_a_socket_gets_a_short_socket_folder()
    {
        var deep = Path.Combine(root, new string('a', 60), new string('b', 60));

        var connection = await Start(deep);

        var socket = new NpgsqlConnectionStringBuilder(connection).Host!;
        outside.Add(socket);
        Assert.True(socket.Length < 60, socket);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(socket));
        Assert.Equal("1", await Ask(connection, "select 1::text"));
    }

    [Fact]
    public async Task a_folder_closed_to_the_other_user_puts_the_cluster_elsewhere()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root starts PostgreSQL as another user");
        File.SetUnixFileMode(root, OwnerOnly);

        var connection = await Start(root);

        var far = (await File.ReadAllTextAsync(Path.Combine(root, "postgres.path"), Ct)).Trim();
        Assert.StartsWith("/var/lib/bursar/", far, StringComparison.Ordinal);
        Assert.Equal("1", await Ask(connection, "select 1::text"));
        Assert.Equal(connection, await Start(root));
    }

    [Fact]
    public async Task stops_only_when_nobody_is_connected()
    {
        var connection = await Start(root);
        await using (var guest = new NpgsqlConnection(connection + ";Pooling=false"))
        {
            await guest.OpenAsync(Ct);
            await PrivateCluster.StopIfIdle(root);
            Assert.True(Directory.Exists($"/proc/{Postmaster(root)}"));
        }

        await Start(root);
        await PrivateCluster.StopIfIdle(root);

        Assert.False(File.Exists(Path.Combine(root, "postgres/data/postmaster.pid")));
    }

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private Task<string> Start(string folder)
    {
        if (!used.Contains(folder)) used.Add(folder);
        return PrivateCluster.EnsureStarted(folder, TextWriter.Null, Ct);
    }

    private static int Postmaster(string folder) =>
        int.Parse(
            File.ReadLines(Path.Combine(folder, "postgres/data/postmaster.pid")).First(),
            System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> Ask(string connection, string sql)
    {
        await using var open = new NpgsqlConnection(connection + ";Pooling=false");
        await open.OpenAsync(Ct);
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using Bursar.Tests.Given;

namespace Bursar.Tests.Faults;

/// <summary>The real program as a process of its own, with a data folder of its own, that tests may kill.</summary>
public sealed class RunningProgram(string folder, int port) : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "bursar.dll");
    private readonly System.Text.StringBuilder output = new();
    private Process? process;

    /// <summary>Settings besides the data folder.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts and waits for the ready line.</summary>
    public async Task<TimeSpan> Start()
    {
        var watch = Stopwatch.StartNew();
        process = Process.Start(Info("up", "--no-demo", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)))!;
        _ = Keep(process.StandardError);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (line.StartsWith("bursar ready", StringComparison.Ordinal))
            {
                _ = Keep(process.StandardOutput);
                return watch.Elapsed;
            }
        throw new InvalidOperationException("the program ended before it was ready");
    }

    /// <summary>All that it wrote since it was ready, on both streams.</summary>
    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    private async Task Keep(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
            lock (output) output.AppendLine(line);
    }

    /// <summary>Threads of the process, and its resident memory in megabytes, as Linux counts them.</summary>
    public (int Threads, int Megabytes) Size() => (Count("Threads"), Count("VmRSS") / 1024);

    /// <summary>The most resident memory that it ever had, in megabytes.</summary>
    public int PeakMegabytes() => Count("VmHWM") / 1024;

    private int Count(string name)
    {
        var line = File.ReadLines($"/proc/{process!.Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return int.Parse(line.Split(':', 2)[1].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Runs a verb to its end and gives its exit code and output.</summary>
    public async Task<(int Code, string Output)> Verb(string input, params string[] args)
    {
        using var verb = Process.Start(Info(args))!;
        await verb.StandardInput.WriteLineAsync(input);
        verb.StandardInput.Close();
        var errors = verb.StandardError.ReadToEndAsync();
        var output = await verb.StandardOutput.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return (verb.ExitCode, verb.ExitCode == 0 ? output : output + await errors);
    }

    /// <summary>A workspace made by the command line, through its full key of test mode.</summary>
    public async Task<Client> Workspace()
    {
        var (code, made) = await Verb("a long crash password",
            "workspace", "create", "--name", "Crash", "--email", "crash@example.test", "--password-stdin", "--json");
        Xunit.Assert.True(code == 0, made);
        return new Client(Address, System.Text.Json.Nodes.JsonNode.Parse(made)!["testKey"]!.GetValue<string>());
    }

    /// <summary>Begins a verb that the test may kill.</summary>
    public Process Begin(params string[] args)
    {
        var verb = Process.Start(Info(args))!;
        verb.StandardInput.Close();
        _ = Keep(verb.StandardOutput);
        _ = Keep(verb.StandardError);
        return verb;
    }

    /// <summary>PostgreSQL loses everything that it holds in memory.</summary>
    public async Task CrashPostgres()
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(
            await Platform.Data.PrivateCluster.EnsureStarted(folder, TextWriter.Null, CancellationToken.None));
        await using var command = database.CreateCommand("select current_setting('data_directory')");
        var data = (string)(await command.ExecuteScalarAsync())!;
        var pid = (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid")))[0];
        using var kill = Process.Start("kill", ["-QUIT", pid]);
        await kill.WaitForExitAsync();
    }

    private ProcessStartInfo Info(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", [Program, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        info.Environment["BURSAR_DATA"] = folder;
        info.Environment.Remove("BURSAR_DB");
        foreach (var (name, value) in Environment) info.Environment[name] = value;
        return info;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            using var term = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await term.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        process?.Dispose();
    }
}

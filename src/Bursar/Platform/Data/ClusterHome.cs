using System.Security.Cryptography;
using System.Text;

namespace Bursar.Platform.Data;

/// <summary>The private cluster cannot run; the message is one line that says why and what to do.</summary>
public sealed class ClusterUnavailable(string message) : Exception(message);

/// <summary>PostgreSQL's own programs on this machine.</summary>
public static class PostgresPrograms
{
    public const string Missing =
        "PostgreSQL's programs are missing: install them (apt-get install postgresql), "
        + "or set BURSAR_DB to the connection string of a server.";

    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>
    /// The folder that holds initdb and pg_ctl. A cluster that exists needs the major version that made it; a new one gets the newest.
    /// </summary>
    public static async Task<string> Find(string? version, CancellationToken ct)
    {
        var found = new List<string>();
        if (Directory.Exists(DebianRoot))
            found.AddRange(Directory.GetDirectories(DebianRoot).OrderByDescending(Major).Select(d => Path.Combine(d, "bin")));
        var config = await SystemProgram.Run(null, "pg_config", ["--bindir"], ct);
        if (config.Ok) found.Add(config.Output);
        found.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));

        var complete = found.Where(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl"))).ToList();
        if (complete.Count == 0) throw new ClusterUnavailable(Missing);
        if (version is null) return complete[0];

        foreach (var folder in complete)
        {
            var said = await SystemProgram.Run(null, Path.Combine(folder, "pg_ctl"), ["--version"], ct);
            if (said.Output.Contains($" {version}.", StringComparison.Ordinal)) return folder;
        }

        throw new ClusterUnavailable(
            $"The data was made by PostgreSQL {version}, which is not installed: apt-get install postgresql-{version}.");
    }

    private static int Major(string folder) => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0;
}

/// <summary>Where a private cluster lives and who owns its files: the folder is closed to everybody else (mode 0700).</summary>
public sealed record ClusterHome(string Folder, SystemUser? Owner)
{
    /// <summary>Linux: 108 bytes for the path of a Unix socket, one of them the closing zero.</summary>
    private const int LongestSocketPath = 107;

    private const string SharedRoot = "/var/lib/bursar";

    public string Data => Path.Combine(Folder, "data");
    public string Log => Path.Combine(Folder, "log");
    public string PidFile => Path.Combine(Data, "postmaster.pid");
    public string VersionFile => Path.Combine(Data, "PG_VERSION");

    public static async Task<ClusterHome> Settle(string dataFolder, CancellationToken ct)
    {
        var owner = Environment.IsPrivilegedProcess ? await OrdinaryUser(ct) : null;
        var near = new ClusterHome(Path.Combine(dataFolder, "postgres"), owner);
        var pointer = Path.Combine(dataFolder, "postgres.path");
        if (File.Exists(pointer))
        {
            var named = new ClusterHome((await File.ReadAllTextAsync(pointer, ct)).Trim(), owner);
            await named.Claim(ct);
            return named;
        }

        await near.Claim(ct);
        if (await near.Reachable(ct)) return near;
        if (File.Exists(near.VersionFile))
            throw new ClusterUnavailable(
                $"The user {owner!.Name} can no longer reach {near.Folder}: open the folders above it (chmod a+x).");

        // The pointer, not the hash alone, ties a far cluster to its data folder: a folder made anew gets a new cluster.
        Directory.Delete(near.Folder, recursive: true);
        var far = near with { Folder = Enumerable.Range(1, 1000).Select(n => FarFolder(dataFolder, n)).First(f => !Path.Exists(f)) };
        Directory.CreateDirectory(SharedRoot);
        await far.Claim(ct);
        await File.WriteAllTextAsync(pointer, far.Folder + "\n", ct);
        return far;
    }

    /// <summary>A folder that only the owner may enter, short enough for a socket in it. Root enters it all the same.</summary>
    public async Task<string> SocketFolder(CancellationToken ct)
    {
        var inside = Path.Combine(Folder, "socket");
        if (Fits(inside))
        {
            await Own(inside, ct);
            return inside;
        }

        var name = $"bursar-{Hash(Folder)}";
        if (Owner is not null)
        {
            await Own($"/run/{name}", ct);
            return $"/run/{name}";
        }

        var own = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var folder = own is not null && Directory.Exists(own) && Fits($"{own}/{name}") ? $"{own}/{name}" : $"/tmp/{name}";
        await SystemProgram.Run(null, "mkdir", ["-m", "700", folder], ct);

        // It may exist since the last start; and under /tmp anybody may have made this name before us.
        var kept = await SystemProgram.Run(null, "find",
            [folder, "-maxdepth", "0", "-type", "d", "-perm", "700", "-user", Environment.UserName], ct);
        return kept.Output == folder ? folder : throw new ClusterUnavailable($"{folder} belongs to somebody else: remove it.");
    }

    public Task<SystemProgram.Outcome> Run(string program, string[] arguments, CancellationToken ct) =>
        SystemProgram.Run(Owner, program, arguments, ct);

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static async Task<SystemUser> OrdinaryUser(CancellationToken ct)
    {
        var user = await SystemUser.Find("postgres", ct) ?? await SystemUser.Find("bursar", ct);
        if (user is not null) return user;
        var made = await SystemProgram.Run(null, "useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "bursar"], ct);
        return await SystemUser.Find("bursar", ct)
            ?? throw new ClusterUnavailable($"PostgreSQL does not run as root, and no user could be made for it: {made.Output}");
    }

    private Task Claim(CancellationToken ct) => Own(Folder, ct);

    private async Task Own(string folder, CancellationToken ct)
    {
        string[] owner = Owner is null ? [] : ["-o", $"{Owner.Uid}", "-g", $"{Owner.Gid}"];
        var made = await SystemProgram.Run(null, "install", ["-d", "-m", "0700", .. owner, folder], ct);
        if (!made.Ok) throw new ClusterUnavailable($"The folder {folder} cannot be made: {made.Output}");
    }

    private async Task<bool> Reachable(CancellationToken ct) =>
        (await Run("test", ["-w", Folder, "-a", "-x", Folder], ct)).Ok;

    private static bool Fits(string folder) => Encoding.UTF8.GetByteCount(folder + "/.s.PGSQL.5432.lock") <= LongestSocketPath;

    private static string FarFolder(string dataFolder, int n) => $"{SharedRoot}/{Hash(dataFolder)}{(n == 1 ? "" : $"-{n}")}";

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..12];
}

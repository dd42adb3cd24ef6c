using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Bursar.Platform.Data;

/// <summary>A user of this machine that a program may be run as.</summary>
public sealed record SystemUser(string Name, int Uid, int Gid)
{
    /// <summary>Null when there is no such user.</summary>
    public static async Task<SystemUser?> Find(string name, CancellationToken ct)
    {
        var uid = await SystemProgram.Run(null, "id", ["-u", name], ct);
        var gid = await SystemProgram.Run(null, "id", ["-g", name], ct);
        if (!uid.Ok || !gid.Ok) return null;
        return new(name, int.Parse(uid.Output, CultureInfo.InvariantCulture), int.Parse(gid.Output, CultureInfo.InvariantCulture));
    }
}

/// <summary>The one place that runs other programs: to their end, within a limit, without our environment.</summary>
public static class SystemProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public sealed record Outcome(int Exit, string Output)
    {
        public bool Ok => Exit == 0;
    }

    /// <summary>
    /// Runs as <paramref name="user"/>, which only root may ask for, or as ourselves when it is null. Exit 127: no such program.
    /// </summary>
    public static async Task<Outcome> Run(SystemUser? user, string program, string[] arguments, CancellationToken ct)
    {
        using var process = new Process { StartInfo = Start(user, program, arguments) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new(127, $"{program}: {e.Message}");
        }

        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bounded.Token);
            var errors = process.StandardError.ReadToEndAsync(bounded.Token);
            await process.WaitForExitAsync(bounded.Token);
            return new(process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Kill();
            return new(124, $"{program} did not end within {Limit.TotalSeconds:0} s");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static ProcessStartInfo Start(SystemUser? user, string program, string[] arguments)
    {
        var start = new ProcessStartInfo
        {
            FileName = user is null ? program : "setpriv",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/", // ours may be closed to the other user, and PostgreSQL's programs stumble over that
        };
        if (user is not null)
        {
            start.ArgumentList.Add($"--reuid={user.Uid}");
            start.ArgumentList.Add($"--regid={user.Gid}");
            start.ArgumentList.Add("--clear-groups");
            start.ArgumentList.Add(program);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        // PGDATA, PGPORT and friends of the caller must not steer a private cluster, and its processes need none of our secrets.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}

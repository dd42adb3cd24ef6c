using System.Diagnostics;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>Programs of npm that tests hold Bursar against, installed once into a folder that git ignores.</summary>
public static class NodePackages
{
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>The path of a program of a package (<c>name@version</c>), which is installed if it is not there.</summary>
    public static async Task<string> Program(string package, string program)
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(Repository.Root, "artifacts", package.Replace('/', '-').Replace('@', '-').Trim('-'))).FullName;
        var path = Path.Combine(folder, "node_modules", ".bin", program);
        await Installing.WaitAsync();
        try
        {
            if (!File.Exists(path))
            {
                var (code, _, said) = await Run("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, package]);
                Assert.True(code == 0, $"npm could not install {package}: {said}");
            }
        }
        finally
        {
            Installing.Release();
        }
        return path;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var said = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, said[0], said[1]);
    }
}

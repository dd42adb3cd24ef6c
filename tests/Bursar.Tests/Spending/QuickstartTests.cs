using System.Diagnostics;
using System.Text.RegularExpressions;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>docs/agents.md: whoever copies its commands into a shell, one block after the other, gets where it leads.</summary>
public sealed partial class QuickstartTests
{
    [Fact]
    public async Task the_commands_of_the_quickstart_lead_from_nothing_to_a_receipt()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/agents.md"));
        var blocks = Block().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal("./bursar up\n", blocks[0]);
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        var address = program.Address.ToString().TrimEnd('/');
        // The script ./bursar would look whether sources are newer than the program; here the program that is tested runs.
        var script = $"set -euo pipefail\n./bursar() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "bursar.dll")}' \"$@\"; }}\n"
            + string.Concat(blocks.Skip(1)).Replace("http://127.0.0.1:8080", address, StringComparison.Ordinal);
        var said = await Run(script, folder.Path);
        var decisions = Regex.Matches(said, "\"decision\": \"(\\w+)\",\n  \"decisionReason\": \"(\\w+)\"")
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value));
        Assert.Equal([("ALLOW", "OK"), ("DENY", "EXCEEDS_SINGLE_LIMIT"), ("REQUIRE_APPROVAL", "REQUIRES_APPROVAL")], decisions);
        Assert.Matches("\\{\"receiptId\":\"rcp_[0-9a-z]{26}\",\"anomalies\":\\[\\]\\}", said);
        Assert.Contains("\"remaining\": 850000", said);
    }

    private static async Task<string> Run(string script, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BURSAR_DATA"] = folder;
        start.Environment.Remove("BURSAR_DB");
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var errors = shell.StandardError.ReadToEndAsync(limit.Token);
        var said = await shell.StandardOutput.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);
        Assert.True(shell.ExitCode == 0, said + await errors);
        return said;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

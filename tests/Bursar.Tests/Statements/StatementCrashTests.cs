using System.Globalization;
using System.Text;
using Bursar.Platform.Data;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;
using Dapper;
using Npgsql;

namespace Bursar.Tests.Statements;

/// <summary>kill -9 inside an import leaves all of the file or nothing of it, and the same file again leaves all of it once (RC4).</summary>
public sealed class StatementCrashTests(ITestOutputHelper output)
{
    private const int Lines = 12_000;

    [Fact]
    public async Task a_killed_import_leaves_all_or_nothing_and_is_simply_run_again()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        await using var database = NpgsqlDataSource.Create(
            await PrivateCluster.EnsureStarted(folder.Path, TextWriter.Null, CancellationToken.None));
        await using var connection = await database.OpenConnectionAsync();
        Task<long> Kept() => connection.ExecuteScalarAsync<long>("select count(*) from bursar.statement_lines");
        // The lock of a table that is being written to: then the process is inside its one transaction.
        Task<bool> Writing() => connection.ExecuteScalarAsync<bool>("""
            select exists (select from pg_locks where relation = 'bursar.statement_lines'::regclass and mode = 'RowExclusiveLock')
            """);
        var (inside, expected) = (0, 0L);
        for (var cycle = 0; cycle < LongRuns.Count(small: 3, full: 25); cycle++)
        {
            var file = Path.Combine(folder.Path, $"cycle-{cycle}.sta");
            await File.WriteAllTextAsync(file, Mt940(new DateOnly(2026, 1, 1).AddDays(cycle), cycle * 1_000_000_000L));
            var args = new[]
            {
                "statement", "import", "--mode", "test", "--account", "5270990001", "--format", "mt940", file,
            };
            using var import = program.Begin(args);
            while (!import.HasExited && !await Writing()) await Task.Delay(2);
            if (!import.HasExited) inside++;
            import.Kill();
            await import.WaitForExitAsync();
            for (var i = 0; i < 500 && await Writing(); i++) await Task.Delay(20);
            var kept = await Kept();
            Assert.True(kept == expected || kept == expected + Lines, $"{kept} lines after a kill, {expected} before");
            output.WriteLine($"cycle {cycle}: {(kept == expected ? "nothing" : "all")} kept");

            expected += Lines;
            var (code, said) = await program.Verb("", args);
            Assert.True(code == 0, said);
            Assert.Equal(expected, await Kept());
        }
        Assert.True(inside > 0, "no kill fell inside an import");
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
    }

    private static string Mt940(DateOnly day, long opening)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $":20:X\n:25:5270990001\n:28C:1/1\n:60F:C{day:yyMMdd}IDR{opening},\n");
        for (var n = 1; n <= Lines; n++)
            text.Append(CultureInfo.InvariantCulture, $":61:{day:yyMMdd}{day:MMdd}C{n},NTRFNONREF//B{n}\n:86:PAYMENT {n}\n");
        text.Append(CultureInfo.InvariantCulture, $":62F:C{day:yyMMdd}IDR{opening + (Lines * (Lines + 1L) / 2)},\n");
        return text.ToString();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bursar.Core.Statements;
using Bursar.Platform.Data;
using Bursar.Platform.Statements;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;
using Dapper;
using Npgsql;

namespace Bursar.Tests.Statements;

/// <summary>The largest files that are taken: whole or not at all, in bounded memory.</summary>
public sealed class StatementSizeTests(ITestOutputHelper output)
{
    /// <summary>What an import's process may hold at its peak; .NET itself takes some 100 of it.</summary>
    private const int MegabytesMax = 600;
    private const string Account = "5270990001";
    private static readonly int Lines = LongRuns.Count(small: 6_000, full: ImportStatement.LinesMax);
    private static readonly DateOnly First = new(2026, 1, 1);

    [Fact]
    public async Task the_largest_file_of_each_format_is_taken_whole_or_not_at_all_in_bounded_memory()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        await using var database = NpgsqlDataSource.Create(
            await PrivateCluster.EnsureStarted(folder.Path, TextWriter.Null, CancellationToken.None));
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("update bursar.receiving_accounts set csv_format = @format where account = @Account", new
        {
            Account,
            format = Json.Write(new CsvFormat(new CsvMapping
            {
                Date = "Date", DateFormat = "yyyy-MM-dd", DecimalMark = '.', Amount = "Amount", Balance = "Balance", Description = ["Text"],
            })),
        });
        var day = First;
        var kept = 0L;
        (string, Func<DateOnly, int, bool, string>)[] formats = [("csv", Csv), ("mt940", Mt940), ("camt053", Camt)];
        foreach (var (format, write) in formats)
        {
            foreach (var (lines, holds) in new[] { (Lines, false), (ImportStatement.LinesMax + 1, true), (Lines, true) })
            {
                var file = Path.Combine(folder.Path, $"{format}.txt");
                await File.WriteAllTextAsync(file, write(day, lines, holds));
                var watch = Stopwatch.StartNew();
                using var import = program.Begin("statement", "import", "--mode", "test", "--account", Account, "--format", format, file);
                var peak = 0;
                while (!import.HasExited)
                {
                    peak = Math.Max(peak, PeakMegabytes(import.Id));
                    await Task.Delay(20);
                }
                var taken = holds && lines <= ImportStatement.LinesMax;
                Assert.True(import.ExitCode == 0 == taken, program.Output);
                if (taken) kept += lines;
                Assert.Equal(kept, await connection.ExecuteScalarAsync<long>("select count(*) from bursar.statement_lines"));
                Assert.InRange(peak, 1, MegabytesMax);
                output.WriteLine($"{format}, {lines} lines, {new FileInfo(file).Length >> 10} KB: {(taken ? "taken" : "refused")}, "
                    + $"{watch.ElapsedMilliseconds} ms with the start of a process, {peak} MB");
            }
            day = day.AddDays(1);
        }
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
    }

    private static int PeakMegabytes(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line.Split(':', 2)[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Csv(DateOnly day, int lines, bool holds)
    {
        var csv = new StringBuilder("Date,Text,Amount,Balance\n");
        for (var n = 1; n <= lines; n++)
            csv.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},TRSF E-BANKING CR 0101/FTSCY/WS95031 PEMBAYAR NO {n},{n},")
                .Append(CultureInfo.InvariantCulture, $"{Sum(n) + (n == lines && !holds ? 1 : 0)}\n");
        return csv.ToString();
    }

    private static string Mt940(DateOnly day, int lines, bool holds)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $":20:X\n:25:{Account}\n:28C:1/1\n:60F:C{day:yyMMdd}IDR0,\n");
        for (var n = 1; n <= lines; n++)
            text.Append(CultureInfo.InvariantCulture, $":61:{day:yyMMdd}{day:MMdd}C{n},NTRFNONREF//B{n}\n")
                .Append(CultureInfo.InvariantCulture, $":86:TRSF E-BANKING CR 0101/FTSCY PEMBAYAR NO {n}\n");
        return text.Append(CultureInfo.InvariantCulture, $":62F:C{day:yyMMdd}IDR{Sum(lines) + (holds ? 0 : 1)},\n").ToString();
    }

    private static string Camt(DateOnly day, int lines, bool holds)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var made = $"<CreDtTm>{date}T00:00:00</CreDtTm>";
        var xml = new StringBuilder("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>");
        xml.Append($"<GrpHdr><MsgId>M</MsgId>{made}</GrpHdr><Stmt><Id>S</Id>{made}")
            .Append($"<Acct><Id><Othr><Id>{Account}</Id></Othr></Id><Ccy>IDR</Ccy></Acct>")
            .Append(Balance("OPBD", 0, date)).Append(Balance("CLBD", Sum(lines) + (holds ? 0 : 1), date));
        for (var n = 1; n <= lines; n++)
            xml.Append(CultureInfo.InvariantCulture, $"<Ntry><Amt Ccy=\"IDR\">{n}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>")
                .Append(CultureInfo.InvariantCulture, $"<BookgDt><Dt>{date}</Dt></BookgDt><ValDt><Dt>{date}</Dt></ValDt>")
                .Append(CultureInfo.InvariantCulture, $"<AcctSvcrRef>B{n}</AcctSvcrRef><BkTxCd/><NtryDtls><TxDtls>")
                .Append("<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr>")
                .Append(CultureInfo.InvariantCulture, $"<Nm>PEMBAYAR NO {n}</Nm></Dbtr></RltdPties><RmtInf>")
                .Append(CultureInfo.InvariantCulture, $"<Ustrd>TRSF E-BANKING CR 0101/FTSCY NO {n}</Ustrd></RmtInf>")
                .Append("</TxDtls></NtryDtls></Ntry>\n");
        return xml.Append("</Stmt></BkToCstmrStmt></Document>").ToString();
    }

    private static string Balance(string kind, long amount, string date) => string.Create(CultureInfo.InvariantCulture,
        $"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{Money(amount)}<Dt><Dt>{date}</Dt></Dt></Bal>");

    private static string Money(long amount) => string.Create(CultureInfo.InvariantCulture,
        $"<Amt Ccy=\"IDR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>");

    private static long Sum(long n) => n * (n + 1) / 2;
}

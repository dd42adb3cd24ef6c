using System.Diagnostics;
using System.Globalization;

namespace Bursar.Bench;

/// <summary>A way to ask for something: whose keys (a file, one a line), at which address, over how many connections.</summary>
internal sealed record Form(string Name, Product Product, string Path, string Keys, int Connections = 64);

/// <summary>
/// One run of wrk against one or more addresses at once. Rates are answers per second; latencies in microseconds, closed loop (so not
/// corrected for coordinated omission); CPU in microseconds per answer; Foreign is what others took of the machine, in cores.
/// </summary>
internal sealed record Cell(
    string Form, int Connections, double Rate, long P50, long P99, double AppCpu, double DatabaseCpu, double Foreign)
{
    private const double ForeignMax = 0.1;
    private const int SettleSeconds = 1;

    public static async Task<Cell> Measure(Scene scene, Form form, int seconds, params Host[] hosts)
    {
        // What the form before left, dead row versions and dirty pages, is no bill of this one's; its own first second, on cold
        // pages after a checkpoint, is not measured either.
        await scene.Tidy();
        await Load(form, SettleSeconds, hosts);
        for (var attempt = 1; ; attempt++)
        {
            var cell = await Once(scene, form, seconds, hosts);
            // Somebody else's work: measured again, at most three times, then said.
            if (cell.Foreign <= ForeignMax || attempt == 3) return cell;
        }
    }

    private static async Task<Cell> Once(Scene scene, Form form, int seconds, Host[] hosts)
    {
        var before = Cpu.Now(scene, hosts);
        var runs = await Load(form, seconds, hosts);
        var used = Cpu.Now(scene, hosts).Since(before);
        if (runs.Sum(r => r.Refused) is > 0 and var refused)
            throw new InvalidOperationException($"{form.Name}: {refused} answers were no success");
        var answers = runs.Sum(r => r.Answers);
        return new Cell(form.Name, form.Connections, runs.Sum(r => r.Answers / r.Seconds), runs.Max(r => r.P50), runs.Max(r => r.P99),
            used.App * 1e6 / answers, used.Database * 1e6 / answers, used.Foreign / runs.Max(r => r.Seconds));
    }

    private static Task<Answered[]> Load(Form form, int seconds, Host[] hosts) =>
        Task.WhenAll(hosts.Select(h => Wrk(h, form, form.Connections / hosts.Length, seconds)));

    private sealed record Answered(double Answers, double Seconds, long P50, long P99, long Refused);

    private static async Task<Answered> Wrk(Host host, Form form, int connections, int seconds)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Load", "post.lua");
        var body = System.Text.Json.JsonSerializer.Serialize(form.Product.Usual);
        var info = new ProcessStartInfo("wrk",
            ["-t1", $"-c{connections}", $"-d{seconds}s", "--timeout", "20s", "-s", script, new Uri(host.Address, form.Path).ToString(),
                "--", form.Keys, $"{Guid.CreateVersion7():N}-", body])
        { RedirectStandardOutput = true };
        using var wrk = Process.Start(info)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith("result: ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk said: {output}");
        var parts = line.Split(' ')[1..].Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        return new(parts[0], parts[1], (long)parts[2], (long)parts[3], (long)parts[4]);
    }
}

/// <summary>
/// Processor seconds used so far: by the hosts, by PostgreSQL, by this process and its load generators, by the whole machine.
/// </summary>
internal sealed record Cpu(double App, double Database, double Own, double Machine)
{
    private const double TicksPerSecond = 100;

    /// <summary>What neither of us used.</summary>
    public double Foreign => Math.Max(0, Machine - App - Database - Own);

    public static Cpu Now(Scene scene, Host[] hosts) => new(
        hosts.Sum(h => OfProcess(h.Id)),
        OfProcess(scene.Postmaster, reaped: true) + ChildrenOf(scene.Postmaster).Sum(id => OfProcess(id)),
        OfProcess(Environment.ProcessId, reaped: true),
        // user, nice, system, then irq and softirq behind idle and iowait
        File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries) is var f
            ? (Tick(f[1]) + Tick(f[2]) + Tick(f[3]) + Tick(f[6]) + Tick(f[7])) : 0);

    public Cpu Since(Cpu before) => new(App - before.App, Database - before.Database, Own - before.Own, Machine - before.Machine);

    private static double OfProcess(int id, bool reaped = false)
    {
        var fields = Stat(id);
        return fields.Length == 0 ? 0 : Tick(fields[11]) + Tick(fields[12]) + (reaped ? Tick(fields[13]) + Tick(fields[14]) : 0);
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(id) is { Length: > 1 } fields
                && fields[1] == parent.ToString(CultureInfo.InvariantCulture))
                yield return id;
    }

    /// <summary>/proc/ID/stat behind the name in brackets: field 0 is the state. Empty when the process is gone.</summary>
    private static string[] Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException) { return []; }
    }

    private static double Tick(string text) => double.Parse(text, CultureInfo.InvariantCulture) / TicksPerSecond;
}

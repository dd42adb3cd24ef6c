using System.Globalization;
using System.Text.Json;
using Bursar.Platform.Data;

namespace Bursar.Bench;

/// <summary>A ratio of two figures of one run, and the least it must be (or the most, where less is better).</summary>
internal sealed record Ratio(string Goal, string What, double Value, double Must, bool AtMost = false)
{
    public bool Met => AtMost ? Value <= Must : Value >= Must;
}

/// <summary>
/// The performance table: Bursar's posting lane beside the forms it replaces, interleaved in one run on one hot workspace. Only ratios
/// are judged; absolute figures belong to the machine.
/// </summary>
internal static class Performance
{
    private const long Plenty = 900_000_000_000;
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> Run(bool quick, string? only, string? outFile)
    {
        var webhooks = only is null ? await Webhooks(quick) : null;
        var (cells, ratios, proven) = (new List<Cell>(), new List<Ratio>(), true);
        foreach (var product in new[] { Product.Money, Product.Guard }.Where(p => only is null || p.Name == only))
        {
            await using var scene = await Scene.Open();
            var run = new Run(scene, quick);
            await Measure(run, product);
            cells.AddRange(run.Cells);
            ratios.AddRange(product == Product.Guard ? Guard(run) : Money(run));
            proven &= await Prove(scene);
        }
        foreach (var r in ratios)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(r.Met ? "met   " : "MISSED")} {r.Goal,-4} {r.What}: {r.Value:0.00} ({(r.AtMost ? "at most" : "at least")} {r.Must})"));
        if (outFile is not null)
            await File.WriteAllTextAsync(outFile,
                JsonSerializer.Serialize(new { Machine = Machine(), proven, ratios, cells, webhooks }, Indented) + "\n");
        return proven && ratios.All(r => r.Met) ? 0 : 1;
    }

    private static async Task Measure(Run run, Product product)
    {
        var first = await run.Scene.Start();
        await SameAnswers.Hold(run.Scene, first, product);
        var hot = run.Scene.KeysOf([await run.Scene.Workspace(first.Address, product, Plenty, Plenty)]);
        Form At(string name, string path, int connections = 64) => new($"{product.Name}, {name}", product, path, hot, connections);

        var forms = new List<Form> { At("lane", product.Lane), At("no store", product.At("no-store")) };
        forms.AddRange(BenchHost.Pools.Select(n => At($"one trip, {n}", product.At($"one-trip-{n}"))));
        forms.Add(At("lane, alone", product.Lane, 1));
        forms.Add(At("one trip, alone", product.At("one-trip-4"), 1));
        if (product == Product.Guard)
        {
            forms.AddRange(BenchHost.Pools.Select(n => At($"naive, {n}", product.At($"naive-{n}"))));
            Console.WriteLine($"making {run.Workspaces} workspaces");
            var many = run.Scene.KeysOf(await run.Scene.Many(first.Address, product, run.Workspaces, Plenty));
            forms.Insert(1, new Form($"{product.Name}, lane, spread", product, product.Lane, many));
        }
        foreach (var form in forms) await Cell.Measure(run.Scene, form, run.WarmUp, first);
        await run.Rounds([.. forms.Select(f => (f, new[] { first }))]);
        if (product != Product.Money) return;

        var second = await run.Scene.Start();
        foreach (var connections in new[] { 64, 256 })
        {
            var (one, two) = (At($"one process, {connections}", product.Lane, connections),
                At($"two processes, {connections}", product.Lane, connections));
            await Cell.Measure(run.Scene, two, 5, first, second);
            await run.Rounds((one, [first]), (two, [first, second]));
        }
    }

    private static List<Ratio> Money(Run run)
    {
        double Rate(string form) => run.Median($"money, {form}", c => c.Rate);
        return
        [
            .. Common(run, Product.Money, 4, 0.30),
            new("P14", "two processes to one, 64 connections", Rate("two processes, 64") / Rate("one process, 64"), 0.8),
            new("P14", "two processes to one, 256 connections", Rate("two processes, 256") / Rate("one process, 256"), 0.9),
        ];
    }

    private static List<Ratio> Guard(Run run)
    {
        double Rate(string form) => run.Median($"guard, {form}", c => c.Rate);
        var naive = BenchHost.Pools.MaxBy(n => Rate($"naive, {n}"));
        return
        [
            new("P1", $"guard: lane to the best form of many round trips ({naive} connections)", Rate("lane") / Rate($"naive, {naive}"), 8),
            .. Common(run, Product.Guard, 4.5, 0.36),
            new("P6", "guard: one hot workspace to many", Rate("lane") / Rate("lane, spread"), 1),
        ];
    }

    private static List<Ratio> Common(Run run, Product product, double oneTrip, double noStore)
    {
        double Of(string form, Func<Cell, double> figure) => run.Median($"{product.Name}, {form}", figure);
        var best = BenchHost.Pools.MaxBy(n => Of($"one trip, {n}", c => c.Rate));
        return
        [
            new("P2", $"{product.Name}: lane to the best one-round-trip form ({best} connections)",
                Of("lane", c => c.Rate) / Of($"one trip, {best}", c => c.Rate), oneTrip),
            new("P3", $"{product.Name}: lane to the same door without a store",
                Of("lane", c => c.Rate) / Of("no store", c => c.Rate), noStore),
            new("P7", $"{product.Name}: p99 of the lane to p99 of the best one-round-trip form",
                Of("lane", c => c.P99) / Of($"one trip, {best}", c => c.P99), 0.25, AtMost: true),
            new("P7", $"{product.Name}: p99 of the lane to its p50", Of("lane", c => c.P99) / Of("lane", c => c.P50), 2.5, AtMost: true),
            new("P8", $"{product.Name}: p50 of a lone client, lane to one round trip",
                Of("lane, alone", c => c.P50) / Of("one trip, alone", c => c.P50), 1.4, AtMost: true),
        ];
    }

    private static async Task<bool> Prove(Scene scene)
    {
        Console.WriteLine("proving the books");
        var report = new StringWriter();
        var proven = await new Verify(scene.Database).Run(report);
        if (!proven) Console.WriteLine(report);
        return proven;
    }

    /// <summary>
    /// From commit to delivery, with every worker on. Milliseconds belong to the machine, so they are shown and not judged.
    /// </summary>
    private static async Task<WebhookLatencies> Webhooks(bool quick)
    {
        await using var scene = await Scene.Open();
        var host = await scene.Start(workers: true);
        // The first run is cold code and a first connection.
        var first = await scene.Workspace(host.Address, Product.Money, Plenty, Plenty);
        await WebhookLatency.Measure(host.Address, first.Key, 200, TimeSpan.FromSeconds(5));
        var client = await scene.Workspace(host.Address, Product.Money, Plenty, Plenty);
        var measured = await WebhookLatency.Measure(host.Address, client.Key, 200, TimeSpan.FromSeconds(quick ? 5 : 20));
        Console.WriteLine($"webhooks, commit to delivery at 200 events/s: {measured}");
        return measured;
    }

    private static object Machine() => new
    {
        processors = Environment.ProcessorCount,
        model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim(),
        dotnet = Environment.Version.ToString(),
        at = DateTimeOffset.UtcNow,
    };
}

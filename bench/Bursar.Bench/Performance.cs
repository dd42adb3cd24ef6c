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
/// The performance table: Bursar's posting lane beside one transaction per request in its best form, interleaved in one run on one hot
/// workspace. Only ratios are judged; absolute figures belong to the machine.
/// </summary>
internal static class Performance
{
    private const long Plenty = 900_000_000_000;
    private const string Product = "/v1/transfers";
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> Run(bool quick, string? outFile)
    {
        var (seconds, rounds) = quick ? (2, 2) : (5, 4);
        var webhooks = await Webhooks(quick);
        await using var scene = await Scene.Open();
        var first = await scene.Start();
        await SameAnswers.Hold(scene, first);
        var client = await scene.Workspace(first.Address, Plenty, Plenty);

        var forms = new List<(string Form, string Path, int Connections)>
        {
            ("lane", Product, 64), ("no store", "/bench/nostore/transfers", 64),
        };
        forms.AddRange(BenchHost.Pools.Select(n => ($"one trip, {n}", $"/bench/{n}/transfers", 64)));
        forms.Add(("lane, alone", Product, 1));
        forms.Add(("one trip, alone", "/bench/4/transfers", 1));
        var cells = new List<Cell>();
        foreach (var (form, path, connections) in forms) await Cell.Measure(form, path, connections, quick ? 3 : 8, client, scene, first);
        for (var round = 0; round < rounds; round++)
            foreach (var (form, path, connections) in forms)
                cells.Add(Said(await Cell.Measure(form, path, connections, seconds, client, scene, first)));

        var second = await scene.Start();
        foreach (var connections in new[] { 64, 256 })
        {
            await Cell.Measure("warm-up", Product, connections, 5, client, scene, first, second);
            for (var round = 0; round < rounds; round++)
            {
                cells.Add(Said(await Cell.Measure($"one process, {connections}", Product, connections, seconds, client, scene, first)));
                cells.Add(Said(await Cell.Measure($"two processes, {connections}", Product, connections, seconds,
                    client, scene, first, second)));
            }
        }

        Console.WriteLine("proving the books");
        var report = new StringWriter();
        var proven = await new Verify(scene.Database).Run(report);
        if (!proven) Console.WriteLine(report);
        var ratios = Judge(cells);
        foreach (var r in ratios)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(r.Met ? "met   " : "MISSED")} {r.Goal,-4} {r.What}: {r.Value:0.00} ({(r.AtMost ? "at most" : "at least")} {r.Must})"));
        if (outFile is not null)
            await File.WriteAllTextAsync(outFile,
                JsonSerializer.Serialize(new { Machine = Machine(), proven, ratios, cells, webhooks }, Indented) + "\n");
        return proven && ratios.All(r => r.Met) ? 0 : 1;
    }

    /// <summary>
    /// From commit to delivery, with every worker on. Milliseconds belong to the machine, so they are shown and not judged.
    /// </summary>
    private static async Task<WebhookLatencies> Webhooks(bool quick)
    {
        await using var scene = await Scene.Open();
        var host = await scene.Start(workers: true);
        // The first run is cold code and a first connection.
        await WebhookLatency.Measure(host.Address, (await scene.Workspace(host.Address, Plenty, Plenty)).Key, 200, TimeSpan.FromSeconds(5));
        var client = await scene.Workspace(host.Address, Plenty, Plenty);
        var measured = await WebhookLatency.Measure(host.Address, client.Key, 200, TimeSpan.FromSeconds(quick ? 5 : 20));
        Console.WriteLine($"webhooks, commit to delivery at 200 events/s: {measured}");
        return measured;
    }

    private static List<Ratio> Judge(List<Cell> cells)
    {
        double Rate(string form) => Median(cells, form, c => c.Rate);
        double P99(string form) => Median(cells, form, c => c.P99);
        var best = BenchHost.Pools.Select(n => $"one trip, {n}").MaxBy(Rate)!;
        return
        [
            new("P2", $"lane to the best one-round-trip form ({best} connections)", Rate("lane") / Rate(best), 4),
            new("P3", "lane to the same door without a store", Rate("lane") / Rate("no store"), 0.30),
            new("P7", "p99 of the lane to p99 of the best one-round-trip form", P99("lane") / P99(best), 0.25, AtMost: true),
            new("P8", "p50 of a lone client, lane to one round trip",
                Median(cells, "lane, alone", c => c.P50) / Median(cells, "one trip, alone", c => c.P50), 1.4, AtMost: true),
            new("P14", "two processes to one, 64 connections", Rate("two processes, 64") / Rate("one process, 64"), 0.8),
            new("P14", "two processes to one, 256 connections", Rate("two processes, 256") / Rate("one process, 256"), 0.9),
        ];
    }

    private static double Median(List<Cell> cells, string form, Func<Cell, double> figure)
    {
        var sorted = cells.Where(c => c.Form == form).Select(figure).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static Cell Said(Cell c)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{c.Form,-20} {c.Rate,7:0}/s  p50 {c.P50 / 1000.0,6:0.0} ms  p99 {c.P99 / 1000.0,6:0.0} ms  "
            + $"CPU {c.AppCpu,4:0} + {c.DatabaseCpu,4:0} us  others {c.Foreign:0.00}"));
        return c;
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

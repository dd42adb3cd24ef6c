using System.Globalization;

namespace Bursar.Bench;

/// <summary>The cells of one scene, measured in turn, round after round, so that a slow moment meets all forms alike.</summary>
internal sealed class Run(Scene scene, bool quick)
{
    private readonly int seconds = quick ? 2 : 5;
    private readonly int rounds = quick ? 2 : 4;
    private readonly List<Cell> cells = [];

    public Scene Scene => scene;
    public IReadOnlyList<Cell> Cells => cells;
    public int WarmUp => quick ? 3 : 8;

    /// <summary>Over how many the spread load goes.</summary>
    public int Workspaces => quick ? 300 : 2000;

    public async Task Rounds(params IReadOnlyList<(Form Form, Host[] Hosts)> forms)
    {
        for (var round = 0; round < rounds; round++)
            foreach (var (form, hosts) in forms)
                cells.Add(Said(await Cell.Measure(scene, form, seconds, hosts)));
    }

    public double Median(string form, Func<Cell, double> figure)
    {
        var sorted = cells.Where(c => c.Form == form).Select(figure).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static Cell Said(Cell c)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{c.Form,-26} {c.Rate,7:0}/s  p50 {c.P50 / 1000.0,6:0.0} ms  p99 {c.P99 / 1000.0,6:0.0} ms  "
            + $"CPU {c.AppCpu,4:0} + {c.DatabaseCpu,4:0} us  others {c.Foreign:0.00}"));
        return c;
    }
}

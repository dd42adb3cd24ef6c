using System.Globalization;
using Bursar.Bench;

return args switch
{
    ["host", var port, var folder, var connection] => await Child(int.Parse(port, CultureInfo.InvariantCulture), folder, connection),
    _ => await Performance.Run(quick: args.Contains("--quick"), Array.IndexOf(args, "--out") is >= 0 and var at ? args.ElementAtOrDefault(at + 1) : null),
};

static async Task<int> Child(int port, string folder, string connection)
{
    await BenchHost.Run(port, folder, connection);
    return 0;
}

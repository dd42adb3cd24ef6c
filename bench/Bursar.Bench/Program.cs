using System.Globalization;
using Bursar.Bench;

return args switch
{
    ["host", var port, var folder, var connection, .. var more] =>
        await Child(int.Parse(port, CultureInfo.InvariantCulture), folder, connection, more is ["workers"]),
    _ => await Performance.Run(quick: args.Contains("--quick"), Value("--only"), Value("--out")),
};

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var at ? args.ElementAtOrDefault(at + 1) : null;

static async Task<int> Child(int port, string folder, string connection, bool workers)
{
    await BenchHost.Run(port, folder, connection, workers);
    return 0;
}

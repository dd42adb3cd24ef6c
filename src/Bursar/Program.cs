using Bursar;
using Bursar.Platform.Data;

try
{
    return await Verbs.Root().Parse(args)
        .InvokeAsync(new System.CommandLine.InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
}
catch (ClusterUnavailable e)
{
    await Console.Error.WriteLineAsync($"bursar: {e.Message}");
    return 1;
}

using Bursar;
using Bursar.Platform.Data;

try
{
    return await Verbs.Root().Parse(args).InvokeAsync();
}
catch (ClusterUnavailable e)
{
    await Console.Error.WriteLineAsync($"bursar: {e.Message}");
    return 1;
}

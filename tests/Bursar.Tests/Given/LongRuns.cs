namespace Bursar.Tests.Given;

/// <summary>How often a test that tries many times tries: a few times on every build, as often as a release asks with BURSAR_LONG_RUNS=1.</summary>
public static class LongRuns
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("BURSAR_LONG_RUNS") == "1";

    public static int Count(int small, int full) => Long ? full : small;
}

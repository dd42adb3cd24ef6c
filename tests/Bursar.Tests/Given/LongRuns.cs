namespace Bursar.Tests.Given;

/// <summary>How often a test tries that tries many times: a few on every build, what a release asks for with BURSAR_LONG_RUNS=1.</summary>
public static class LongRuns
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("BURSAR_LONG_RUNS") == "1";

    public static int Count(int small, int full) => Long ? full : small;
}

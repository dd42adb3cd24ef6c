namespace Bursar.Core.Policies;

/// <summary>Placeholder signature; lands with the engine.</summary>
public static class UsageRules
{
    /// <summary>A policy's first usage row: the periods of <paramref name="zone"/> that contain <paramref name="at"/>, all counts zero.</summary>
    public static Usage Start(PolicyId policy, DateTimeOffset at, TimeZoneInfo zone) => throw new NotImplementedException();

    /// <summary>The usage as it stands at <paramref name="at"/>: each period that ended is followed by the one that contains the moment.</summary>
    public static Usage RollOver(Usage usage, DateTimeOffset at, TimeZoneInfo zone) => throw new NotImplementedException();

    /// <summary>Holds budget (ALLOW and REQUIRE_APPROVAL alike) and counts one transaction of the minute and the hour.</summary>
    public static (Usage Usage, UsageHold Hold) Hold(Usage usage, long amount) => throw new NotImplementedException();

    /// <summary>The held amount is used for good: moves from held to used, in the periods that are still the hold's.</summary>
    public static Usage Use(Usage usage, UsageHold hold) => throw new NotImplementedException();

    /// <summary>The held amount is free again, in the periods that are still the hold's. Counts are never given back.</summary>
    public static Usage Release(Usage usage, UsageHold hold) => throw new NotImplementedException();
}

using System.Globalization;
using Bursar.Core.Access;
using Bursar.Platform.Books;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>How old a signing key may grow; BURSAR_SAT_KEY_DAYS gives another age than 90 days.</summary>
public sealed record SatKeyAge(TimeSpan Max)
{
    public static SatKeyAge Read()
    {
        var text = Environment.GetEnvironmentVariable("BURSAR_SAT_KEY_DAYS") is { Length: > 0 } given ? given : "90";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 3650
            ? new SatKeyAge(TimeSpan.FromDays(days))
            : throw new InvalidOperationException("BURSAR_SAT_KEY_DAYS must be a number of days from 1 to 3650");
    }
}

/// <summary>Gives each mode its first key and, when that has grown old, the next one.</summary>
public sealed class RotateSatKeys(SatKeyChanges changes, SatKeyAge age, TimeProvider time)
    : PeriodicPass("rotating SAT keys", TimeSpan.FromMinutes(1), time)
{
    protected override async Task Pass(CancellationToken ct)
    {
        foreach (var mode in new[] { Mode.Test, Mode.Live })
        {
            await changes.Ensure(mode);
            await changes.Rotate(mode, age.Max);
        }
    }
}

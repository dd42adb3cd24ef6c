using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>What whoever sits at the installation's machine may do with the signing keys.</summary>
public sealed class SatKeyVerb(SatKeyChanges changes, TimeProvider time)
{
    public sealed record Shown(
        string Kid, SatKeyState State, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset? SignsUntil,
            DateTimeOffset? PublishedUntil);

    /// <summary>How the keys of a mode stand afterwards, the newest first.</summary>
    public async Task<Result<object>> Run(string act, Mode mode, string? kid)
    {
        if (act == "revoke") return (await changes.Revoke(mode, kid ?? "")).Map(Show);
        return Show(act == "rotate" ? await changes.Rotate(mode) : await changes.Ensure(mode));
    }

    private object Show(IReadOnlyList<SatKeyRow> keys)
    {
        var now = time.GetUtcNow();
        return keys.Select(k => new Shown(k.Kid, k.StateAt(now), k.CreatedAt, k.SignsFrom, k.SignsUntil, k.PublishedUntil)).ToList();
    }
}

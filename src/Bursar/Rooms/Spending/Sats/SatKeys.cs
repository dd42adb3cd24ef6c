using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// The installation's signing keys as every process sees them: remembered for two seconds, so a key that was revoked is refused everywhere
/// within them.
/// </summary>
public sealed class SatKeys(Database database, Sealer sealer, SatKeyChanges changes, TimeProvider time) : IDisposable
{
    private const int KeysMax = 100;
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim reading = new(1);
    private Snapshot known = new([], 0, IsRead: false);

    /// <summary>The key that signs now; a mode gets its first one here.</summary>
    public async ValueTask<SatKey> Signing(Mode mode)
    {
        if ((await Known()).Active(mode, time.NowMicros()) is { } key) return key;
        await changes.Ensure(mode);
        return (await Read()).Active(mode, time.NowMicros())!;
    }

    /// <summary>The key of a kid, revoked ones too; one that this process does not know is looked for in the database.</summary>
    public async ValueTask<SatKey?> Find(string kid) => (await Known()).Find(kid) ?? (await Read()).Find(kid);

    /// <summary>What /.well-known/jwks.json shows: test before live, the newest first.</summary>
    public async Task<IReadOnlyList<PublishedKey>> Published()
    {
        foreach (var mode in new[] { Mode.Test, Mode.Live }) await Signing(mode);
        var now = time.NowMicros();
        return [.. (await Known()).Keys.OrderBy(k => k.Mode).ThenByDescending(k => k.Row.CreatedAt)
            .Select(k => new PublishedKey(Jwk.Of(k, now), k.Row.SignsFrom))
            .Where(k => k.Jwk.State is SatKeyState.Upcoming or SatKeyState.Active or SatKeyState.Retired)];
    }

    private ValueTask<Snapshot> Known()
    {
        var now = Volatile.Read(ref known);
        return now.IsRead && time.GetElapsedTime(now.ReadAt) < FreshFor ? new(now) : new(Read());
    }

    /// <summary>Reads anew; whoever comes while somebody reads gets what they read.</summary>
    private async Task<Snapshot> Read()
    {
        var asked = time.GetTimestamp();
        await reading.WaitAsync();
        try
        {
            if (known.IsRead && known.ReadAt >= asked) return known;
            var at = time.GetTimestamp();
            await using var connection = await database.Engine.OpenConnectionAsync();
            // What is over is kept for a day, to say of a token's key that it was revoked rather than never known.
            var rows = await connection.QueryAsync<SatKeyRow>($"""
                select {SatKeyChanges.Columns} from sat_keys where published_until is null or published_until > @after
                order by created_at desc limit @KeysMax
                """, new { after = time.NowMicros() - TimeSpan.FromDays(1), KeysMax });
            var before = known.Keys.ToDictionary(k => k.Kid, k => k.Key);
            known = new Snapshot([.. rows.Select(row => new SatKey(row, before.GetValueOrDefault(row.Kid) ?? Open(row)))], at,
                IsRead: true);
            return known;
        }
        finally
        {
            reading.Release();
        }
    }

    private Es256Key Open(SatKeyRow row) => Es256Key.OfPrivate(Convert.FromBase64String(sealer.Unseal(row.PrivateKey)));

    public void Dispose()
    {
        reading.Dispose();
        foreach (var key in known.Keys) key.Key.Dispose();
    }

    private sealed record Snapshot(IReadOnlyList<SatKey> Keys, long ReadAt, bool IsRead)
    {
        public SatKey? Find(string kid) => Keys.FirstOrDefault(k => k.Kid == kid);

        public SatKey? Active(Mode mode, DateTimeOffset now) =>
            Keys.FirstOrDefault(k => k.Mode == mode && k.Row.StateAt(now) == SatKeyState.Active);
    }
}

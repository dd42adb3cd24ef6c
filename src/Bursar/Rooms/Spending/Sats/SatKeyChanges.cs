using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>
/// Makes, rotates and revokes signing keys, and tells how they stand afterwards, the newest first. A new key is published before it
/// signs and the old one stays published after its last token has died, so that whoever verifies never meets an
/// unknown one. One change at a time over all processes.
/// </summary>
public sealed class SatKeyChanges(Database database, Sealer sealer, TimeProvider time)
{
    /// <summary>Published for five minutes before use (QUALITY SA6), and for a minute of caches on the way.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMinutes(6);

    /// <summary>Published after its last signature: the longest life, what clocks may differ, and ten minutes (QUALITY SA6).</summary>
    public static readonly TimeSpan Overlap =
        TimeSpan.FromSeconds(SatClaims.LifeSecondsMax + SatClaims.SkewSeconds) + TimeSpan.FromMinutes(10);

    private const long LockKey = 0x42757273_6172_0002;

    public const string Columns = "mode, kid, private_key, created_at, signs_from, signs_until, published_until, revoked_at";

    /// <summary>The first key of a mode, or another where none signs any more: it signs at once.</summary>
    public Task<IReadOnlyList<SatKeyRow>> Ensure(Mode mode) => Change(mode, async (connection, keys, now) =>
    {
        if (!keys.Any(k => k.StateAt(now) == SatKeyState.Active)) await Insert(connection, mode, now, now);
    });

    /// <summary>
    /// Makes the next key, unless one is on its way or <paramref name="notBefore"/> of the present one's age has not passed.
    /// </summary>
    public Task<IReadOnlyList<SatKeyRow>> Rotate(Mode mode, TimeSpan notBefore = default) => Change(mode, async (connection, keys, now) =>
    {
        if (keys.Any(k => k.StateAt(now) == SatKeyState.Upcoming || (k.SignsUntil is null && k.CreatedAt + notBefore > now))) return;
        var from = keys.Any(k => k.StateAt(now) == SatKeyState.Active) ? now + Lead : now;
        await connection.ExecuteAsync(
            """
            update sat_keys set signs_until = @from, published_until = @until
            where mode = @mode and signs_until is null and revoked_at is null
            """, new { mode = (short)mode, from, until = from + Overlap });
        await Insert(connection, mode, now, from);
    });

    /// <summary>A key that leaked: nothing it signed is taken any more, and another signs from this moment on.</summary>
    public async Task<Result<IReadOnlyList<SatKeyRow>>> Revoke(Mode mode, string kid)
    {
        var found = false;
        var after = await Change(mode, async (connection, keys, now) =>
        {
            if (keys.FirstOrDefault(k => k.Kid == kid) is not { RevokedAt: null }) return;
            found = true;
            await connection.ExecuteAsync("""
                update sat_keys set revoked_at = @now, published_until = @now, signs_until = least(signs_until, @now)
                    where mode = @mode and kid = @kid
                """, new { mode = (short)mode, kid, now });
            var left = keys.Where(k => k.Kid != kid).ToList();
            if (left.Any(k => k.StateAt(now) == SatKeyState.Active)) return;
            if (left.Find(k => k.StateAt(now) == SatKeyState.Upcoming) is { } next)
                await connection.ExecuteAsync("update sat_keys set signs_from = @now where mode = @mode and kid = @kid",
                    new { mode = (short)mode, kid = next.Kid, now });
            else await Insert(connection, mode, now, now);
        });
        return found ? after.ToList() : new Error(Errors.NotFound, "No key of this mode has this kid, or it is revoked already.");
    }

    private async Task<IReadOnlyList<SatKeyRow>> Change(
        Mode mode, Func<NpgsqlConnection, IReadOnlyList<SatKeyRow>, DateTimeOffset, Task> change)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey });
        await change(connection, await Rows(connection, mode), time.NowMicros());
        var after = await Rows(connection, mode);
        await transaction.CommitAsync();
        return after;
    }

    private static async Task<IReadOnlyList<SatKeyRow>> Rows(NpgsqlConnection connection, Mode mode) =>
        (await connection.QueryAsync<SatKeyRow>(
        $"select {Columns} from sat_keys where mode = @mode order by created_at desc limit 100", new { mode = (short)mode })).AsList();

    private async Task Insert(NpgsqlConnection connection, Mode mode, DateTimeOffset now, DateTimeOffset from)
    {
        using var made = Es256Key.New();
        await connection.ExecuteAsync(
            "insert into sat_keys (mode, kid, private_key, created_at, signs_from) values (@mode, @kid, @privateKey, @now, @from)",
            new { mode = (short)mode, kid = made.Thumbprint, privateKey = sealer.Seal(Convert.ToBase64String(made.ExportPrivate())),
                now, from });
    }
}

using System.Collections.Concurrent;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>What a key's hash leads to.</summary>
public sealed record KeyIdentity(BookKey Book, Guid Id, Guid Principal, Guid Person, string Name, Permission Permissions);

/// <summary>
/// Finds the key behind a hash, before any workspace is known. Read by primary key on each request; the money door may use the cached
/// copy (positive only, bounded), because posting asks the locked book again.
/// </summary>
public sealed class KeyDirectory(Database database, TimeProvider time)
{
    private const int CachedMax = 10_000;
    private readonly ConcurrentDictionary<string, KeyIdentity> cache = new();

    public async Task<KeyIdentity?> Find(byte[] hash, bool cached)
    {
        var name = Convert.ToHexString(hash);
        if (cached && cache.TryGetValue(name, out var known)) return known;
        var found = await Read(hash);
        if (found is null)
        {
            cache.TryRemove(name, out _);
            return null;
        }
        if (cache.Count >= CachedMax) cache.Clear();
        return cache[name] = found;
    }

    private async Task<KeyIdentity?> Read(byte[] hash)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<Row>("""
            select k.workspace_id, k.mode, k.key_id, k.principal, m.person_id, k.name, k.scope, k.can_write_policies, m.role
            from key_directory d
            join api_keys k on k.workspace_id = d.workspace_id and k.mode = d.mode and k.key_id = d.key_id
            join members m on m.workspace_id = k.workspace_id and m.member_id = k.made_by
            where d.hash = @hash and k.state = 'active' and (k.expires_at is null or k.expires_at > @now)
            """, new { hash, now });
        if (row is null) return null;
        // Last use is told to the minute, so that a busy key does not write a row per request.
        await connection.ExecuteAsync("""
            update api_keys set last_used_at = @now
            where workspace_id = @WorkspaceId and mode = @Mode and key_id = @KeyId and (last_used_at is null or last_used_at < @now - interval '1 minute')
            """, new { row.WorkspaceId, row.Mode, row.KeyId, now });
        return new KeyIdentity(new BookKey(new(row.WorkspaceId), (Mode)row.Mode), row.KeyId, row.Principal, row.PersonId, row.Name,
            KeyScopes.Allows(Json.Parse<KeyScope>(row.Scope), Roles.Allows(Json.Parse<Role>(row.Role)), row.CanWritePolicies));
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public Guid KeyId { get; init; }
        public Guid Principal { get; init; }
        public Guid PersonId { get; init; }
        public required string Name { get; init; }
        public required string Scope { get; init; }
        public bool CanWritePolicies { get; init; }
        public required string Role { get; init; }
    }
}

using System.Collections.Concurrent;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>What a key's hash leads to, and from where it may come: the rules of its mode and its own.</summary>
public sealed record KeyIdentity(
    BookKey Book, Guid Id, Guid Principal, Guid Person, string Name, Permission Permissions, IpRules ModeRules, IpRules OwnRules,
    DateTimeOffset ReadAt)
{
    public bool MayComeFrom(string peer) => ModeRules.Allow(peer) && OwnRules.Allow(peer);
}

/// <summary>
/// Finds the key behind a hash, before any workspace is known. Read by primary key on each request; the money door may use the cached
/// copy (positive only, bounded, for half a minute), because posting asks the locked book again.
/// </summary>
public sealed class KeyDirectory(Database database, TimeProvider time)
{
    private const int CachedMax = 10_000;
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, KeyIdentity> cache = new();

    /// <summary>The active key of this hash, or null. A cached copy that would refuse the peer is read again.</summary>
    public async Task<KeyIdentity?> Find(byte[] hash, string peer, bool cached)
    {
        var name = Convert.ToHexString(hash);
        if (cached && cache.TryGetValue(name, out var known) && time.GetUtcNow() - known.ReadAt < CachedFor && known.MayComeFrom(peer))
            return known;
        var found = await Read(hash);
        if (found is null)
        {
            cache.TryRemove(name, out _);
            return null;
        }
        if (cache.Count >= CachedMax) cache.Clear();
        return cache[name] = found;
    }

    public static Error WrongAddress(string peer) =>
        new Error(Errors.IpNotAllowed,
            $"This key may not be used from {(peer.Length == 0 ? "here" : peer)}. The IP rules of the mode or of the key leave it out.")
            .With("address", peer);

    private async Task<KeyIdentity?> Read(byte[] hash)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<Row>("""
            select k.workspace_id, k.mode, k.key_id, k.principal, m.person_id, k.name, k.scope, k.can_write_policies, m.role, k.ip_rules,
                array(select r.range from ip_rules r where r.workspace_id = k.workspace_id and r.mode = k.mode) as mode_rules
            from key_directory d
            join api_keys k on k.workspace_id = d.workspace_id and k.mode = d.mode and k.key_id = d.key_id
            join members m on m.workspace_id = k.workspace_id and m.member_id = k.made_by
            where d.hash = @hash and k.state = 'active' and (k.expires_at is null or k.expires_at > @now)
            """, new { hash, now });
        return row is null ? null : new KeyIdentity(new BookKey(new(row.WorkspaceId), (Mode)row.Mode), row.KeyId, row.Principal,
            row.PersonId, row.Name,
            KeyScopes.Allows(Json.Parse<KeyScope>(row.Scope), Roles.Allows(Json.Parse<Role>(row.Role)), row.CanWritePolicies),
            IpRules.Of(row.ModeRules), IpRules.Of(row.IpRules), now);
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
        public required string[] IpRules { get; init; }
        public required string[] ModeRules { get; init; }
    }
}

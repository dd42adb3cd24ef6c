using System.Collections.Frozen;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Access;

public sealed record MemberFact(Guid Id, Guid Person, Role Role, bool Active, string Name);

public sealed record KeyFact(
    Guid Id, Guid Principal, KeyScope Scope, bool CanWritePolicies, Guid MadeBy, bool Active, DateTimeOffset? ExpiresAt, IpRules IpRules,
    IReadOnlyList<string> AgentIds);

/// <summary>The switches of a workspace that decisions depend on.</summary>
public sealed record WorkspaceFact(string Name, TimeZoneInfo Zone, bool LiveActive, bool SeparationOfDuties, bool ApiTransfersNeedApproval,
    bool ApiTwinsNeedApproval);

/// <summary>Who may act in a book, and the workspace's switches, at its control version.</summary>
public sealed record PrincipalFacts(
    WorkspaceFact Workspace, FrozenDictionary<Guid, MemberFact> Members, FrozenDictionary<Guid, KeyFact> Keys, IpRules IpRules)
{
    /// <summary>The rights of a key now: never above those of its maker's role (PRODUCT D1).</summary>
    public Permission Allows(KeyFact key) =>
        Members.TryGetValue(key.MadeBy, out var maker)
            ? KeyScopes.Allows(key.Scope, Roles.Allows(maker.Role), key.CanWritePolicies)
            : Permission.None;
}

public sealed class Principals : Fact<PrincipalFacts>
{
    public static readonly Principals Instance = new();

    protected override IReadOnlyList<string> Statements =>
    [
        """
        select name, zone, live_active, separation_of_duties, api_transfers_need_approval, api_twins_need_approval
        from workspaces where workspace_id = $1 and $2::smallint is not null
        """,
        """
        select m.member_id, m.person_id, m.role, m.state, p.name from members m join persons p on p.person_id = m.person_id
        where m.workspace_id = $1 and $2::smallint is not null
        """,
        """
        select key_id, principal, scope, can_write_policies, made_by, state, expires_at, ip_rules, agent_ids
        from api_keys
        where workspace_id = $1 and mode = $2 and state = 'active'
        """,
        "select range from ip_rules where workspace_id = $1 and mode = $2",
    ];

    protected override async Task<PrincipalFacts> Read(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        var zone = Core.Time.Zones.Find(reader.GetString(1));
        var workspace = new WorkspaceFact(reader.GetString(0), zone.Ok ? zone.Value : TimeZoneInfo.Utc, reader.GetBoolean(2),
            reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5));
        await reader.NextResultAsync(ct);
        var members = new List<MemberFact>();
        while (await reader.ReadAsync(ct))
            members.Add(new MemberFact(reader.GetGuid(0), reader.GetGuid(1), Json.Parse<Role>(reader.GetString(2)),
                reader.GetString(3) == "active", reader.GetString(4)));
        await reader.NextResultAsync(ct);
        var keys = new List<KeyFact>();
        while (await reader.ReadAsync(ct))
            keys.Add(new KeyFact(reader.GetGuid(0), reader.GetGuid(1), Json.Parse<KeyScope>(reader.GetString(2)), reader.GetBoolean(3),
                reader.GetGuid(4), reader.GetString(5) == "active", reader.TimeOrNull(6), IpRules.Of(reader.GetFieldValue<string[]>(7)),
                reader.GetFieldValue<string[]>(8)));
        await reader.NextResultAsync(ct);
        var ranges = new List<string>();
        while (await reader.ReadAsync(ct)) ranges.Add(reader.GetString(0));
        return new PrincipalFacts(workspace, members.ToFrozenDictionary(m => m.Id), keys.ToFrozenDictionary(k => k.Id), IpRules.Of(ranges));
    }

    /// <summary>Is the actor still who it was when it asked, and allowed this now? Read from the locked book (ARCHITECTURE §4).</summary>
    public static Error? Admit(OpenBook book, Permission needs)
    {
        var actor = book.Actor;
        if (actor.Kind == PrincipalKind.System) return null;
        var facts = Instance.Of(book);
        Permission held;
        if (actor.Kind == PrincipalKind.Member)
        {
            if (!facts.Members.TryGetValue(actor.Principal, out var member) || !member.Active)
                return new Error(Errors.AuthenticationRequired, "You are no longer a member of this workspace.");
            held = Roles.Allows(member.Role);
        }
        else
        {
            if (!facts.Keys.TryGetValue(actor.Credential, out var key) || key.ExpiresAt <= book.At)
                return new Error(Errors.ApiKeyInvalid, "The API key is unknown, revoked, expired or belongs to the other mode.");
            if (!facts.IpRules.Allow(actor.Peer) || !key.IpRules.Allow(actor.Peer)) return KeyDirectory.WrongAddress(actor.Peer);
            held = facts.Allows(key);
        }
        var missing = Permissions.Missing(held, needs);
        return missing == Permission.None ? null : Errors.Denied(missing);
    }
}

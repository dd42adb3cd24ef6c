using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Access;

/// <summary>
/// A key as lists show it. <see cref="Key"/> is its text: once for a live key, always for a test key that still works, which Admin and
/// Developer may copy again (PRODUCT D1). <see cref="CallbackSecret"/> signs what Bursar calls back for this key; shown once.
/// </summary>
public sealed record ApiKeyResource(
    ApiKeyId Id, string Name, KeyScope Scope, bool CanWritePolicies, IReadOnlyList<string> AgentIds, IReadOnlyList<string> IpRules,
    string Prefix, string Last4,
    string State, MemberId MadeBy, bool MakerRemoved, ApiKeyId? ReplacedBy, string? Key, string? CallbackSecret, DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt, string? LastUsedFrom);

public sealed record NewApiKey(
    string Name, KeyScope Scope, bool CanWritePolicies = false, DateTimeOffset? ExpiresAt = null, IReadOnlyList<string>? AgentIds = null,
    IReadOnlyList<string>? IpRules = null);

public sealed record ApiKeyChange(string? Name = null, IReadOnlyList<string>? IpRules = null);

/// <summary>The old key ends after <see cref="OverlapHours"/> (0 to 24), at once by default.</summary>
public sealed record ApiKeyReplacement
{
    public int OverlapHours { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>
/// The keys of a book: make, bind, replace, revoke. Only members make keys; a key that could make keys could outlive its revocation.
/// </summary>
public sealed class ApiKeys(
    Database database, ControlChanges changes, Sealer sealer, Sessions sessions, AuditTrail audit, TimeProvider time)
{
    private const int ActiveMax = 100;
    private const int AgentsMax = 50;
    private const int OverlapMaxHours = 24;

    public async Task<Result<ApiKeyResource>> Create(Actor actor, NewApiKey request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (PlainText.Problem(request.Name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        if (AgentProblem(request) is { } agents) return Errors.Field("/agentIds", "invalid", agents);
        var rules = IpRules.ParseAll(request.IpRules, "/ipRules");
        if (!rules.Ok) return rules.Error;
        var act = actor.Book.Mode == Mode.Test ? "generate a test key" : "generate a live key";
        if (await Unproved(actor, act) is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (actor.Kind == PrincipalKind.ApiKey) return MembersOnly();
            if (request.CanWritePolicies && !actor.May(Permission.WritePolicies)) return Errors.Denied(Permission.WritePolicies);
            if (request.ExpiresAt <= scope.At) return Errors.Field("/expiresAt", "past", "This moment has passed.");
            var active = await scope.Scalar<long>(CountActive);
            if (Plan.Full(scope.Book, p => p.KeysMax, active, "API keys") is { } full) return full;
            if (active >= ActiveMax)
                return new Error(Errors.StateConflict, $"A book has up to {ActiveMax} active keys. Revoke one first.");
            var made = await Insert(scope, request with { IpRules = rules.Value }, null);
            scope.Book.Publish("key.created", made.Id.Value, 1, Public(made));
            return (Result<ApiKeyResource>)made;
        });
    }

    /// <summary>Another name or other addresses; the key itself stays.</summary>
    public async Task<Result<ApiKeyResource>> Change(Actor actor, ApiKeyId id, ApiKeyChange request)
    {
        if (request.Name is not null && PlainText.Problem(request.Name, 1, 80) is { } problem)
            return Errors.Field("/name", "invalid", problem);
        var rules = IpRules.ParseAll(request.IpRules, "/ipRules");
        if (!rules.Ok) return rules.Error;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (actor.Kind == PrincipalKind.ApiKey) return MembersOnly();
            var changed = await scope.Execute("""
                update api_keys set name = coalesce(@Name, name), ip_rules = coalesce(@rules, ip_rules)
                where workspace_id = @workspace and mode = @mode and key_id = @id and state = 'active'
                """, new { id = id.Value, request.Name, rules = request.IpRules is null ? null : rules.Value });
            if (changed == 0) return Errors.Missing();
            var after = Resource((await Find(scope, id))!);
            scope.Book.Publish("key.changed", id.Value, 2, Public(after));
            return (Result<ApiKeyResource>)after;
        });
    }

    /// <summary>
    /// A new key in the place of an old one, for the same principal: its idempotency keys and its history go on. Whoever replaces sees the
    /// new text, so they need every right that the key has.
    /// </summary>
    public async Task<Result<ApiKeyResource>> Replace(Actor actor, ApiKeyId id, ApiKeyReplacement request)
    {
        if (request.OverlapHours is < 0 or > OverlapMaxHours)
            return Errors.Field("/overlapHours", "out_of_range", $"0 to {OverlapMaxHours} hours.");
        var act = actor.Book.Mode == Mode.Test ? "change a test key" : "change a live key";
        if (await Unproved(actor, act) is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (actor.Kind == PrincipalKind.ApiKey) return MembersOnly();
            var facts = Principals.Instance.Of(scope.Book);
            if (await Find(scope, id) is not { } old || !facts.Keys.TryGetValue(id.Value, out var key) || key.ExpiresAt <= scope.At)
                return Errors.Missing();
            if (old.ReplacedBy is not null) return new Error(Errors.StateConflict, "This key was replaced already: replace the newer one.");
            var beyond = Permissions.Missing(actor.Permissions, facts.Allows(key));
            if (beyond != Permission.None) return Errors.Denied(beyond);
            if (request.ExpiresAt <= scope.At) return Errors.Field("/expiresAt", "past", "This moment has passed.");
            var same = new NewApiKey(old.Name, key.Scope, key.CanWritePolicies, request.ExpiresAt ?? old.ExpiresAt, old.AgentIds,
                old.IpRules);
            var made = await Insert(scope, same, key.Principal);
            await scope.Execute("""
                update api_keys set replaced_by = @by, state = case when @hours = 0 then 'revoked' else state end,
                    expires_at = least(expires_at, @at + make_interval(hours => @hours))
                where workspace_id = @workspace and mode = @mode and key_id = @id
                """, new { id = id.Value, by = made.Id.Value, hours = request.OverlapHours });
            var endsAt = scope.At.AddHours(request.OverlapHours);
            scope.Book.Publish("key.replaced", id.Value, 2, new { id, replacedBy = made.Id, made.Name, endsAt });
            scope.Book.Publish("key.created", made.Id.Value, 1, Public(made));
            return (Result<ApiKeyResource>)made;
        });
    }

    public Task<Result<ApiKeyResource>> Revoke(Actor actor, ApiKeyId id) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
    {
        var changed = await scope.Execute("""
            update api_keys set state = 'revoked' where workspace_id = @workspace and mode = @mode and key_id = @id and state = 'active'
            """, new { id = id.Value });
        if (changed == 0) return Errors.Missing();
        scope.Book.Publish("key.revoked", id.Value, 2, new { id });
        return (Result<ApiKeyResource>)Resource((await Find(scope, id))!);
    });

    /// <summary>All keys, newest first; test keys with their text.</summary>
    public async Task<Result<IReadOnlyList<ApiKeyResource>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var rows = await database.Query<Row>(actor.Book, Columns + " order by k.created_at desc, k.key_id desc limit 500",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode });
        var keys = rows.Select(Resource).ToList();
        var shown = keys.Zip(rows)
            .Where(k => actor.Kind == PrincipalKind.Member && k.Second.Sealed is not null && k.First.State == "active")
            .Select(k => k.First.Id).ToHashSet();
        if (shown.Count > 0 && await audit.Record(actor, "key.shown", actor.Principal, new { keys = shown }) is { } unkept) return unkept;
        return keys.Zip(rows, (key, row) => shown.Contains(key.Id)
            ? key with { Key = sealer.Unseal(System.Text.Encoding.ASCII.GetString(row.Sealed!)) }
            : key).ToList();
    }

    /// <summary>Step-up (PRODUCT W7): the password for a test key, and a one-time code besides for a live one.</summary>
    private async Task<Error?> Unproved(Actor actor, Phrase act)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        return actor.Book.Mode == Mode.Test
            ? actor.Require(Proof.Password, act) : await sessions.TakeCode(actor, Proof.Password, act);
    }

    /// <summary>Writes a key and its way in; a null principal is the key itself.</summary>
    private async Task<ApiKeyResource> Insert(ControlScope scope, NewApiKey request, Guid? principal)
    {
        var actor = scope.Book.Actor;
        var text = ApiKeySecret.New(actor.Book.Mode);
        var callback = WebhookSignature.NewSecret();
        var id = ApiKeyId.New(scope.At);
        var (prefix, last4) = ApiKeySecret.Hint(text);
        await scope.Execute("""
            insert into api_keys (workspace_id, mode, key_id, principal, name, scope, can_write_policies, agent_ids, ip_rules, made_by,
                hash, prefix, last4, sealed,
                callback_secret, state, expires_at, created_at)
            values (@workspace, @mode, @id, @principal, @Name, @scope, @CanWritePolicies, @agents, @rules, @maker, @hash, @prefix, @last4,
                @sealedText,
                @callback, 'active', @ExpiresAt, @at);
            insert into key_directory (hash, workspace_id, mode, key_id) values (@hash, @workspace, @mode, @id)
            """, new
        {
            id = id.Value,
            principal = principal ?? id.Value,
            request.Name,
            scope = Json.Name(request.Scope),
            request.CanWritePolicies,
            agents = request.AgentIds?.ToArray() ?? [],
            rules = request.IpRules?.ToArray() ?? [],
            maker = actor.Principal,
            hash = ApiKeySecret.Hash(text),
            prefix,
            last4,
            sealedText = actor.Book.Mode == Mode.Test ? System.Text.Encoding.ASCII.GetBytes(sealer.Seal(text)) : null,
            callback = sealer.Seal(callback),
            request.ExpiresAt,
        });
        return Resource((await Find(scope, id))!) with { Key = text, CallbackSecret = callback };
    }

    private static async Task<Row?> Find(ControlScope scope, ApiKeyId id) =>
        (await scope.Query<Row>(Columns + " and k.key_id = @id", new { id = id.Value })).FirstOrDefault();

    /// <summary>What the journal and webhooks tell of a key: nothing that could be used.</summary>
    private static object Public(ApiKeyResource key) =>
        new { key.Id, key.Name, key.Scope, key.CanWritePolicies, key.AgentIds, key.IpRules, key.Prefix, key.Last4, key.ExpiresAt };

    private static string? AgentProblem(NewApiKey request)
    {
        if (request.AgentIds is not { Count: > 0 } agents) return null;
        if (request.Scope != KeyScope.Spend) return "Only keys of scope spend are bound to agents.";
        if (agents.Count > AgentsMax || agents.Distinct().Count() != agents.Count) return $"Up to {AgentsMax} agents, each once.";
        return agents.Select(a => PlainText.Problem(a, 1, 100)).FirstOrDefault(p => p is not null);
    }

    private static Error MembersOnly() =>
        new Error(Errors.PermissionDenied, "Only a member makes or changes keys, never a key.")
            .With("missingPermission", Permissions.Name(Permission.ManageApi));

    private ApiKeyResource Resource(Row r) =>
        new(new(r.KeyId), r.Name, Json.Parse<KeyScope>(r.Scope), r.CanWritePolicies, r.AgentIds, r.IpRules, r.Prefix, r.Last4,
        r.State == "active" && r.ExpiresAt <= time.GetUtcNow() ? "expired" : r.State, new(r.MadeBy), r.MakerState != "active",
        r.ReplacedBy is { } by ? new ApiKeyId(by) : null, null, null, r.ExpiresAt, r.CreatedAt, r.LastUsedAt, r.LastUsedFrom);

    private const string CountActive = """
        select count(*) from api_keys where workspace_id = @workspace and mode = @mode and state = 'active'
            and (expires_at is null or expires_at > @at)
        """;

    private const string Columns = """
        select k.key_id, k.name, k.scope, k.can_write_policies, k.agent_ids, k.ip_rules, k.prefix, k.last4, k.sealed, k.state,
            k.replaced_by, k.expires_at,
            k.created_at, k.last_used_at, k.last_used_from, k.made_by, m.state as maker_state
        from api_keys k join members m on m.workspace_id = k.workspace_id and m.member_id = k.made_by
        where k.workspace_id = @workspace and k.mode = @mode
        """;

    private sealed record Row
    {
        public Guid KeyId { get; init; }
        public required string Name { get; init; }
        public required string Scope { get; init; }
        public bool CanWritePolicies { get; init; }
        public required string[] AgentIds { get; init; }
        public required string[] IpRules { get; init; }
        public required string Prefix { get; init; }
        public required string Last4 { get; init; }
        public byte[]? Sealed { get; init; }
        public required string State { get; init; }
        public required string MakerState { get; init; }
        public Guid MadeBy { get; init; }
        public Guid? ReplacedBy { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
        public string? LastUsedFrom { get; init; }
    }
}

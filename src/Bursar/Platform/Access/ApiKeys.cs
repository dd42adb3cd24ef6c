using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Access;

/// <summary>A key as lists show it: never its text again, but the test key's, which Admin and Developer may copy again (PRODUCT D1).</summary>
public sealed record ApiKeyResource(
    ApiKeyId Id, string Name, KeyScope Scope, bool CanWritePolicies, string Prefix, string Last4, string State, bool MakerRemoved, string? Key,
    DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

public sealed record NewApiKey(string Name, KeyScope Scope, bool CanWritePolicies = false, DateTimeOffset? ExpiresAt = null);

/// <summary>The keys of a book: make, list, revoke. Only members make keys; a key that could make keys could outlive its revocation.</summary>
public sealed class ApiKeys(Database database, ControlChanges changes, Sealer sealer, Sessions sessions, AuditTrail audit)
{
    private const int ActiveMax = 100;

    public async Task<Result<ApiKeyResource>> Create(Actor actor, NewApiKey request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (PlainText.Problem(request.Name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        var unproved = actor.Book.Mode == Mode.Test ? actor.Require(Proof.Password, "generate a test key") : await sessions.TakeCode(actor, Proof.Password, "generate a live key");
        if (unproved is not null) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (actor.Kind == PrincipalKind.ApiKey) return MembersOnly();
            if (request.CanWritePolicies && !actor.May(Permission.WritePolicies)) return Errors.Denied(Permission.WritePolicies);
            if (request.ExpiresAt <= scope.At) return Errors.Field("/expiresAt", "past", "This moment has passed.");
            if (await scope.Scalar<long>("select count(*) from api_keys where workspace_id = @workspace and mode = @mode and state = 'active'") >= ActiveMax)
                return new Error(Errors.StateConflict, $"A book has up to {ActiveMax} active keys. Revoke one first.");
            var text = ApiKeySecret.New(actor.Book.Mode);
            var id = ApiKeyId.New(scope.At);
            var (prefix, last4) = ApiKeySecret.Hint(text);
            var isTest = actor.Book.Mode == Mode.Test;
            await scope.Execute("""
                insert into api_keys (workspace_id, mode, key_id, principal, name, scope, can_write_policies, made_by, hash, prefix, last4, sealed, state, expires_at, created_at)
                values (@workspace, @mode, @id, @id, @Name, @scope, @CanWritePolicies, @maker, @hash, @prefix, @last4, @sealedText, 'active', @ExpiresAt, @at);
                insert into key_directory (hash, workspace_id, mode, key_id) values (@hash, @workspace, @mode, @id)
                """, new
            {
                id = id.Value,
                request.Name,
                scope = Json.Name(request.Scope),
                request.CanWritePolicies,
                maker = actor.Principal,
                hash = ApiKeySecret.Hash(text),
                prefix,
                last4,
                sealedText = isTest ? System.Text.Encoding.ASCII.GetBytes(sealer.Seal(text)) : null,
                request.ExpiresAt,
            });
            scope.Book.Publish("key.created", id.Value, 1, new { id, request.Name, request.Scope, prefix, last4 });
            return (Result<ApiKeyResource>)new ApiKeyResource(id, request.Name, request.Scope, request.CanWritePolicies, prefix, last4, "active", false, text,
                request.ExpiresAt, scope.At, null);
        });
    }

    public Task<Result<ApiKeyResource>> Revoke(Actor actor, ApiKeyId id) => changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
    {
        var changed = await scope.Execute("""
            update api_keys set state = 'revoked' where workspace_id = @workspace and mode = @mode and key_id = @id and state = 'active'
            """, new { id = id.Value });
        if (changed == 0) return Errors.Missing();
        scope.Book.Publish("key.revoked", id.Value, 2, new { id });
        var rows = await scope.Query<Row>(Columns + " and k.key_id = @id", new { id = id.Value });
        return (Result<ApiKeyResource>)Resource(rows[0], null);
    });

    /// <summary>All keys, newest first; test keys with their text.</summary>
    public async Task<Result<IReadOnlyList<ApiKeyResource>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var rows = await database.Query<Row>(actor.Book, Columns + " order by k.created_at desc, k.key_id desc limit 500",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode });
        var shown = rows.Where(r => actor.Kind == PrincipalKind.Member && r.Sealed is not null && r.State == "active").Select(r => r.KeyId).ToHashSet();
        if (shown.Count > 0 && await audit.Record(actor, "key.shown", actor.Principal, new { keys = shown.Select(id => new ApiKeyId(id)) }) is { } unkept) return unkept;
        return rows.Select(r => Resource(r, shown.Contains(r.KeyId) ? sealer.Unseal(System.Text.Encoding.ASCII.GetString(r.Sealed!)) : null)).ToList();
    }

    private static Error MembersOnly() => new Error(Errors.PermissionDenied, "Only a member makes keys, never a key.").With("missingPermission", Permissions.Name(Permission.ManageApi));

    private static ApiKeyResource Resource(Row r, string? text) => new(new(r.KeyId), r.Name, Json.Parse<KeyScope>(r.Scope), r.CanWritePolicies, r.Prefix, r.Last4,
        r.State, r.MakerState != "active", text, r.ExpiresAt, r.CreatedAt, r.LastUsedAt);

    private const string Columns = """
        select k.key_id, k.name, k.scope, k.can_write_policies, k.prefix, k.last4, k.sealed, k.state, k.expires_at, k.created_at, k.last_used_at,
            m.state as maker_state
        from api_keys k join members m on m.workspace_id = k.workspace_id and m.member_id = k.made_by
        where k.workspace_id = @workspace and k.mode = @mode
        """;

    private sealed record Row
    {
        public Guid KeyId { get; init; }
        public required string Name { get; init; }
        public required string Scope { get; init; }
        public bool CanWritePolicies { get; init; }
        public required string Prefix { get; init; }
        public required string Last4 { get; init; }
        public byte[]? Sealed { get; init; }
        public required string State { get; init; }
        public required string MakerState { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
    }
}

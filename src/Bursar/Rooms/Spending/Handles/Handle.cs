using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>Where a managed handle pays to, from the deposit. The holder's name is the bank's word when it was saved.</summary>
public sealed record ManagedAccount(string BankCode, string AccountNumber, string? AccountHolder = null);

/// <summary>
/// What the last health check found: healthy, unhealthy (it answers, but no 2xx: <see cref="HttpStatus"/>) or unreachable, and then why.
/// </summary>
public sealed record HandleHealth(string Status, DateTimeOffset CheckedAt, int LatencyMs, int? HttpStatus, string? Detail);

/// <summary>
/// A payment handle: how an approved spend is executed. Of its address only the host is ever shown, of its auth token nothing.
/// <see cref="SigningSecret"/> stands only in the answer that made it; until <see cref="NextSecretFrom"/> the one before signs.
/// </summary>
public sealed record Handle
{
    public required HandleId Id { get; init; }
    public required string Name { get; init; }
    public required HandleType Type { get; init; }
    public required bool IsDefault { get; init; }
    public required bool AutoExecute { get; init; }
    public required int SatSeconds { get; init; }
    public required int AuthorizationSeconds { get; init; }
    public string? Host { get; init; }
    public ManagedAccount? Managed { get; init; }
    public string? SigningSecret { get; init; }
    public DateTimeOffset? NextSecretFrom { get; init; }
    public HandleHealth? Health { get; init; }
    public required bool Archived { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What stands in the table; address, token and secrets are sealed.</summary>
public sealed record HandleRow
{
    public Guid HandleId { get; init; }
    public int Version { get; init; }
    public required string Name { get; init; }
    public required string Type { get; init; }
    public bool IsDefault { get; init; }
    public bool AutoExecute { get; init; }
    public int SatSeconds { get; init; }
    public int AuthorizationSeconds { get; init; }
    public string? Url { get; init; }
    public DateTimeOffset? UrlChangedAt { get; init; }
    public string? AuthToken { get; init; }
    public string? SigningSecret { get; init; }
    public string? NextSigningSecret { get; init; }
    public DateTimeOffset? NextSecretFrom { get; init; }
    public string? ManagedBank { get; init; }
    public string? ManagedAccount { get; init; }
    public string? ManagedHolder { get; init; }
    public string? HealthStatus { get; init; }
    public int? HealthHttpStatus { get; init; }
    public string? HealthDetail { get; init; }
    public DateTimeOffset? HealthCheckedAt { get; init; }
    public int? HealthLatencyMs { get; init; }
    public bool Archived { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Needs @workspace and @mode.</summary>
    public const string Select = """
        select handle_id, version, name, type, is_default, auto_execute, sat_seconds, authorization_seconds, url, url_changed_at,
            auth_token, signing_secret, next_signing_secret, next_secret_from, managed_bank, managed_account, managed_holder, health_status,
            health_http_status, health_detail, health_checked_at, health_latency_ms, archived, created_at, changed_at
        from handles where workspace_id = @workspace and mode = @mode
        """;

    public Handle Shown(Sealer sealer) => new()
    {
        Id = new(HandleId),
        Name = Name,
        Type = Json.Parse<HandleType>(Type),
        IsDefault = IsDefault,
        AutoExecute = AutoExecute,
        SatSeconds = SatSeconds,
        AuthorizationSeconds = AuthorizationSeconds,
        Host = Url is null ? null : new Uri(sealer.Unseal(Url)).Authority,
        Managed = ManagedBank is null ? null : new ManagedAccount(ManagedBank, ManagedAccount!, ManagedHolder),
        NextSecretFrom = NextSecretFrom,
        Health = HealthStatus is null ? null
            : new HandleHealth(HealthStatus, HealthCheckedAt!.Value, HealthLatencyMs!.Value, HealthHttpStatus, HealthDetail),
        Archived = Archived,
        Version = Version,
        CreatedAt = CreatedAt,
        ChangedAt = ChangedAt,
    };
}

/// <summary>Handles as people and programs read them.</summary>
public sealed class HandleReads(Database database, Sealer sealer)
{
    /// <summary>All that are not archived, the default first.</summary>
    public async Task<Result<IReadOnlyList<Handle>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var rows = await database.Query<HandleRow>(actor.Book,
            HandleRow.Select + " and not archived order by is_default desc, created_at, handle_id limit 200", Scope(actor.Book, default));
        return rows.Select(r => r.Shown(sealer)).ToList();
    }

    /// <summary>One of them, archived or not.</summary>
    public async Task<Result<Handle>> Get(Actor actor, HandleId id)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        return await Row(actor.Book, id) is { } row ? row.Shown(sealer) : Errors.Missing();
    }

    /// <summary>The row with its sealed parts, for what calls the executor.</summary>
    public Task<HandleRow?> Row(BookKey book, HandleId id) =>
        database.One<HandleRow>(book, HandleRow.Select + " and handle_id = @id", Scope(book, id));

    private static object Scope(BookKey book, HandleId id) =>
        new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value };
}

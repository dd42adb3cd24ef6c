using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// The new secret signs <see cref="AfterMinutes"/> from now (0 to 1440), so that the executor can learn to take both before; 0 is for one
/// that leaked.
/// </summary>
public sealed record SigningSecretRotation
{
    public int AfterMinutes { get; init; } = 60;
}

/// <summary>
/// Makes, changes and archives handles (PRODUCT S4). A change holds for the very next decision and call, in every process. Who executes
/// decides where money goes, so a session proves itself as it does for a key (PRODUCT W7).
/// </summary>
public sealed class HandleChanges(ControlChanges changes, HandleReads reads, HandleCheck check, Sealer sealer, Sessions sessions)
{
    private const int HandlesMax = 50;
    private const int RotationMaxMinutes = 1440;

    public async Task<Result<Handle>> Create(Actor actor, NewHandle request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var given = new HandleChange(request.Name, request.Url, request.AuthToken, request.IsDefault, request.AutoExecute, request.Managed,
            request.SatSeconds ?? 120, request.AuthorizationSeconds ?? 86_400);
        var fields = await check.Checked(actor, request.Type, given, isNew: true);
        if (!fields.Ok) return fields.Error;
        if (await Unproved(actor, "create a payment handle") is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (await scope.Scalar<long>(CountOpen) >= HandlesMax)
                return new Error(Errors.StateConflict, $"A book has up to {HandlesMax} handles. Archive one first.");
            var id = HandleId.New(scope.At);
            var secret = request.Type == HandleType.ExternalExecutor ? NewSecret() : null;
            if (request.IsDefault) await scope.Execute(NoDefault);
            await scope.Execute("""
                insert into handles (workspace_id, mode, handle_id, name, type, is_default, auto_execute, sat_seconds,
                    authorization_seconds, url, url_changed_at, auth_token, signing_secret, managed_bank, managed_account, managed_holder,
                    created_at, changed_at)
                values (@workspace, @mode, @id, @Name, @type, @IsDefault, @AutoExecute, @SatSeconds, @AuthorizationSeconds,
                    @url, case when @url is not null then @at end, @token, @secret, @bank, @account, @holder, @at, @at)
                """, Arguments(id, fields.Value, Json.Name(request.Type), secret));
            return await Tell(scope, id, "handle.created", secret);
        });
    }

    public async Task<Result<Handle>> Change(Actor actor, HandleId id, HandleChange request)
    {
        var known = await reads.Get(actor, id);
        if (!known.Ok || known.Value.Archived) return known.Ok ? Errors.Missing() : known.Error;
        var fields = await check.Checked(actor, known.Value.Type, request, isNew: false);
        if (!fields.Ok) return fields.Error;
        if (await Unproved(actor, "change a payment handle") is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (await Find(scope, id) is not { Archived: false } before) return Errors.Missing();
            if (request.IsDefault == false && before.IsDefault)
                return new Error(Errors.StateConflict, "One handle is the default: make another one the default instead.");
            if (request.IsDefault == true && !before.IsDefault) await scope.Execute(NoDefault);
            await scope.Execute("""
                update handles set version = version + 1, name = coalesce(@Name, name), is_default = coalesce(@IsDefault, is_default),
                    auto_execute = coalesce(@AutoExecute, auto_execute), sat_seconds = coalesce(@SatSeconds, sat_seconds),
                    authorization_seconds = coalesce(@AuthorizationSeconds, authorization_seconds),
                    url_changed_at = case when @url is null then url_changed_at else @at end, url = coalesce(@url, url),
                    auth_token = coalesce(@token, auth_token), managed_bank = coalesce(@bank, managed_bank),
                    managed_account = coalesce(@account, managed_account),
                    managed_holder = case when @bank is null then managed_holder else @holder end, changed_at = @at
                where workspace_id = @workspace and mode = @mode and handle_id = @id
                """, Arguments(id, fields.Value, null, null));
            return await Tell(scope, id, "handle.changed", null);
        });
    }

    /// <summary>Nothing new goes through it; what was sent through it already is asked about to its end.</summary>
    public Task<Result<Handle>> Archive(Actor actor, HandleId id) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
    {
        if (await Find(scope, id) is not { Archived: false } before) return Errors.Missing();
        if (before.IsDefault)
            return new Error(Errors.StateConflict, "This is the default handle: make another one the default first.");
        await scope.Execute("""
            update handles set archived = true, version = version + 1, changed_at = @at
            where workspace_id = @workspace and mode = @mode and handle_id = @id
            """, new { id = id.Value });
        return await Tell(scope, id, "handle.archived", null);
    });

    /// <summary>A new signing secret, shown once.</summary>
    public async Task<Result<Handle>> RotateSecret(Actor actor, HandleId id, SigningSecretRotation request)
    {
        var known = await reads.Get(actor, id);
        if (!known.Ok || known.Value.Archived) return known.Ok ? Errors.Missing() : known.Error;
        if (known.Value.Type != HandleType.ExternalExecutor)
            return new Error(Errors.StateConflict, "Only an external executor has a signing secret.");
        if (request.AfterMinutes is < 0 or > RotationMaxMinutes)
            return Errors.Field("/afterMinutes", "out_of_range", $"0 to {RotationMaxMinutes} minutes.");
        if (await Unproved(actor, "rotate a signing secret") is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            if (await Find(scope, id) is not { Archived: false }) return Errors.Missing();
            var secret = NewSecret();
            await scope.Execute("""
                update handles set version = version + 1, changed_at = @at,
                    signing_secret = case when @minutes = 0 then @secret when next_secret_from <= @at then next_signing_secret
                        else signing_secret end,
                    next_signing_secret = case when @minutes > 0 then @secret end,
                    next_secret_from = case when @minutes > 0 then @at + make_interval(mins => @minutes) end
                where workspace_id = @workspace and mode = @mode and handle_id = @id
                """, new { id = id.Value, secret = sealer.Seal(secret), minutes = request.AfterMinutes });
            return await Tell(scope, id, "handle.secret_rotated", secret);
        });
    }

    /// <summary>Keeps what a health check found.</summary>
    public Task<Result<Handle>> KeepHealth(Actor actor, HandleId id, HandleHealth health) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            var kept = await scope.Execute("""
                update handles set health_status = @Status, health_http_status = @HttpStatus, health_detail = @Detail,
                    health_checked_at = @at, health_latency_ms = @LatencyMs
                where workspace_id = @workspace and mode = @mode and handle_id = @id and not archived
                """, new { id = id.Value, health.Status, health.HttpStatus, health.Detail, health.LatencyMs });
            if (kept == 0) return Errors.Missing();
            scope.Book.Record("handle.checked", id.Value, 1, new { health.Status, health.LatencyMs });
            return (Result<Handle>)(await Find(scope, id))!.Shown(sealer);
        });

    private async Task<Error?> Unproved(Actor actor, string act) =>
        actor.Book.Mode == Mode.Test ? actor.Require(Proof.Password, act) : await sessions.TakeCode(actor, Proof.Password, act);

    private object Arguments(HandleId id, HandleChange f, string? type, string? secret) => new
    {
        id = id.Value,
        type,
        f.Name,
        f.IsDefault,
        f.AutoExecute,
        f.SatSeconds,
        f.AuthorizationSeconds,
        url = Sealed(f.Url),
        token = Sealed(f.AuthToken),
        secret = Sealed(secret),
        bank = f.Managed?.BankCode,
        account = f.Managed?.AccountNumber,
        holder = f.Managed?.AccountHolder,
    };

    private string? Sealed(string? text) => text is null ? null : sealer.Seal(text);

    /// <summary>256 random bits, marked so that a scanner of sources knows what it has found.</summary>
    private static string NewSecret() => "hsk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Books the change with the handle as it is shown; the secret is in the answer alone.</summary>
    private async Task<Result<Handle>> Tell(ControlScope scope, HandleId id, string type, string? secret)
    {
        var row = (await Find(scope, id))!;
        var shown = row.Shown(sealer);
        scope.Book.Publish(type, id.Value, row.Version, shown);
        return shown with { SigningSecret = secret };
    }

    private static async Task<HandleRow?> Find(ControlScope scope, HandleId id) =>
        (await scope.Query<HandleRow>(HandleRow.Select + " and handle_id = @id", new { id = id.Value })).FirstOrDefault();

    private const string CountOpen = "select count(*) from handles where workspace_id = @workspace and mode = @mode and not archived";

    private const string NoDefault = """
        update handles set is_default = false, version = version + 1, changed_at = @at
        where workspace_id = @workspace and mode = @mode and is_default
        """;
}

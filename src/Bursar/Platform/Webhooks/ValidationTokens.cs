using System.Buffers.Text;
using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Webhooks;

public sealed record ValidationToken(string? Token, DateTimeOffset CreatedAt);

/// <summary>The static secret beside each webhook's signature (X-Callback-Token): viewable in test mode, shown once in live.</summary>
public sealed class ValidationTokens(Database database, ControlChanges changes, Sealer sealer, AuditTrail audit)
{
    public async Task<Result<ValidationToken>> Get(Actor actor)
    {
        var known = await Known(actor);
        if (!known.Ok) return known.Error;
        return known.Value ?? await Make(actor);
    }

    /// <summary>The token, or null while there was no need for one.</summary>
    public async Task<Result<ValidationToken?>> Known(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var row = await database.One<Row>(actor.Book,
            "select token, created_at from validation_tokens where workspace_id = @workspace and mode = @mode",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode });
        if (row is null) return (ValidationToken?)null;
        if (actor.Book.Mode != Mode.Test) return new ValidationToken(null, row.CreatedAt);
        if (await audit.Record(actor, "validation_token.shown", actor.Book.Workspace.Value, new { }) is { } unkept) return unkept;
        return new ValidationToken(sealer.Unseal(row.Token), row.CreatedAt);
    }

    /// <summary>A new token; the old one ends at once.</summary>
    public async Task<Result<ValidationToken>> Change(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        return actor.Require(Proof.Password, "change the validation token") ?? await Make(actor);
    }

    private Task<Result<ValidationToken>> Make(Actor actor) => changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        (Result<ValidationToken>)new ValidationToken((await Write(scope,
            "do update set token = excluded.token, created_at = excluded.created_at"))!, scope.At));

    /// <summary>
    /// The token of a book that has none yet, so that its first endpoint's first delivery carries it; null where there is one.
    /// </summary>
    public Task<string?> Ensure(ControlScope scope) => Write(scope, "do nothing");

    private async Task<string?> Write(ControlScope scope, string ifKnown)
    {
        var token = "vt_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var written = await scope.Execute($"""
            insert into validation_tokens (workspace_id, mode, token, created_at) values (@workspace, @mode, @token, @at)
            on conflict (workspace_id, mode) {ifKnown}
            """, new { token = sealer.Seal(token) });
        if (written == 0) return null;
        scope.Book.Record("validation_token.changed", scope.Book.Key.Workspace.Value, 1, new { });
        return token;
    }

    private sealed record Row
    {
        public required string Token { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}

using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Outbound;
using Dapper;

namespace Bursar.Rooms.Operator.Rails;

/// <summary>A rail that was set up, without its secrets.</summary>
public sealed record RailView
{
    public required string Name { get; init; }
    public short InMode { get; init; }
    public required string Adapter { get; init; }
    public long RefusedCallbacks { get; init; }
    public required string MadeBy { get; init; }
    public DateTimeOffset MadeAt { get; init; }
    public DateTimeOffset? SuspendedAt { get; init; }
    public string? SuspendedBy { get; init; }
    public long Open { get; init; }

    public Mode Mode => (Mode)InMode;
}

/// <summary>Secrets that were just made, by the label of their field; shown once.</summary>
public sealed record MadeSecrets(string Rail, IReadOnlyList<(string Label, string Value)> Secrets);

/// <summary>
/// Which rails there are and what goes through them (PRODUCT P10). A name is given once and for ever, because payments keep it; an address
/// is fixed with it, because what another address does not know of may have been paid at this one.
/// </summary>
public sealed partial class RailSetup(Database database, Sealer sealer, PayoutRouting routing, OutboundRules outbound, TimeProvider time)
{
    /// <summary>What the operator chooses a rail for.</summary>
    public static readonly IReadOnlyList<DisbursementKind> Kinds =
        [DisbursementKind.MoneyTransfer, DisbursementKind.InternationalTransfer, DisbursementKind.AgentSpend];

    public ISetUpRail? Adapter(string? name) => routing.Adapters.FirstOrDefault(a => a.Name == name);

    public async Task<IReadOnlyList<RailView>> List()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<RailView>("""
            select r.name, r.mode as in_mode, r.adapter, r.refused_callbacks, r.made_by, r.made_at, r.suspended_at, r.suspended_by,
                (select count(*) from rail_orders o where o.rail = r.name and o.done_at is null) as open
            from rails r order by r.mode desc, r.name
            """)).AsList();
    }

    public async Task<IReadOnlyDictionary<(Mode, DisbursementKind), string>> Routes()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<(short Mode, string Kind, string Rail)>("select mode, kind, rail from rail_routes"))
            .ToDictionary(r => ((Mode)r.Mode, Json.Parse<DisbursementKind>(r.Kind)), r => r.Rail);
    }

    public async Task<Result<MadeSecrets>> Make(Desk desk, Mode mode, ISetUpRail adapter, string label, Func<string, string> typed)
    {
        if (!Label().IsMatch(label)) return Errors.Field("/label", "invalid", "1 to 30 small letters, digits or hyphens, a letter first.");
        var errors = new List<FieldError>();
        var values = new Dictionary<string, string>();
        foreach (var field in adapter.Fields)
        {
            var text = field.Kind == RailFieldKind.Secret ? WebhookSignature.NewSecret() : typed(field.Name);
            if (PlainText.Problem(text, 1, 500) is { } problem) errors.Add(new("/" + field.Name, "invalid", problem));
            else if (field.Kind == RailFieldKind.Url && await outbound.Check(text, mode) is { Ok: false } blocked)
                errors.Add(new("/" + field.Name, "url_blocked", blocked.Error.Said));
            values[field.Name] = text;
        }
        var settings = new RailSettings(values);
        if (errors.Count == 0) errors.AddRange(adapter.Problems(settings));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        var name = $"{adapter.Name}-{label}";
        await using var connection = await database.Desk.OpenConnectionAsync();
        var made = await connection.ExecuteAsync("""
            insert into rails (name, mode, adapter, settings, made_by, made_at) values (@name, @mode, @adapter, @settings, @by, @now)
            on conflict do nothing
            """, new { name, mode = (short)mode, adapter = adapter.Name, settings = Sealed(values), by = desk.Name, now = time.NowMicros() });
        return made == 1 ? Secrets(name, adapter, values) : Errors.Field("/label", "taken", "There is, or was, a rail of this name.");
    }

    /// <summary>New secrets in place of all old ones, from this moment on.</summary>
    public async Task<Result<MadeSecrets>> ReplaceSecrets(string name)
    {
        if (!(await routing.Rails()).ByName.TryGetValue(name, out var rail) || rail.Adapter is not ISetUpRail adapter)
            return Errors.Missing();
        var values = rail.RailSettings.Values.ToDictionary(v => v.Key, v => v.Value);
        foreach (var field in adapter.Fields.Where(f => f.Kind == RailFieldKind.Secret))
            values[field.Name] = WebhookSignature.NewSecret();
        await using var connection = await database.Desk.OpenConnectionAsync();
        await connection.ExecuteAsync("update rails set settings = @settings where name = @name", new { name, settings = Sealed(values) });
        return Secrets(name, adapter, values);
    }

    /// <summary>
    /// Which rail carries a kind from now on; null: none, in test mode the simulator. What was asked for before keeps its rail.
    /// </summary>
    public async Task<Result<string>> Route(Mode mode, DisbursementKind kind, string? rail)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var change = new { mode = (short)mode, kind = Json.Name(kind), rail };
        if (rail is null)
        {
            await connection.ExecuteAsync("delete from rail_routes where mode = @mode and kind = @kind", change);
            return "";
        }
        var set = await connection.ExecuteAsync("""
            insert into rail_routes (mode, kind, rail) select @mode, @kind, name from rails where name = @rail and mode = @mode
            on conflict (mode, kind) do update set rail = excluded.rail
            """, change);
        return set == 1 ? rail : Errors.Missing();
    }

    /// <summary>
    /// Nothing new is handed to a suspended rail, within a second; what waits keeps waiting, what was handed over is followed.
    /// </summary>
    public async Task<Result<string>> Suspend(Desk desk, string name, bool suspended)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var changed = await connection.ExecuteAsync("""
            update rails set suspended_at = @at, suspended_by = @by where name = @name and (suspended_at is null) = @suspended
            """, new { name, suspended, at = suspended ? time.NowMicros() : (DateTimeOffset?)null, by = suspended ? desk.Name : null });
        return changed == 1 ? name : new Error(Errors.StateConflict, "That is how it stands already, or there is no such rail.");
    }

    private string Sealed(Dictionary<string, string> values) => sealer.Seal(Json.Write(values));

    private static MadeSecrets Secrets(string name, ISetUpRail adapter, Dictionary<string, string> values) => new(name,
        [.. adapter.Fields.Where(f => f.Kind == RailFieldKind.Secret).Select(f => (f.Label, values[f.Name]))]);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,29}\z")]
    private static partial Regex Label();
}

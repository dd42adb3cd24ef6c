using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// A rail by the name that disbursements keep: one of the program (<c>simulator</c>), or one that the operator set up
/// (<c>http-jakarta</c>).
/// </summary>
public sealed record KnownRail(string Name, IPayoutRail Adapter, Mode? Mode, RailSettings RailSettings, DateTimeOffset? SuspendedAt)
{
    /// <summary>By its name alone, for who has no more: only names of rails that the operator set up hold a hyphen.</summary>
    public static bool IsSetUp(string name) => name.Contains('-', StringComparison.Ordinal);

    public bool SetUp => IsSetUp(Name);
}

/// <summary>All rails as they stood a moment ago, and what the operator sends through which.</summary>
public sealed record KnownRails(
    IReadOnlyDictionary<string, KnownRail> ByName, IReadOnlyDictionary<(Mode Mode, DisbursementKind Kind), string> Routes)
{
    private const string Simulator = "simulator", SimulatorAbroad = "simulator_abroad";

    /// <summary>
    /// Which rail carries it: the operator's choice for the mode and kind, in test mode else the simulator.
    /// <paramref name="currency"/> is what arrives.
    /// </summary>
    public Result<string> For(Mode mode, DisbursementKind kind, string currency, string? destinationType)
    {
        if (Chosen(mode, kind) is not { } name)
            return new Error(Errors.RailMissing, "No rail for live transfers is set up yet. Nothing was sent.");
        return ByName[name].Adapter.Reaches(currency, destinationType) ? name
            : new Error(Errors.RailMissing, "The rail of these transfers does not reach this destination. Nothing was sent.");
    }

    /// <summary>Which rail tells whose account it is: the one that would pay there, if it can be asked at all.</summary>
    public Result<KnownRail> ForInquiry(Mode mode, DisbursementKind kind)
    {
        if (Chosen(mode, kind) is not { } name)
            return new Error(Errors.RailMissing, "No rail for live transfers is set up yet, so nobody can ask the bank.");
        return ByName[name] is { Adapter: IInquiryRail } rail ? rail
            : new Error(Errors.RailMissing, "The rail of these transfers cannot ask a bank whose account it is.");
    }

    // Live money needs a real rail; the simulator never pretends to be one.
    private string? Chosen(Mode mode, DisbursementKind kind) =>
        Routes.GetValueOrDefault((mode, kind)) ?? (mode != Mode.Test ? null
            : kind == DisbursementKind.InternationalTransfer ? SimulatorAbroad : Simulator);
}

/// <summary>The one place that says which rail sends a disbursement; what it knows is a quarter of a second old at most.</summary>
public sealed class PayoutRouting(Database database, Sealer sealer, IEnumerable<IPayoutRail> adapters)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, IPayoutRail> adapters = adapters.ToDictionary(a => a.Name);
    private readonly Lock gate = new();
    private Task<KnownRails>? known;
    private long knownAt;

    public IEnumerable<ISetUpRail> Adapters => adapters.Values.OfType<ISetUpRail>().OrderBy(a => a.Name, StringComparer.Ordinal);

    public async Task<Result<string>> For(Mode mode, DisbursementKind kind, string currency, string? destinationType) =>
        (await Rails()).For(mode, kind, currency, destinationType);

    public Task<KnownRails> Rails()
    {
        lock (gate)
        {
            if (known is null || known.IsFaulted || Environment.TickCount64 - knownAt > FreshFor.TotalMilliseconds)
                (known, knownAt) = (Load(), Environment.TickCount64);
            return known;
        }
    }

    private async Task<KnownRails> Load()
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var grid = await connection.QueryMultipleAsync(
            "select name, mode, adapter, settings as sealed_text, suspended_at from rails; select mode, kind, rail from rail_routes");
        var byName = adapters.Values.Where(a => a is not ISetUpRail)
            .ToDictionary(a => a.Name, a => new KnownRail(a.Name, a, null, RailSettings.None, null));
        foreach (var row in await grid.ReadAsync<RailRow>())
            byName[row.Name] = new KnownRail(row.Name, adapters[row.Adapter], (Mode)row.Mode,
                new(Json.Read<Dictionary<string, string>>(sealer.Unseal(row.SealedText))), row.SuspendedAt);
        return new KnownRails(byName, (await grid.ReadAsync<(short Mode, string Kind, string Rail)>())
            .ToDictionary(r => ((Mode)r.Mode, Json.Parse<DisbursementKind>(r.Kind)), r => r.Rail));
    }

    private sealed record RailRow
    {
        public required string Name { get; init; }
        public short Mode { get; init; }
        public required string Adapter { get; init; }
        public required string SealedText { get; init; }
        public DateTimeOffset? SuspendedAt { get; init; }
    }
}

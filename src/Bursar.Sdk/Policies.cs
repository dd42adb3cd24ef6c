using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bursar.Sdk;

/// <summary>
/// A spend rule as a writer gives it; null means no limit. A change replaces all members. Amounts in minor units of <see cref="Currency"/>.
/// </summary>
public record PolicyFields(string Name)
{
    /// <summary>IDR unless said otherwise.</summary>
    public string Currency { get; init; } = "IDR";
    /// <summary>Highest amount of one transaction, inclusive.</summary>
    public long? MaxSingleAmount { get; init; }
    /// <summary>Highest sum of a calendar day of the workspace's zone.</summary>
    public long? DailyLimit { get; init; }
    /// <summary>Highest sum of a calendar month.</summary>
    public long? MonthlyLimit { get; init; }
    /// <summary>Above asks for approval.</summary>
    public long? RequireApprovalOver { get; init; }
    /// <summary>Highest count within a minute.</summary>
    public int? MaxTransactionsPerMinute { get; init; }
    /// <summary>Highest count within an hour.</summary>
    public int? MaxTransactionsPerHour { get; init; }
    /// <summary>Only these merchants; empty says nothing.</summary>
    public IReadOnlyList<string> AllowedMerchants { get; init; } = [];
    /// <summary>Never these merchants.</summary>
    public IReadOnlyList<string> BlockedMerchants { get; init; } = [];
    /// <summary>Only these categories; empty says nothing.</summary>
    public IReadOnlyList<string> AllowedCategories { get; init; } = [];
    /// <summary>Never these categories.</summary>
    public IReadOnlyList<string> BlockedCategories { get; init; } = [];
    /// <summary>Whom it concerns; absent: every agent spend.</summary>
    public PolicyScope? Scope { get; init; }
    /// <summary>Whether it counts.</summary>
    public bool Active { get; init; } = true;
}

/// <summary>Whom a policy concerns: each list that is present must hold the value; an absent list says nothing.</summary>
public sealed record PolicyScope
{
    /// <summary>member, api_key, agent.</summary>
    public IReadOnlyList<string>? Principals { get; init; }
    /// <summary>Agents by their ids.</summary>
    public IReadOnlyList<string>? AgentIds { get; init; }
    /// <summary>API keys by their ids.</summary>
    public IReadOnlyList<string>? KeyIds { get; init; }
    /// <summary>Payment handles by their ids.</summary>
    public IReadOnlyList<string>? HandleIds { get; init; }
    /// <summary>money_transfer, international_transfer, token_withdrawal, agent_spend.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }
}

/// <summary>One version of a policy.</summary>
public sealed record Policy(string Id, int Version, string Name) : PolicyFields(Name);

/// <summary>/v1/policies. Writing needs a key that an Admin made for it.</summary>
public sealed class Policies
{
    /// <summary>A member that is left out of a change stays as it was; null clears it.</summary>
    private static readonly JsonSerializerOptions WithNulls = new(Transport.Json) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    private readonly Transport transport;
    internal Policies(Transport transport) => this.transport = transport;

    /// <summary>All policies that are not archived.</summary>
    public async Task<IReadOnlyList<Policy>> All(CancellationToken ct = default) =>
        (await transport.Get<Page<Policy>>("/v1/policies", ct).ConfigureAwait(false)).Data;

    /// <summary>A new policy; it holds for the very next decision.</summary>
    public Task<Policy> Create(PolicyFields policy, CancellationToken ct = default) =>
        transport.Post<Policy>("/v1/policies", Fields(policy), ct);

    /// <summary>A new version; what was used stays used. A limit that is null here ends.</summary>
    public Task<Policy> Change(string id, PolicyFields policy, CancellationToken ct = default) =>
        transport.Patch<Policy>($"/v1/policies/{Uri.EscapeDataString(id)}", Fields(policy, WithNulls), ct);

    /// <summary>Only what a writer gives: a policy that was read has more members, which Bursar would refuse.</summary>
    private static JsonElement Fields(PolicyFields policy, JsonSerializerOptions? options = null) =>
        JsonSerializer.SerializeToElement<PolicyFields>(policy, options ?? Transport.Json);

    /// <summary>Takes a policy out of force; history keeps it.</summary>
    public Task<Policy> Archive(string id, CancellationToken ct = default) =>
        transport.Delete<Policy>($"/v1/policies/{Uri.EscapeDataString(id)}", ct);
}

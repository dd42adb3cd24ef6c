using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Data;

namespace Bursar.Platform.Control;

/// <summary>A policy as the API, the events and the pages show it: its newest version, who made that, and what to look at.</summary>
public sealed record PolicyResource : Policy
{
    [SetsRequiredMembers]
    private PolicyResource(Policy policy) : base(policy) { }

    public bool Archived { get; private init; }
    public string ChangedBy { get; private init; } = "";
    public DateTimeOffset ChangedAt { get; private init; }
    public IReadOnlyList<PolicyWarning> Warnings { get; private init; } = [];

    public static PolicyResource Of(Policy policy, bool archived, (string By, DateTimeOffset At) changed, ApproverCount approvers) =>
        new(policy)
        {
            Archived = archived,
            ChangedBy = changed.By,
            ChangedAt = changed.At,
            Warnings = archived ? [] : approvers.Warnings(policy),
        };
}

/// <summary>What a careful person would want to know of a policy that was saved all the same (decision 20).</summary>
public sealed record PolicyWarning(string Code, [property: JsonIgnore] Phrase Said)
{
    public string Detail => Said.ToString();
}

/// <summary>How many different people may approve, and whether those who ask are among them.</summary>
public sealed record ApproverCount(int People, bool DutiesSeparated)
{
    public static readonly IReadOnlyList<Role> Approvers =
        [.. Enum.GetValues<Role>().Where(r => Roles.Allows(r).HasFlag(Permission.ApproveTransactions))];

    public static ApproverCount Of(PrincipalFacts facts) => new(
        facts.Members.Values.Where(m => m.Active && Approvers.Contains(m.Role)).Select(m => m.Person).Distinct().Count(),
        facts.Workspace.SeparationOfDuties);

    public IReadOnlyList<PolicyWarning> Warnings(Policy policy)
    {
        var needed = policy.Active ? policy.ApprovalsMost : 0;
        if (needed > People)
            return [new("nobody_can_approve",
                $"It can ask for {needed} different people, and {People} may approve: what it sends to them will expire.")];
        if (DutiesSeparated && needed > 0 && needed > People - 1)
            return [new("approvers_cannot_ask",
                $"It can ask for {needed} different people of the {People} who may approve. "
                + $"While duties are separated, what one of them, or a key they made, asks for will expire.")];
        return [];
    }
}

/// <summary>One version: who made it, when, and which members differ from the one before.</summary>
public sealed record PolicyVersion(
    int Version, string Act, int? RestoredFrom, string ChangedBy, DateTimeOffset ChangedAt, IReadOnlyList<MemberChange> Changes,
    Policy Policy);

/// <summary>A member as it was and is; null is absent.</summary>
public sealed record MemberChange(string Member, JsonNode? Before, JsonNode? After)
{
    private static readonly string[] NotSaid = ["id", "version"];

    /// <summary>What differs, in the order of the members.</summary>
    public static IReadOnlyList<MemberChange> Between(string? before, string after)
    {
        if (before is null) return [];
        var (old, now) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject());
        return
        [
            .. now.Where(m => !NotSaid.Contains(m.Key) && !JsonNode.DeepEquals(old[m.Key], m.Value))
                .Select(m => new MemberChange(m.Key, Said(old[m.Key]), Said(m.Value))),
        ];
    }

    /// <summary>An empty list says nothing, like an absent one.</summary>
    private static JsonNode? Said(JsonNode? value) => value is JsonArray { Count: 0 } ? null : value?.DeepClone();
}

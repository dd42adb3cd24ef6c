using Bursar.Core.Policies;

namespace Bursar.Rooms.Spending.Agents;

public enum AgentState { Active, Frozen }

/// <summary>
/// An agent as the API, the events and the pages show it. A freeze of all agents freezes it too: <see cref="FrozenBy"/> tells who did
/// either.
/// </summary>
public sealed record AgentResource
{
    public required string AgentId { get; init; }
    public required AgentState State { get; init; }
    public required DateTimeOffset FirstSeenAt { get; init; }
    /// <summary>When it last asked for anything.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
    public DateTimeOffset? FrozenAt { get; init; }
    public string? FrozenBy { get; init; }
    /// <summary>What it held or used of this calendar day, a line a currency.</summary>
    public required IReadOnlyList<AgentSpending> Today { get; init; }
    /// <summary>The budgets of the active policies that concern it; shared with whoever else they concern.</summary>
    public required IReadOnlyList<AgentCap> Caps { get; init; }
    public required long OpenAnomalies { get; init; }
}

/// <summary>
/// Requests of a day that were not refused and their sum, in minor units. <paramref name="IsMore"/>: there were more than are counted.
/// </summary>
public sealed record AgentSpending(string Currency, long Amount, int Requests, bool IsMore);

/// <summary>A policy's budget now: held and used together, in minor units; null limits are none.</summary>
public sealed record AgentCap(
    PolicyId PolicyId, string Name, string Currency, long? DailyLimit, long DailyUsed, DateTimeOffset DailyResetsAt,
    long? MonthlyLimit, long MonthlyUsed, DateTimeOffset MonthlyResetsAt)
{
    public static AgentCap Of(Policy p, Usage u) => new(
        p.Id, p.Name, p.Currency, p.DailyLimit, u.Day.Total, u.Day.End, p.MonthlyLimit, u.Month.Total, u.Month.End);
}

/// <summary>Whether every agent of the book is frozen.</summary>
public sealed record AllAgents(bool Frozen, DateTimeOffset? FrozenAt, string? FrozenBy);

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>Open until it is answered; closed when whoever asked is content, or the transfer ended; withdrawn when it ended unanswered.</summary>
public enum InformationState { Open, Answered, Closed, Withdrawn }

public enum AskedBy { Rail, Operator }

/// <summary>
/// What the other side wants to know of a transfer on its way. It holds the transfer where it is and moves nothing: neither an answer nor
/// its absence says what became of the money.
/// </summary>
public sealed record InformationRequest
{
    public required Guid Transfer { get; init; }
    public required Guid Id { get; init; }
    public required InformationState State { get; init; }
    public required int Version { get; init; }
    public required string Question { get; init; }
    public required AskedBy AskedBy { get; init; }
    public required DateTimeOffset AskedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public string? Answer { get; init; }
    public string? AnsweredBy { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    public bool IsOverdue(DateTimeOffset now) => State == InformationState.Open && DueAt < now;
}

/// <summary>
/// A question as the API and the events show it. The answer may hold what is nobody else's business: only the dashboard, whoever asked and
/// the evidence have it.
/// </summary>
public sealed record InformationRequestResource(
    InformationRequestId Id, InternationalTransferId TransferId, InformationState State, string Question, AskedBy AskedBy,
    DateTimeOffset AskedAt, DateTimeOffset DueAt, string? AnsweredBy, DateTimeOffset? AnsweredAt, DateTimeOffset? EndedAt)
{
    public static InformationRequestResource Of(InformationRequest r) => new(
        new(r.Id), new(r.Transfer), r.State, r.Question, r.AskedBy, r.AskedAt, r.DueAt, r.AnsweredBy, r.AnsweredAt, r.EndedAt);
}
